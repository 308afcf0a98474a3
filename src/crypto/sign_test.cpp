#include "crypto/sign.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace altis::crypto {
namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> from_hex(const std::string& text) {
    std::array<std::uint8_t, Size> bytes;
    for (std::size_t i = 0; i < Size; ++i) {
        bytes[i] = static_cast<std::uint8_t>(std::stoi(text.substr(2 * i, 2), nullptr, 16));
    }
    return bytes;
}

struct Vector {
    std::string seed;
    std::string key;
    std::string message;
    std::string signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
const std::vector<Vector> kVectors = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}};

TEST(Sign, MatchesRfc8032) {
    for (const Vector& vector : kVectors) {
        const Signer signer(from_hex<32>(vector.seed));
        EXPECT_EQ(signer.public_key(), from_hex<32>(vector.key));
        EXPECT_EQ(signer.sign(vector.message), from_hex<64>(vector.signature));
        EXPECT_TRUE(
            verify_signature(signer.public_key(), vector.message, from_hex<64>(vector.signature)));
    }
}

TEST(Sign, RefusesEveryChangedBit) {
    const Signer signer(from_hex<32>(kVectors[0].seed));
    const std::string message = "head of the journal";
    const Signature signature = signer.sign(message);
    ASSERT_TRUE(verify_signature(signer.public_key(), message, signature));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        Signature forged = signature;
        forged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(verify_signature(signer.public_key(), message, forged)) << bit;
    }
    EXPECT_FALSE(verify_signature(signer.public_key(), message + " ", signature));
    EXPECT_FALSE(verify_signature(from_hex<32>(kVectors[1].key), message, signature));
}

}  // namespace
}  // namespace altis::crypto
