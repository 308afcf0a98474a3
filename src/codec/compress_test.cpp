#include "codec/compress.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <thread>

#include "codec/mutations.h"

namespace altis::codec {
namespace {

constexpr std::size_t kLimit = 1U << 20;

std::string reason_of(std::string_view bytes, std::size_t limit = kLimit) {
    const auto plain = gunzip(bytes, limit);
    return plain ? "" : plain.error().reason;
}

// `printf hello | gzip -9 -n`, made by GNU gzip.
const std::string kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
    "\x00\x00",
    25);

TEST(Gzip, ReadsWhatGnuGzipWrote) {
    EXPECT_EQ(gunzip(kHello, kLimit), "hello");
}

TEST(Gzip, RoundTripsAtEveryLevel) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        const int level = *rc::gen::inRange(1, 10);
        const std::string packed = gzip(text, level);
        RC_ASSERT(looks_like_gzip(packed));
        RC_ASSERT(gunzip(packed, kLimit) == text);
    }));
}

TEST(Gzip, ReadsManyMembers) {
    EXPECT_EQ(gunzip(kHello + gzip("") + gzip(std::string(100'000, 'x')) + kHello, kLimit),
              "hello" + std::string(100'000, 'x') + "hello");
}

TEST(Gzip, StopsAtTheLimitExactly) {
    const std::string packed = gzip(std::string(100'000, 'x'));
    EXPECT_EQ(reason_of(packed, 100'000), "");
    EXPECT_EQ(reason_of(packed, 99'999), "gzip.too_large");
    EXPECT_EQ(reason_of(packed, 0), "gzip.too_large");
    EXPECT_EQ(reason_of(gzip(""), 0), "");
    EXPECT_EQ(reason_of(packed + packed, 199'999), "gzip.too_large");
    EXPECT_EQ(reason_of(packed + packed, 200'000), "");
}

TEST(Gzip, BombIsRefused) {
    const std::string bomb = gzip(std::string(200U << 20, '\0'), 9);
    ASSERT_LT(bomb.size(), 1U << 20);
    EXPECT_EQ(reason_of(bomb, 32U << 20), "gzip.too_large");
    std::string lying = bomb;  // claims to be small
    lying.replace(lying.size() - 4, 4, std::string("\x05\0\0\0", 4));
    EXPECT_EQ(reason_of(lying, 32U << 20), "gzip.too_large");
}

TEST(Gzip, LyingSizeIsOnlyAHint) {
    std::string lying = kHello;
    lying.replace(lying.size() - 4, 4, "\xff\xff\xff\xff");
    EXPECT_EQ(reason_of(lying), "gzip.malformed");
}

TEST(Gzip, EveryCutAndEveryChangedByteOfTheBodyIsRefused) {
    for (std::size_t size = 0; size < kHello.size(); ++size) {
        EXPECT_EQ(reason_of(kHello.substr(0, size)), "gzip.malformed") << size;
    }
    for (std::size_t at = 10; at < kHello.size(); ++at) {
        std::string changed = kHello;
        changed[at] = static_cast<char>(changed[at] ^ 1);  // bits 2 to 7 of byte 16 fill it up
        EXPECT_EQ(reason_of(changed), "gzip.malformed") << at;
    }
    for (const char* rest : {"x", "\x1f", "\x1f\x8b"}) {
        EXPECT_EQ(reason_of(kHello + rest), "gzip.malformed");
    }
    EXPECT_EQ(reason_of("not gzip at all, but long enough"), "gzip.malformed");
}

TEST(Gzip, ThreadsDoNotShareState) {
    const auto work = [] {
        for (int i = 0; i < 200; ++i) {
            const std::string text(static_cast<std::size_t>(i) * 100, static_cast<char>(i));
            EXPECT_EQ(gunzip(gzip(text, 1 + i % 9), kLimit), text);
        }
    };
    std::thread other(work);
    work();
    other.join();
}

TEST(Gzip, SurvivesMutations) {
    for_each_mutation({kHello, gzip(std::string(5'000, 'x') + "y"), kHello + kHello},
                      [](const std::string& bytes) {
                          const auto plain = gunzip(bytes, 10'000);
                          ASSERT_TRUE(!plain || plain->size() <= 10'000);
                      });
}

}  // namespace
}  // namespace altis::codec
