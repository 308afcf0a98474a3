#include "crypto/certificate.h"

#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace altis::crypto {
namespace {

template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const {
        kFree(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certified = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

std::string text_of(const Memory& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Certified sign(EVP_PKEY* key) {
    Certified certificate(X509_new());
    X509* const x = certificate.get();
    ALTIS_ASSERT(x != nullptr && X509_set_version(x, X509_VERSION_3) == 1);
    ALTIS_ASSERT(ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1);
    ALTIS_ASSERT(ASN1_TIME_set_string(X509_getm_notBefore(x), "20000101000000Z") == 1);
    ALTIS_ASSERT(ASN1_TIME_set_string(X509_getm_notAfter(x), "99991231235959Z") == 1);
    X509_NAME* const name = X509_get_subject_name(x);
    static constexpr unsigned char kName[] = "altis";
    ALTIS_ASSERT(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName, -1, -1, 0) == 1);
    ALTIS_ASSERT(X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1);
    ALTIS_ASSERT(X509_sign(x, key, nullptr) > 0);
    return certificate;
}

}  // namespace

Certificate make_certificate(const Digest& seed) {
    const Key key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    ALTIS_ASSERT(key != nullptr);
    const Certified certificate = sign(key.get());
    const Memory public_part(BIO_new(BIO_s_mem()));
    const Memory secret_part(BIO_new(BIO_s_secmem()));
    ALTIS_ASSERT(PEM_write_bio_X509(public_part.get(), certificate.get()) == 1);
    ALTIS_ASSERT(PEM_write_bio_PKCS8PrivateKey(secret_part.get(), key.get(), nullptr, nullptr, 0,
                                               nullptr, nullptr) == 1);
    return {text_of(public_part), text_of(secret_part)};
}

}  // namespace altis::crypto
