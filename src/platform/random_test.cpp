#include "platform/random.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "platform/clock.h"

namespace altis::platform {
namespace {

TEST(Random, SeedsReproduce) {
    SeededRandom a(7);
    SeededRandom b(7);
    SeededRandom c(8);
    EXPECT_EQ(a.next(), b.next());
    EXPECT_NE(a.next(), c.next());
    EXPECT_EQ(SeededRandom(0).next(), 0xe220a8397b1dcdafU) << "SplitMix64's published first value";
}

TEST(Random, BoundsHoldAndEverythingIsReached) {
    SeededRandom random(1);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(random.below(7));
        const double unit = random.unit();
        EXPECT_TRUE(unit >= 0 && unit < 1);
    }
    EXPECT_EQ(seen.size(), 7U);
    EXPECT_EQ(*seen.rbegin(), 6U);
    EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, SystemGivesFreshBytesOfAnySize) {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 2000; ++i)
        seen.insert(random.next_u64());
    EXPECT_EQ(seen.size(), 2000U);
    std::vector<std::uint8_t> large(100'000);
    random.fill(large);
    EXPECT_NE(std::count(large.begin(), large.end(), 0), 100'000);
    random.fill({});
}

TEST(Clock, SimulatedStandsStillAndSystemIsPlausible) {
    SimulatedClock clock(civil_date(2026, 2, 19));
    clock.advance(seconds(1));
    EXPECT_EQ(clock.now(), civil_date(2026, 2, 19) + seconds(1));
    EXPECT_GT(SystemClock().now(), civil_date(2024, 1, 1));
}

}  // namespace
}  // namespace altis::platform
