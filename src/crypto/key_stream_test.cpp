#include "crypto/key_stream.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace altis::crypto {
namespace {

std::vector<std::uint8_t> bytes_of(const StreamSeed& seed, std::size_t count, std::size_t step) {
    KeyStream stream(seed);
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t at = 0; at < count; at += step) {
        stream.fill(std::span(bytes).subspan(at, std::min(step, count - at)));
    }
    return bytes;
}

TEST(KeyStream, GivesTheSameBytesInWhateverPieces) {
    const StreamSeed seed{1, 2, 3};
    const auto whole = bytes_of(seed, 20'000, 20'000);
    EXPECT_EQ(whole, bytes_of(seed, 20'000, 1));
    EXPECT_EQ(whole, bytes_of(seed, 20'000, 777));
    EXPECT_NE(whole, bytes_of({1, 2, 4}, 20'000, 20'000));
}

// With a zero key ChaCha20's stream is known (RFC 7539, A.1, test vector 1, from byte 32 on; the
// first 32 bytes are the next key).
TEST(KeyStream, IsChaCha20BehindTheNextKey) {
    const auto bytes = bytes_of({}, 8, 8);
    EXPECT_EQ(bytes, (std::vector<std::uint8_t>{0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d}));
}

TEST(KeyStream, NeverRepeatsABlock) {
    const auto bytes = bytes_of({9}, 1 << 20, 4096);
    std::set<std::string> seen;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        seen.emplace(reinterpret_cast<const char*>(&bytes[at]), 16);
    }
    EXPECT_EQ(seen.size(), bytes.size() / 16);
}

}  // namespace
}  // namespace altis::crypto
