#include "crypto/private_key.h"

#include <gtest/gtest.h>
#include <memory>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "crypto/sign.h"
#include "crypto/test_bytes.h"

namespace altis::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const unsigned char* as_bytes(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// What a key of another kind looks like in PEM, with a password when there is one.
std::string pem_of(EVP_PKEY* made, const char* password = nullptr) {
    const Key key(made, EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(
                  memory.get(), key.get(), password != nullptr ? EVP_aes_128_cbc() : nullptr,
                  password, password != nullptr ? 6 : 0, nullptr, nullptr),
              1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

bool verifies(EVP_PKEY* key, const std::string& message, const std::string& signature) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    return EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key,
                                   nullptr) == 1 &&
           EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(), as_bytes(message),
                            message.size()) == 1;
}

std::string der_ecdsa(const std::string& raw) {
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(),
                                                                     ECDSA_SIG_free);
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(as_bytes(raw), 32, nullptr),
                   BN_bin2bn(as_bytes(raw) + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

std::string reason(const std::string& pem) {
    const auto key = PrivateKey::from_pem(pem);
    if (key) return "accepted";
    EXPECT_TRUE(pem.size() < 60 || key.error().message.find(pem.substr(30, 20)) == pem.npos);
    return key.error().reason;
}

TEST(PrivateKey, SignsAsEs256) {
    const PrivateKey key = PrivateKey::p256_of(Digest{7});
    EXPECT_EQ(key.kind(), KeyKind::kP256);
    EXPECT_EQ(key.public_key(), PrivateKey::p256_of(Digest{7}).public_key());
    EXPECT_NE(key.public_key(), PrivateKey::p256_of(Digest{8}).public_key());
    const std::string pem = key.pem();
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const Key checker(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr),
                      EVP_PKEY_free);
    // Short numbers are one in 256: they must be padded.
    for (int i = 0; i < 600; ++i) {
        const std::string message = "message " + std::to_string(i);
        const std::string signature = key.sign(message);
        ASSERT_EQ(signature.size(), 64U);
        ASSERT_TRUE(verifies(checker.get(), message, der_ecdsa(signature)));
    }
    EXPECT_FALSE(verifies(checker.get(), "another", der_ecdsa(key.sign("message"))));
}

TEST(PrivateKey, SignsAsRs256) {
    const PrivateKey key = PrivateKey::make(KeyKind::kRsa);
    const std::string published = key.public_key();
    const unsigned char* at = as_bytes(published);
    const Key checker(d2i_PUBKEY(nullptr, &at, static_cast<long>(published.size())), EVP_PKEY_free);
    ASSERT_NE(checker, nullptr);
    EXPECT_TRUE(verifies(checker.get(), "message", key.sign("message")));
    EXPECT_FALSE(verifies(checker.get(), "another", key.sign("message")));
}

TEST(PrivateKey, SignsAsEd25519) {
    const PrivateKey key = PrivateKey::make(KeyKind::kEd25519);
    const auto published = array_of<32>(key.public_key());
    EXPECT_TRUE(verify_signature(published, "message", array_of<64>(key.sign("message"))));
    EXPECT_FALSE(verify_signature(published, "another", array_of<64>(key.sign("message"))));
}

TEST(PrivateKey, SurvivesPem) {
    for (const KeyKind kind : {KeyKind::kP256, KeyKind::kRsa, KeyKind::kEd25519}) {
        const PrivateKey key = PrivateKey::make(kind);
        const auto again = PrivateKey::from_pem(key.pem());
        ASSERT_TRUE(again);
        EXPECT_EQ(again->kind(), kind);
        EXPECT_EQ(again->public_key(), key.public_key());
        EXPECT_EQ(again->pem(), key.pem());
    }
}

TEST(PrivateKey, PublishesWholePointsOfCompressedFiles) {
    EVP_PKEY* const made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1");
    ASSERT_EQ(EVP_PKEY_set_utf8_string_param(made, "point-format", "compressed"), 1);
    const auto key = PrivateKey::from_pem(pem_of(made));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->public_key().size(), 65U);
}

TEST(PrivateKey, RefusesByName) {
    EXPECT_EQ(reason(""), "key.malformed");
    EXPECT_EQ(reason("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
              "key.malformed");
    EXPECT_EQ(reason(pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1"), "secret")),
              "key.malformed");
    EXPECT_EQ(reason(std::string(kMaxPrivateKeyBytes + 1, 'A')), "key.too_long");
    EXPECT_EQ(reason(pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"))),
              "key.unsupported");
    EXPECT_EQ(reason(pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}))),
              "key.unsupported");
    EXPECT_EQ(reason(pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"))), "key.unsupported");
}

// The private half of one key with the public half of another would sign what nobody can check.
TEST(PrivateKey, RefusesHalvesThatDoNotBelongTogether) {
    const std::string good = PrivateKey::p256_of(Digest{1}).pem();
    int refused = 0;
    for (std::size_t at = good.find('\n') + 1; at < good.rfind("\n-----END"); ++at) {
        std::string bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        refused += PrivateKey::from_pem(bad) ? 0 : 1;
    }
    EXPECT_GT(refused, 150);  // but for the bytes that mean nothing
}

}  // namespace
}  // namespace altis::crypto
