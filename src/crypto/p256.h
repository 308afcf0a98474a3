// Key agreement on the curve P-256 (SP 800-56A, "ECDH"), for those who ask for it: Web Push.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"

namespace altis::crypto {

// Uncompressed (SEC 1, section 2.3.3): the byte 4, x and y.
using P256Point = std::array<std::uint8_t, 65>;

// Random bytes that a secret is made of: 128 more bits than the secret has, so that the reduction
// favours no secret (FIPS 186-5, A.2.1).
using P256Seed = std::array<std::uint8_t, 48>;

// Half of an agreement: a number from 1 to the order less 1, big-endian, and its point.
struct P256Pair {
    Digest secret;
    P256Point point;
};
// Equal seeds give equal pairs. Whoever holds the pair wipes the secret.
P256Pair make_p256_pair(const P256Seed& seed);

// The point of a secret, or "p256.not_a_secret" for a number outside 1 to the order less 1.
Result<P256Point> p256_point(const Digest& secret);

// Fails with "p256.not_a_point" unless these are 65 bytes of an uncompressed point of the curve.
Result<void> check_p256_point(std::string_view point);

// The x of secret times point: the shared secret, to be put through a key derivation before it is
// used. Constant time in the secret, which is one of a pair. Fails with "p256.not_a_point". Any
// thread.
Result<Digest> agree_p256(const Digest& secret, std::string_view point);

}  // namespace altis::crypto
