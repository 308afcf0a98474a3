#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include "crypto/aes_gcm.h"
#include "crypto/test_bytes.h"

namespace altis::crypto {
namespace {

// RFC 5869, test case 1.
TEST(Hkdf, MatchesRfc5869) {
    const Digest key = hkdf_extract(unhex("000102030405060708090a0b0c"), std::string(22, '\x0b'));
    EXPECT_EQ(hex(as_text(key)),
              "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    EXPECT_EQ(hex(as_text(hkdf_expand(key, unhex("f0f1f2f3f4f5f6f7f8f9")))),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

// Test cases 1 and 2 of the GCM specification (McGrew and Viega, appendix B).
TEST(AesGcm, MatchesTheSpecification) {
    std::string sealed = "kept";
    seal_aes128_gcm({}, {}, "", sealed);
    EXPECT_EQ(hex(sealed.substr(4)), "58e2fccefa7e3061367f1d57a4e7455a");
    seal_aes128_gcm({}, {}, std::string(16, '\0'), sealed);
    EXPECT_EQ(hex(sealed.substr(20)),
              "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
    EXPECT_EQ(sealed.substr(0, 4), "kept");
}

}  // namespace
}  // namespace altis::crypto
