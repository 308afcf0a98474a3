// Ed25519 signatures (RFC 8032).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/hash.h"

namespace altis::crypto {

using Signature = std::array<std::uint8_t, 64>;
using PublicKey = std::array<std::uint8_t, 32>;

// Signs with a key derived from a 32-byte seed; the seed is wiped from memory on destruction.
// Thread-safe after construction.
class Signer {
  public:
    explicit Signer(const Digest& seed);
    ~Signer();
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    Signature sign(std::string_view message) const;
    const PublicKey& public_key() const { return public_key_; }

  private:
    std::array<std::uint8_t, 64> secret_;
    PublicKey public_key_;
};

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature);

}  // namespace altis::crypto
