#include "crypto/key_agreement.h"

#include <gtest/gtest.h>
#include <string>

#include "crypto/certificate.h"

namespace altis::crypto {
namespace {

Digest from_hex(std::string_view text) {
    Digest bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] =
            static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16));
    }
    return bytes;
}

// RFC 7748, section 6.1.
TEST(KeyAgreement, AgreesAsRfc7748) {
    const Digest bob = from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    EXPECT_EQ(agreement_public_key(bob),
              from_hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    const PublicKey alice_shows =
        from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    EXPECT_EQ(agree(bob, alice_shows),
              from_hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
}

TEST(KeyAgreement, RefusesKeysThatGiveEverybodyTheSameSecret) {
    EXPECT_EQ(agree(Digest{1}, PublicKey{}).error().reason, "crypto.weak_key");
    EXPECT_EQ(agree(Digest{1}, PublicKey{1}).error().reason, "crypto.weak_key");
}

TEST(Certificate, IsTheSameForTheSameSeedOnly) {
    const Certificate one = make_certificate(Digest{1});
    EXPECT_EQ(one.certificate, make_certificate(Digest{1}).certificate);
    EXPECT_NE(one.certificate, make_certificate(Digest{2}).certificate);
    EXPECT_TRUE(one.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    EXPECT_TRUE(one.private_key.starts_with("-----BEGIN PRIVATE KEY-----"));
}

}  // namespace
}  // namespace altis::crypto
