// AES-128-GCM (SP 800-38D) under keys that serve once: content encodings of others.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace altis::crypto {

using Aes128Key = std::array<std::uint8_t, 16>;
using GcmNonce = std::array<std::uint8_t, 12>;

constexpr std::size_t kGcmTagBytes = 16;

// Appends the ciphertext of `plain` and its tag to `out`. A nonce must never be used twice under
// one key. Any thread.
void seal_aes128_gcm(const Aes128Key& key, const GcmNonce& nonce, std::string_view plain,
                     std::string& out);

}  // namespace altis::crypto
