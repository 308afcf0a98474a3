#include "crypto/private_key.h"

#include <array>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <optional>

#include "base/assert.h"
#include "crypto/key_stream.h"
#include "crypto/p256.h"

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
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using HashContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using EcdsaPair = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

constexpr std::size_t kP256Bytes = 32;  // of a number of the curve

// Without this OpenSSL would ask for the password at the terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

Key read_pem(std::string_view pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    ALTIS_ASSERT(memory != nullptr);
    return Key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
}

// The private and the public half belong together.
bool is_consistent(EVP_PKEY* key) {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
}

bool is_on_p256(EVP_PKEY* key) {
    std::array<char, 32> name{};
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
           std::string_view(name.data()) == SN_X9_62_prime256v1;
}

// A file may say that its point is to be written compressed; all protocols here want it whole.
bool publishes_whole(EVP_PKEY* key, KeyKind kind) {
    return kind != KeyKind::kP256 ||
           EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                          OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) == 1;
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_ED25519:
            return KeyKind::kEd25519;
        case EVP_PKEY_EC:
            if (is_on_p256(key)) return KeyKind::kP256;
            return std::nullopt;
        case EVP_PKEY_RSA: {
            const int bits = EVP_PKEY_get_bits(key);
            if (bits >= kMinRsaBits && bits <= kMaxRsaBits) return KeyKind::kRsa;
            return std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

// The DER that OpenSSL makes, as the two numbers one after the other.
std::string raw_ecdsa(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaPair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    ALTIS_ASSERT(pair != nullptr);
    std::string raw(2 * kP256Bytes, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(raw.data());
    ALTIS_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, kP256Bytes) == kP256Bytes);
    ALTIS_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + kP256Bytes, kP256Bytes) ==
                 kP256Bytes);
    return raw;
}

std::string subject_public_key_info(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    ALTIS_ASSERT(size > 0);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

std::string encoded_public_key(EVP_PKEY* key) {
    std::string bytes(sizeof(P256Point), '\0');
    std::size_t size = 0;
    ALTIS_ASSERT(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                                 reinterpret_cast<unsigned char*>(bytes.data()),
                                                 bytes.size(), &size) == 1);
    bytes.resize(size);
    return bytes;
}

Key key_of(const P256Pair& pair) {
    const Number secret(BN_bin2bn(pair.secret.data(), kP256Bytes, nullptr));
    const Builder builder(OSSL_PARAM_BLD_new());
    ALTIS_ASSERT(secret != nullptr && builder != nullptr);
    BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
    ALTIS_ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                 SN_X9_62_prime256v1, 0) == 1);
    ALTIS_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) ==
                 1);
    ALTIS_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                  pair.point.data(), pair.point.size()) == 1);
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    ALTIS_ASSERT(EVP_PKEY_fromdata_init(context.get()) == 1);
    ALTIS_ASSERT(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
    return Key(key);
}

}  // namespace

PrivateKey PrivateKey::make(KeyKind kind) {
    EVP_PKEY* key = nullptr;
    if (kind == KeyKind::kRsa)
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{kMinRsaBits});
    else if (kind == KeyKind::kP256)
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", SN_X9_62_prime256v1);
    else
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    ALTIS_ASSERT(key != nullptr);
    return PrivateKey(Key(key), kind);
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    if (pem.size() > kMaxPrivateKeyBytes)
        return fail(
            Code::kTooLarge, "key.too_long",
            "A private key in PEM has at most " + std::to_string(kMaxPrivateKeyBytes) + " bytes.");
    Key key = read_pem(pem);
    const auto kind = key != nullptr ? kind_of(key.get()) : std::nullopt;
    const bool is_good = kind && is_consistent(key.get()) && publishes_whole(key.get(), *kind);
    ERR_clear_error();  // the queue belongs to the thread, and TLS reads it, too
    if (is_good) return PrivateKey(std::move(key), *kind);
    if (key != nullptr && !kind)
        return fail(Code::kInvalid, "key.unsupported",
                    "The private key must be of the curve P-256, Ed25519, or RSA of " +
                        std::to_string(kMinRsaBits) + " to " + std::to_string(kMaxRsaBits) +
                        " bits.");
    return fail(Code::kInvalid, "key.malformed",
                "The text is no private key in PEM without a password, or the key is damaged; "
                "give it as it was made, from BEGIN to END.");
}

PrivateKey PrivateKey::p256_of(const Digest& seed) {
    P256Seed bytes;
    KeyStream(seed).fill(bytes);
    P256Pair pair = make_p256_pair(bytes);
    PrivateKey key(key_of(pair), KeyKind::kP256);
    OPENSSL_cleanse(&pair, sizeof(pair));
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

std::string PrivateKey::pem() const {
    const Memory memory(BIO_new(BIO_s_secmem()));
    ALTIS_ASSERT(memory != nullptr);
    ALTIS_ASSERT(PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0,
                                               nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string PrivateKey::public_key() const {
    return kind_ == KeyKind::kRsa ? subject_public_key_info(key_.get())
                                  : encoded_public_key(key_.get());
}

std::string PrivateKey::sign(std::string_view message) const {
    const HashContext context(EVP_MD_CTX_new());
    ALTIS_ASSERT(context != nullptr);
    const char* const hash = kind_ == KeyKind::kEd25519 ? nullptr : "SHA256";
    ALTIS_ASSERT(EVP_DigestSignInit_ex(context.get(), nullptr, hash, nullptr, nullptr, key_.get(),
                                       nullptr) == 1);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    ALTIS_ASSERT(EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) == 1);
    std::string signature(size, '\0');
    ALTIS_ASSERT(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                &size, bytes, message.size()) == 1);
    signature.resize(size);
    return kind_ == KeyKind::kP256 ? raw_ecdsa(signature) : signature;
}

}  // namespace altis::crypto
