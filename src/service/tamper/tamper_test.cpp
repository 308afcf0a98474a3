// 10,000 flips, reorders, truncations and replays over journal and wire: each is seen, and named.
#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "service/tamper/everywhere.h"

namespace altis::service::tamper {
namespace {

TEST(Tamper, EveryChangeIsDetectedAndItsCulpritNamed) {
    Random random(20'260'219);
    Everywhere everywhere;
    Report report;
    const std::size_t changes = test_effort(10'000U, 600U);
    for (std::size_t i = 0; i < changes; ++i)
        everywhere.once(random, report);
    for (const auto& [what, count] : report.counts()) {
        std::printf("%-24s %5zu tried %5zu detected %5zu named\n", what.c_str(), count.tried,
                    count.detected, count.named);
    }
    EXPECT_EQ(report.counts().size(), 20U) << "every kind of change, everywhere";
    EXPECT_EQ(report.all().tried, changes);
    EXPECT_EQ(report.all().detected, changes) << report.first_miss();
    EXPECT_EQ(report.all().named, changes) << report.first_miss();
}

}  // namespace
}  // namespace altis::service::tamper
