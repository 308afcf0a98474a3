#include "crypto/key_stream.h"

#include <algorithm>
#include <cstring>
#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace altis::crypto {

static_assert(sizeof(StreamSeed) == crypto_stream_chacha20_KEYBYTES);

KeyStream::~KeyStream() {
    sodium_memzero(key_.data(), key_.size());
    sodium_memzero(block_.data(), block_.size());
}

void KeyStream::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (used_ == kBlockBytes) refill();
        const std::size_t part = std::min(bytes.size(), kBlockBytes - used_);
        std::memcpy(bytes.data(), block_.data() + used_, part);
        std::memset(block_.data() + used_, 0, part);
        used_ += part;
        bytes = bytes.subspan(part);
    }
}

// Every key makes one block only, so one nonce is enough.
void KeyStream::refill() {
    ready_sodium();
    static constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> kNonce{};
    crypto_stream_chacha20(block_.data(), kBlockBytes, kNonce.data(), key_.data());
    std::memcpy(key_.data(), block_.data(), key_.size());
    std::memset(block_.data(), 0, key_.size());
    used_ = key_.size();
}

}  // namespace altis::crypto
