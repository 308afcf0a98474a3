#include "crypto/hash.h"

#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace altis::crypto {
namespace {

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

TEST(Sha1, MatchesTheStandard) {
    EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Sha256, MatchesTheVectorsOfNist) {
    const std::vector<std::pair<std::string, std::string>> vectors = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {std::string(1'000'000, 'a'),
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
    for (const auto& [text, digest] : vectors)
        EXPECT_EQ(hex(as_text(sha256(text))), digest);
}

TEST(Sha256, PartsGiveTheDigestOfTheWhole) {
    EXPECT_TRUE(rc::check([](const std::string& a, const std::string& b, const std::string& c) {
        RC_ASSERT(Sha256().add(a).add(b).add(c).finish() == sha256(a + b + c));
    }));
}

TEST(Crc32c, MatchesRfc3720) {
    std::string rising(32, '\0');
    std::iota(rising.begin(), rising.end(), '\0');
    for (const auto crc : {crc32c, crc32c_by_table}) {
        EXPECT_EQ(crc("", 0), 0U);
        EXPECT_EQ(crc("123456789", 0), 0xe3069283U);
        EXPECT_EQ(crc(std::string(32, '\0'), 0), 0x8a9136aaU);
        EXPECT_EQ(crc(std::string(32, '\xff'), 0), 0x62a8ab43U);
        EXPECT_EQ(crc(rising, 0), 0x46dd794eU);
    }
}

TEST(Crc32c, InstructionAndTableAgreeAndContinue) {
    EXPECT_TRUE(rc::check([](const std::string& a, const std::string& b) {
        RC_ASSERT(crc32c(a) == crc32c_by_table(a));
        RC_ASSERT(crc32c(b, crc32c(a)) == crc32c(a + b));
        RC_ASSERT(crc32c_by_table(b, crc32c_by_table(a)) == crc32c(a + b));
    }));
}

TEST(KeyedHash, IsKeyedBlake2b256) {
    Digest key;
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    // From Python's hashlib.blake2b(b"altis", key=bytes(range(32)), digest_size=32).
    EXPECT_EQ(hex(as_text(keyed_hash(key, "altis"))),
              "5db6e18a36ce2e50376bc15414a36d9d1c87aee107a3866ca9af655823737d00");
    Digest other = key;
    other[31] ^= 1;
    EXPECT_NE(keyed_hash(key, "altis"), keyed_hash(other, "altis"));
    EXPECT_NE(keyed_hash(key, "altis"), keyed_hash(key, "altit"));
}

TEST(Fingerprint, MatchesTheReferenceOfSipHash) {
    std::array<std::uint8_t, 16> key;
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    const auto text_of = [](const Fingerprint& value) {
        return hex({reinterpret_cast<const char*>(&value), sizeof(value)});
    };
    // Rows 0, 1 and 15 of vectors_sip128 in the authors' reference code.
    std::string input;
    EXPECT_EQ(text_of(fingerprint(key, input)), "a3817f04ba25a8e66df67214c7550293");
    input.push_back('\0');
    EXPECT_EQ(text_of(fingerprint(key, input)), "da87c1d86b99af44347659119b22fc45");
    for (char c = 1; c < 15; ++c)
        input.push_back(c);
    EXPECT_EQ(text_of(fingerprint(key, input)), "5493e99933b0a8117e08ec0f97cfc3d9");
}

TEST(EqualConstantTime, ComparesSizeAndBytes) {
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_TRUE(equal_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace altis::crypto
