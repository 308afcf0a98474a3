#include "crypto/hash.h"

#include <cstring>
#include <memory>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/assert.h"
#include "crypto/sodium_ready.h"

namespace altis::crypto {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Looking the algorithm up costs more than hashing a kilobyte, so it is kept for good.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    ALTIS_ASSERT(kAlgorithm != nullptr);
    return kAlgorithm;
}

EVP_MD_CTX* new_context() {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ALTIS_ASSERT(context != nullptr);
    return context;
}

void start(EVP_MD_CTX* context) {
    ALTIS_ASSERT(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
}

Digest finish_context(EVP_MD_CTX* context) {
    Digest digest;
    ALTIS_ASSERT(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
    return digest;
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string sha1(std::string_view bytes) {
    std::string digest(20, '\0');
    unsigned size = 0;
    ALTIS_ASSERT(EVP_Digest(bytes.data(), bytes.size(),
                            reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha1(),
                            nullptr) == 1);
    ALTIS_ASSERT(size == digest.size());
    return digest;
}

Digest sha256(std::string_view bytes) {
    thread_local const Context context(new_context());
    start(context.get());
    ALTIS_ASSERT(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
    return finish_context(context.get());
}

Sha256::Sha256() : context_(new_context()) {
    start(static_cast<EVP_MD_CTX*>(context_));
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_));
}

Sha256& Sha256::add(std::string_view bytes) {
    auto* context = static_cast<EVP_MD_CTX*>(context_);
    ALTIS_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
    return *this;
}

Digest Sha256::finish() {
    return finish_context(static_cast<EVP_MD_CTX*>(context_));
}

Digest keyed_hash(const Digest& key, std::string_view bytes) {
    ready_sodium();
    Digest digest;
    const int state = crypto_generichash(digest.data(), digest.size(), as_bytes(bytes),
                                         bytes.size(), key.data(), key.size());
    ALTIS_ASSERT(state == 0);
    return digest;
}

Fingerprint fingerprint(const std::array<std::uint8_t, 16>& key, std::string_view bytes) {
    static_assert(sizeof(Fingerprint) == crypto_shorthash_siphashx24_BYTES);
    std::array<unsigned char, sizeof(Fingerprint)> out;
    crypto_shorthash_siphashx24(out.data(), as_bytes(bytes), bytes.size(), key.data());
    Fingerprint result;
    std::memcpy(&result, out.data(), out.size());
    return result;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace altis::crypto
