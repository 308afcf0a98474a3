// The group ristretto255 (RFC 9496): where two parties meet over identifiers that neither shows.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace altis::crypto {

// An encoded element of the group.
using Point = std::array<std::uint8_t, 32>;

// 64 uniform bytes.
using WideBytes = std::array<std::uint8_t, 64>;

constexpr std::size_t kMaxGroupDomainBytes = 255;  // RFC 9380, of a domain separation tag

// The element derived from 64 uniform bytes (RFC 9496, section 4.3.4).
Point map_to_group(const WideBytes& uniform);

// Hashes a message of up to 65,000 bytes into the group, so that nobody knows a logarithm of what
// comes out: expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1), then map_to_group, as in
// the suite ristretto255-SHA512 of RFC 9497. Different domains give unrelated elements. Asserts
// kMaxGroupDomainBytes, and a domain that is not empty.
Point hash_to_group(std::string_view domain, std::string_view message);

// Whether the bytes are an encoding that RFC 9496 allows, of any element but the identity.
bool is_group_element(const Point& point);

// A secret exponent; wiped from memory on destruction. Thread-safe after construction.
class SecretScalar {
  public:
    // Uniform below the group's order, out of 64 uniform bytes.
    explicit SecretScalar(const WideBytes& uniform);
    ~SecretScalar();
    SecretScalar(const SecretScalar&) = delete;
    SecretScalar& operator=(const SecretScalar&) = delete;

    // Multiplies in constant time. False, and `out` is not to be used, when `point` is no canonical
    // encoding or the identity.
    [[nodiscard]] bool multiply(const Point& point, Point& out) const;

  private:
    std::array<std::uint8_t, 32> bytes_{};
};

}  // namespace altis::crypto
