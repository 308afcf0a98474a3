#include "crypto/aes_gcm.h"

#include <climits>
#include <memory>
#include <openssl/evp.h>

#include "base/assert.h"

namespace altis::crypto {
namespace {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// Looking the algorithm up costs more than sealing a message, so it is kept for good.
const EVP_CIPHER* algorithm() {
    static const EVP_CIPHER* const kAlgorithm = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
    ALTIS_ASSERT(kAlgorithm != nullptr);
    return kAlgorithm;
}

}  // namespace

void seal_aes128_gcm(const Aes128Key& key, const GcmNonce& nonce, std::string_view plain,
                     std::string& out) {
    ALTIS_ASSERT(plain.size() <= INT_MAX);
    thread_local const Context owned(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* const context = owned.get();
    ALTIS_ASSERT(context != nullptr);
    ALTIS_ASSERT(EVP_EncryptInit_ex2(context, algorithm(), key.data(), nonce.data(), nullptr) == 1);

    const std::size_t begin = out.size();
    out.resize(begin + plain.size() + kGcmTagBytes);
    auto* const at = reinterpret_cast<unsigned char*>(out.data()) + begin;
    int written = 0;
    int rest = 0;
    ALTIS_ASSERT(EVP_EncryptUpdate(context, at, &written,
                                   reinterpret_cast<const unsigned char*>(plain.data()),
                                   static_cast<int>(plain.size())) == 1);
    ALTIS_ASSERT(EVP_EncryptFinal_ex(context, at + written, &rest) == 1);
    ALTIS_ASSERT(written + rest == static_cast<int>(plain.size()));
    ALTIS_ASSERT(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kGcmTagBytes, at + plain.size()) == 1);
}

}  // namespace altis::crypto
