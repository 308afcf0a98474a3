#include "crypto/sign.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace altis::crypto {
namespace {

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Signer::Signer(const Digest& seed) {
    ready_sodium();
    crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data());
}

Signer::~Signer() {
    sodium_memzero(secret_.data(), secret_.size());
}

Signature Signer::sign(std::string_view message) const {
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, as_bytes(message), message.size(),
                         secret_.data());
    return signature;
}

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature) {
    ready_sodium();
    return crypto_sign_verify_detached(signature.data(), as_bytes(message), message.size(),
                                       key.data()) == 0;
}

}  // namespace altis::crypto
