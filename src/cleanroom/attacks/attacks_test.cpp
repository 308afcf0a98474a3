#include <cstdio>
#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "cleanroom/attacks/test_attacks.h"

namespace altis::cleanroom::attacks {
namespace {

constexpr int kTrialsOfOthers = 20;

// The seeds are fixed, so that this fails always or never.
TEST(Attacks, LearnNoMoreThanTheLifetimeEpsilonAllows) {
    for (const Attack& attack : kAttacks) {
        SeededBits bits(20280714);
        const Advantage ours = measure(attack, Against::kRoom, test_effort(200, 40), bits);
        const Advantage others = measure(attack, Against::kThresholds, kTrialsOfOthers, bits);
        std::printf("%-36.*s %.3f (standard error %.3f), thresholds only %.3f\n",
                    static_cast<int>(attack.name.size()), attack.name.data(), ours.value(),
                    ours.standard_error(), others.value());
        EXPECT_LE(ours.value(), bound_of(kLifetime) + 3 * ours.standard_error()) << attack.name;
        EXPECT_GE(others.value(), 0.9) << attack.name << " is no attack";
    }
}

// The attackers can read noise: with the budget four times over, four of them learn more than the
// budget allows.
TEST(Attacks, ABudgetForEachConsumerGivesColludersTooMuch) {
    SeededBits bits(20280715);
    const Advantage each = measure(kCollusion, Against::kBudgetEach, test_effort(200, 100), bits);
    EXPECT_GT(each.value(), bound_of(kLifetime));
}

}  // namespace
}  // namespace altis::cleanroom::attacks
