// Private keys of others' protocols: tokens (JWS) and mail (DKIM) are signed with them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"

struct evp_pkey_st;  // OpenSSL's

namespace altis::crypto {

constexpr std::size_t kMaxPrivateKeyBytes = 16'384;  // of PEM text
constexpr int kMinRsaBits = 2'048;
constexpr int kMaxRsaBits = 4'096;

enum class KeyKind : std::uint8_t { kP256, kRsa, kEd25519 };

// A key that signs. Copies share it; any thread.
class PrivateKey {
  public:
    // One private key in PEM (PKCS #8 or the older forms), without a password. Fails with
    // "key.too_long", "key.malformed" (no key, a password, halves that do not belong together) or
    // "key.unsupported" (another kind or curve, RSA outside kMinRsaBits to kMaxRsaBits). No message
    // repeats a part of the text.
    static Result<PrivateKey> from_pem(std::string_view pem);

    // A new key out of the system's randomness; RSA of kMinRsaBits bits, some 0.1 s.
    static PrivateKey make(KeyKind kind);

    // The P-256 key of a seed: equal seeds give equal keys.
    static PrivateKey p256_of(const Digest& seed);

    KeyKind kind() const { return kind_; }

    // The key itself, in PEM (PKCS #8) without a password: for its owner's file and nothing else.
    std::string pem() const;

    // P-256: 65 bytes, uncompressed. Ed25519: 32 bytes. RSA: SubjectPublicKeyInfo (DER). So DKIM
    // (RFC 6376, RFC 8463) and Web Push publish them.
    std::string public_key() const;

    // P-256: ECDSA with SHA-256, r and s of 32 bytes each (JWS "ES256"). RSA: PKCS #1 v1.5 with
    // SHA-256 ("RS256"). Ed25519: RFC 8032.
    std::string sign(std::string_view message) const;

  private:
    PrivateKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind)
        : key_(std::move(key)), kind_(kind) {}

    std::shared_ptr<evp_pkey_st> key_;
    KeyKind kind_;
};

}  // namespace altis::crypto
