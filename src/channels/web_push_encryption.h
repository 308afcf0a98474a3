// The encryption of Web Push (RFC 8291 over RFC 8188): only the browser reads what it is sent.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/p256.h"

namespace altis::channels {

constexpr std::size_t kMaxWebPushBodyBytes = 4'096;  // what RFC 8030 asks of every push service
// 86 bytes before the ciphertext, 16 of its tag, 1 between payload and padding.
constexpr std::size_t kWebPushOverheadBytes = 86 + 16 + 1;
constexpr std::size_t kMaxWebPushPayloadBytes = kMaxWebPushBodyBytes - kWebPushOverheadBytes;

// The keys of a subscription, decoded.
struct WebPushReceiver {
    std::string point;  // P-256, 65 bytes
    std::string auth;   // 16 bytes
};

// What is made anew for every message, out of randomness.
struct WebPushFreshness {
    crypto::P256Pair pair;
    std::array<std::uint8_t, 16> salt;
};

// The body of a push message in the content encoding "aes128gcm": one record, padded so that the
// whole has `body_bytes` bytes, which has room for the payload. Fails with "p256.not_a_point".
Result<std::string> encrypt_web_push(std::string_view payload, const WebPushReceiver& receiver,
                                     const WebPushFreshness& fresh, std::size_t body_bytes);

}  // namespace altis::channels
