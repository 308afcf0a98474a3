#include "crypto/seal.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <openssl/evp.h>

#include "base/assert.h"
#include "crypto/vault.h"

namespace altis::crypto {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kStepBytes = 1U << 30;  // the library counts bytes in int
static_assert(kSealOverhead == sizeof(Nonce) + kTagBytes);

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct FreeCipher {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};

enum class Direction : int { kDecrypt = 0, kEncrypt = 1 };

// The thread's context, for one use. Looking the algorithm up and setting a context up for it cost
// more than sealing a kilobyte, so it is done once; what the context knows of the key is overwritten
// at the end, by a key of zeros.
class Cipher {
  public:
    Cipher(Direction direction, const Digest& key, const Nonce& nonce) : context_(of_thread()) {
        begin(direction, key, nonce);
    }
    ~Cipher() { begin(Direction::kEncrypt, {}, {}); }
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
    using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

    static Context make_context() {
        const std::unique_ptr<EVP_CIPHER, FreeCipher> algorithm(
            EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
        Context context(EVP_CIPHER_CTX_new());
        ALTIS_ASSERT(algorithm != nullptr && context != nullptr);
        ALTIS_ASSERT(
            EVP_CipherInit_ex2(context.get(), algorithm.get(), nullptr, nullptr, 1, nullptr) == 1);
        return context;
    }
    static EVP_CIPHER_CTX* of_thread() {
        static thread_local const Context kContext = make_context();
        return kContext.get();
    }
    void begin(Direction direction, const Digest& key, const Nonce& nonce) {
        ALTIS_ASSERT(EVP_CipherInit_ex2(context_, nullptr, key.data(), nonce.data(),
                                        static_cast<int>(direction), nullptr) == 1);
    }
    EVP_CIPHER_CTX* context_;
};

unsigned char* as_bytes(char* text) {
    return reinterpret_cast<unsigned char*>(text);
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
    unsigned char* const body = as_bytes(sealed.data()) + nonce.size();
    unsigned char* const tag = body + plain.size();
    Cipher cipher(Direction::kEncrypt, key, nonce);
    cipher.update(context, nullptr);
    cipher.update(plain, body);
    int rest = 0;
    ALTIS_ASSERT(EVP_EncryptFinal_ex(cipher.get(), tag, &rest) == 1 && rest == 0);
    ALTIS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
    return sealed;
}

std::string seal_with_key(const Digest& key, std::string_view plain, std::string_view context,
                          platform::Random& random) {
    Nonce nonce;
    random.fill(nonce);
    return seal_bytes(key, nonce, plain, context);
}

Result<std::string> unseal_with_key(const Digest& key, std::string_view sealed,
                                    std::string_view context) {
    if (sealed.size() < kSealOverhead) return forged();
    std::string plain(sealed.size() - kSealOverhead, '\0');
    Nonce nonce;
    std::memcpy(nonce.data(), sealed.data(), nonce.size());
    std::array<char, kTagBytes> tag;
    std::memcpy(tag.data(), sealed.data() + sealed.size() - kTagBytes, kTagBytes);
    Cipher cipher(Direction::kDecrypt, key, nonce);
    cipher.update(context, nullptr);
    cipher.update(sealed.substr(nonce.size(), plain.size()), as_bytes(plain.data()));
    ALTIS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) ==
                 1);
    int rest = 0;
    if (EVP_DecryptFinal_ex(cipher.get(), as_bytes(plain.data()), &rest) != 1) return forged();
    return plain;
}

}  // namespace altis::crypto
