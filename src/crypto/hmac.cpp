#include "crypto/hmac.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace altis::crypto {
namespace {

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    ready_sodium();
    static_assert(sizeof(Digest) == crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256_state state;
    Digest digest;
    crypto_auth_hmacsha256_init(&state, as_bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, as_bytes(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    return digest;
}

}  // namespace altis::crypto
