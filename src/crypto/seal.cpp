#include "crypto/seal.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/assert.h"
#include "crypto/sodium_ready.h"
#include "crypto/vault.h"

namespace altis::crypto {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kStepBytes = 1U << 30;  // the library counts bytes in int
static_assert(kSealOverhead == sizeof(Nonce) + kTagBytes);

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// Looking the algorithm up costs more than sealing a kilobyte, so it is kept for good.
const EVP_CIPHER* algorithm() {
    static const EVP_CIPHER* const kAlgorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    ALTIS_ASSERT(kAlgorithm != nullptr);
    return kAlgorithm;
}

// The thread's context, for one use: what it knows of the key is wiped at the end.
class Cipher {
  public:
    Cipher() : context_(of_thread()) {}
    ~Cipher() { ALTIS_ASSERT(EVP_CIPHER_CTX_reset(context_) == 1); }
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;

    EVP_CIPHER_CTX* get() { return context_; }

    // Encrypts or decrypts, as the context was begun; without `out` the input is authenticated
    // alone.
    void update(std::string_view in, unsigned char* out) {
        while (!in.empty()) {
            const std::string_view step = in.substr(0, kStepBytes);
            int done = 0;
            ALTIS_ASSERT(EVP_CipherUpdate(context_, out, &done,
                                          reinterpret_cast<const unsigned char*>(step.data()),
                                          static_cast<int>(step.size())) == 1);
            if (out != nullptr) out += done;
            in.remove_prefix(step.size());
        }
    }

  private:
    static EVP_CIPHER_CTX* of_thread() {
        static thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> kContext(
            EVP_CIPHER_CTX_new());
        ALTIS_ASSERT(kContext != nullptr);
        return kContext.get();
    }
    EVP_CIPHER_CTX* context_;
};

unsigned char* as_bytes(char* text) {
    return reinterpret_cast<unsigned char*>(text);
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

tl::unexpected<Error> forged() {
    return fail(Code::kCorrupt, "vault.forged",
                "sealed bytes were changed, or belong to another key or place; restore them from a "
                "backup");
}

// A key of its own for each text costs OpenSSL more than a short text itself, and libsodium much
// less; but that has the cipher only for processors with the instructions, and is slower in bulk.
bool is_for_sodium(std::size_t bytes) {
    constexpr std::size_t kShortBytes = 4096;
    ready_sodium();
    static const bool kHasCipher = crypto_aead_aes256gcm_is_available() == 1;
    return kHasCipher && bytes <= kShortBytes;
}

void seal_by_sodium(const Digest& key, const Nonce& nonce, std::string_view plain,
                    std::string_view context, unsigned char* out) {
    crypto_aead_aes256gcm_encrypt(out, nullptr, as_bytes(plain), plain.size(), as_bytes(context),
                                  context.size(), nullptr, nonce.data(), key.data());
}

bool unseal_by_sodium(const Digest& key, const Nonce& nonce, std::string_view sealed,
                      std::string_view context, unsigned char* out) {
    return crypto_aead_aes256gcm_decrypt(out, nullptr, nullptr, as_bytes(sealed), sealed.size(),
                                         as_bytes(context), context.size(), nonce.data(),
                                         key.data()) == 0;
}

void seal_by_openssl(const Digest& key, const Nonce& nonce, std::string_view plain,
                     std::string_view context, unsigned char* out) {
    Cipher cipher;
    ALTIS_ASSERT(
        EVP_EncryptInit_ex2(cipher.get(), algorithm(), key.data(), nonce.data(), nullptr) == 1);
    cipher.update(context, nullptr);
    cipher.update(plain, out);
    int rest = 0;
    unsigned char* const tag = out + plain.size();
    ALTIS_ASSERT(EVP_EncryptFinal_ex(cipher.get(), tag, &rest) == 1 && rest == 0);
    ALTIS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
}

// False when the bytes are not what was sealed.
bool unseal_by_openssl(const Digest& key, const Nonce& nonce, std::string_view sealed,
                       std::string_view context, unsigned char* out) {
    const std::size_t size = sealed.size() - kTagBytes;
    std::array<char, kTagBytes> tag;
    std::memcpy(tag.data(), sealed.data() + size, kTagBytes);
    Cipher cipher;
    ALTIS_ASSERT(
        EVP_DecryptInit_ex2(cipher.get(), algorithm(), key.data(), nonce.data(), nullptr) == 1);
    cipher.update(context, nullptr);
    cipher.update(sealed.substr(0, size), out);
    ALTIS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) ==
                 1);
    int rest = 0;
    return EVP_DecryptFinal_ex(cipher.get(), out + size, &rest) == 1;
}

template <class Seal>
std::string sealed(const Seal& seal, const Digest& key, const Nonce& nonce, std::string_view plain,
                   std::string_view context) {
    std::string bytes(plain.size() + kSealOverhead, '\0');
    std::memcpy(bytes.data(), nonce.data(), nonce.size());
    seal(key, nonce, plain, context, as_bytes(bytes.data()) + nonce.size());
    return bytes;
}

template <class Unseal>
Result<std::string> unsealed(const Unseal& unseal, const Digest& key, std::string_view sealed,
                             std::string_view context) {
    if (sealed.size() < kSealOverhead) return forged();
    std::string plain(sealed.size() - kSealOverhead, '\0');
    Nonce nonce;
    std::memcpy(nonce.data(), sealed.data(), nonce.size());
    sealed.remove_prefix(nonce.size());
    if (!unseal(key, nonce, sealed, context, as_bytes(plain.data()))) return forged();
    return plain;
}

}  // namespace

std::string seal_bytes(const Digest& key, const Nonce& nonce, std::string_view plain,
                       std::string_view context) {
    return sealed(is_for_sodium(plain.size()) ? seal_by_sodium : seal_by_openssl, key, nonce, plain,
                  context);
}

std::string seal_bytes_portably(const Digest& key, const Nonce& nonce, std::string_view plain,
                                std::string_view context) {
    return sealed(seal_by_openssl, key, nonce, plain, context);
}

std::string seal_with_key(const Digest& key, std::string_view plain, std::string_view context,
                          platform::Random& random) {
    Nonce nonce;
    random.fill(nonce);
    return seal_bytes(key, nonce, plain, context);
}

Result<std::string> unseal_with_key(const Digest& key, std::string_view sealed,
                                    std::string_view context) {
    return unsealed(is_for_sodium(sealed.size()) ? unseal_by_sodium : unseal_by_openssl, key,
                    sealed, context);
}

Result<std::string> unseal_portably(const Digest& key, std::string_view sealed,
                                    std::string_view context) {
    return unsealed(unseal_by_openssl, key, sealed, context);
}

}  // namespace altis::crypto
