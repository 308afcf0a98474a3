#include "crypto/p256.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "crypto/test_bytes.h"
#include "platform/random.h"

namespace altis::crypto {
namespace {

template <std::size_t Size>
std::string_view view(const std::array<std::uint8_t, Size>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

// NIST CAVS, ECC CDH primitive, P-256, count 0.
TEST(P256, AgreesAsNistSays) {
    const auto secret =
        array_of<32>(unhex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"));
    const std::string other = unhex(
        "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
        "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    const auto shared = agree_p256(secret, other);
    ASSERT_TRUE(shared);
    EXPECT_EQ(hex(as_text(*shared)),
              "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
    const auto own = p256_point(secret);
    ASSERT_TRUE(own);
    EXPECT_EQ(hex(view(*own)),
              "04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230"
              "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141");
}

TEST(P256, BothSidesGetOneSecret) {
    platform::SystemRandom random;
    for (int i = 0; i < 100; ++i) {
        P256Seed seed;
        random.fill(seed);
        const P256Pair one = make_p256_pair(seed);
        random.fill(seed);
        const P256Pair other = make_p256_pair(seed);
        const auto here = agree_p256(one.secret, view(other.point));
        ASSERT_TRUE(here);
        EXPECT_EQ(*here, agree_p256(other.secret, view(one.point)).value());
        EXPECT_EQ(p256_point(one.secret).value(), one.point);
    }
}

// The least and the greatest number that a seed can be, and those next to a turn.
TEST(P256, SeedsBecomeSecretsInRange) {
    const auto pair_of = [](const std::string& digits) {
        return make_p256_pair(array_of<48>(unhex(std::string(96 - digits.size(), '0') + digits)));
    };
    const std::string last = std::string(kOrder.substr(0, 62)) + "50";
    EXPECT_EQ(hex(as_text(pair_of("0").secret)), std::string(63, '0') + "1");
    EXPECT_EQ(hex(as_text(pair_of(std::string(kOrder.substr(0, 62)) + "4f").secret)), last);
    EXPECT_EQ(hex(as_text(pair_of(last).secret)), std::string(63, '0') + "1");
    EXPECT_TRUE(p256_point(pair_of(std::string(96, 'f')).secret));
}

TEST(P256, RefusesWhatIsNoSecret) {
    for (const std::string& digits :
         {std::string(64, '0'), std::string(kOrder), std::string(64, 'f')}) {
        const auto point = p256_point(array_of<32>(unhex(digits)));
        ASSERT_FALSE(point) << digits;
        EXPECT_EQ(point.error().reason, "p256.not_a_secret");
    }
}

TEST(P256, RefusesWhatIsNoPoint) {
    const P256Pair pair = make_p256_pair({1});
    const std::string good(view(pair.point));
    EXPECT_TRUE(check_p256_point(good));
    std::vector<std::string> bad = {"",
                                    good.substr(0, 64),
                                    good + '\0',
                                    std::string(65, '\0'),
                                    std::string(1, '\0'),
                                    '\x04' + std::string(64, '\xff'),
                                    '\x02' + good.substr(1, 32),
                                    '\x06' + good.substr(1)};
    for (std::size_t at = 0; at < good.size(); ++at) {
        bad.push_back(good);
        bad.back()[at] = static_cast<char>(bad.back()[at] ^ 1);
    }
    for (const std::string& bytes : bad) {
        const auto checked = check_p256_point(bytes);
        ASSERT_FALSE(checked) << hex(bytes);
        EXPECT_EQ(checked.error().reason, "p256.not_a_point");
        EXPECT_FALSE(agree_p256(pair.secret, bytes)) << hex(bytes);
    }
}

TEST(P256, ServesManyThreads) {
    const P256Pair one = make_p256_pair({1});
    const P256Pair other = make_p256_pair({2});
    const Digest expected = agree_p256(one.secret, view(other.point)).value();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 50; ++round)
                EXPECT_EQ(agree_p256(other.secret, view(one.point)).value(), expected);
        });
    for (std::thread& thread : threads)
        thread.join();
}

}  // namespace
}  // namespace altis::crypto
