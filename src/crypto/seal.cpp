#include "crypto/seal.h"

#include <cstring>
#include <sodium.h>

#include "crypto/sodium_ready.h"
#include "crypto/vault.h"

namespace altis::crypto {
namespace {

constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kSealOverhead == sizeof(Nonce) + kTagBytes);
static_assert(sizeof(Nonce) == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* as_bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

tl::unexpected<Error> forged() {
    return fail(Code::kCorrupt, "vault.forged",
                "sealed bytes were changed, or belong to another key or place; restore them from a "
                "backup");
}

}  // namespace

std::string seal_bytes(const Digest& key, const Nonce& nonce, std::string_view plain,
                       std::string_view context) {
    std::string sealed(plain.size() + kSealOverhead, '\0');
    std::memcpy(sealed.data(), nonce.data(), nonce.size());
    crypto_aead_xchacha20poly1305_ietf_encrypt(as_bytes(sealed) + nonce.size(), nullptr,
                                               as_bytes(plain), plain.size(), as_bytes(context),
                                               context.size(), nullptr, nonce.data(), key.data());
    return sealed;
}

std::string seal_with_key(const Digest& key, std::string_view plain, std::string_view context,
                          platform::Random& random) {
    ready_sodium();
    Nonce nonce;
    random.fill(nonce);
    return seal_bytes(key, nonce, plain, context);
}

Result<std::string> unseal_with_key(const Digest& key, std::string_view sealed,
                                    std::string_view context) {
    ready_sodium();
    if (sealed.size() < kSealOverhead) return forged();
    std::string plain(sealed.size() - kSealOverhead, '\0');
    const std::string_view body = sealed.substr(sizeof(Nonce));
    const int state = crypto_aead_xchacha20poly1305_ietf_decrypt(
        as_bytes(plain), nullptr, nullptr, as_bytes(body), body.size(), as_bytes(context),
        context.size(), as_bytes(sealed), key.data());
    if (state != 0) return forged();
    return plain;
}

}  // namespace altis::crypto
