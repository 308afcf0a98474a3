// A long run of unpredictable bytes out of one seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace altis::crypto {

using StreamSeed = std::array<std::uint8_t, 32>;

// ChaCha20 (libsodium), refilled in blocks: the first 32 bytes of each block become the next key
// and are given to nobody, and what was given is wiped, so that the state in memory says nothing
// about bytes given before. Equal seeds give equal bytes. Its running time depends on how much was
// asked, never on the bytes. One thread at a time.
class KeyStream {
  public:
    explicit KeyStream(const StreamSeed& seed) : key_(seed) {}
    ~KeyStream();
    KeyStream(const KeyStream&) = delete;
    KeyStream& operator=(const KeyStream&) = delete;

    void fill(std::span<std::uint8_t> bytes);

  private:
    static constexpr std::size_t kBlockBytes = 4096;

    void refill();

    StreamSeed key_;
    std::array<std::uint8_t, kBlockBytes> block_{};
    std::size_t used_ = kBlockBytes;
};

}  // namespace altis::crypto
