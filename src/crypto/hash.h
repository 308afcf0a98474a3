// Hashes and keyed hashes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace altis::crypto {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4).
Digest sha256(std::string_view bytes);

// SHA-256 of several parts one after the other, without joining them.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256& add(std::string_view bytes);
    Digest finish();  // once

  private:
    void* context_;
};

// The 20 bytes of SHA-1. Only for protocols that ask for it, such as WebSocket's handshake: it
// proves nothing.
std::string sha1(std::string_view bytes);

// CRC-32C (Castagnoli), as in RFC 3720: finds accidents, not attacks. `seed` continues a running
// value.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

// The same for processors without the instruction, about ten times slower. Public for its test.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t seed = 0);

// BLAKE2b-256 keyed with 32 bytes: a message authentication code and a tag that cannot be
// enumerated without the key.
Digest keyed_hash(const Digest& key, std::string_view bytes);

// SipHash-2-4 with 128 bits of output: fast keyed fingerprints for in-memory tables.
struct Fingerprint {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
Fingerprint fingerprint(const std::array<std::uint8_t, 16>& key, std::string_view bytes);

inline std::string_view as_text(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Compares in constant time.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace altis::crypto
