#include "cleanroom/privacy/partitions.h"

#include <cmath>
#include <gtest/gtest.h>

#include "cleanroom/privacy/test_bits.h"

namespace altis::cleanroom {
namespace {

PartitionSelection selection(std::int64_t groups, MicroEpsilon epsilon, AttoDelta delta) {
    return PartitionSelection::make(groups, epsilon, delta).value();
}

// 1 + ceil(ln(m / (delta * (1 + q))) / rate), with floating-point numbers.
std::int64_t threshold_by_formula(double groups, double epsilon, double delta) {
    const double rate = epsilon / (2 * groups);
    return 1 + static_cast<std::int64_t>(
                   std::ceil(std::log(groups / (delta * (1 + std::exp(-rate)))) / rate));
}

TEST(PartitionSelection, ThresholdIsThatOfTheFormula) {
    EXPECT_EQ(selection(1, 1'000'000, 1'000'000'000).threshold(), threshold_by_formula(1, 1, 1e-9));
    EXPECT_EQ(selection(4, 500'000, 1'000'000).threshold(), threshold_by_formula(4, 0.5, 1e-12));
    EXPECT_EQ(selection(1'000, kMinEpsilon, 1).threshold(),
              threshold_by_formula(1'000, 0.001, 1e-18));
    EXPECT_EQ(selection(1, kMaxEpsilon, kMaxPartitionDelta).threshold(),
              threshold_by_formula(1, 20, 1e-6));
}

TEST(PartitionSelection, NamesLargeGroupsAndNeverEmptyOnes) {
    const PartitionSelection naming = selection(2, 4'000'000, 1'000'000'000);
    const std::int64_t t = naming.threshold();
    const std::vector<std::int64_t> persons = {10 * t, 0, 1, t, 0};
    SeededBits bits(3);
    int borderline = 0;
    for (int run = 0; run < 2'000; ++run) {
        const auto named = naming.select(persons, bits);
        ASSERT_EQ(named.size(), persons.size());
        ASSERT_TRUE(named[0].has_value());
        ASSERT_NEAR(static_cast<double>(*named[0]), static_cast<double>(10 * t), 40.0);
        ASSERT_FALSE(named[1] || named[2] || named[4]);
        borderline += named[3] ? 1 : 0;
        ASSERT_GE(named[3].value_or(t), t);
    }
    // P(noise >= 0) = 1 / (1 + q) with q = 1 / e.
    EXPECT_NEAR(borderline, 2'000 / (1 + std::exp(-1.0)), 4.5 * std::sqrt(2'000 * 0.2));
}

// Every digit of the positive part is one, and every digit of the negative part is zero.
class LargestNoise final : public RandomBits {
  public:
    void fill(std::span<std::uint64_t> words) override {
        for (std::size_t i = 0; i < words.size(); ++i)
            words[i] = i % 4 < 2 ? 0 : ~std::uint64_t{0};
    }
};

TEST(PartitionSelection, TheLargestNoiseNamesAGroupOfOneButNeverAnEmptyOne) {
    const PartitionSelection naming = selection(2, 4'000'000, 1'000'000'000);
    LargestNoise bits;
    const auto named = naming.select(std::vector<std::int64_t>{0, 1, 0}, bits);
    EXPECT_FALSE(named[0] || named[2]);
    ASSERT_TRUE(named[1]);
    EXPECT_GT(*named[1], naming.threshold());
}

// What is drawn does not depend on who is in the groups.
TEST(PartitionSelection, DrawsForEveryGroup) {
    const PartitionSelection naming = selection(1, 1'000'000, 1'000'000'000);
    SeededBits empty(1);
    SeededBits full(1);
    naming.select(std::vector<std::int64_t>(50, 0), empty);
    naming.select(std::vector<std::int64_t>(50, 1'000), full);
    EXPECT_EQ(empty.words_given(), full.words_given());
    EXPECT_GT(empty.words_given(), 0U);
}

TEST(PartitionSelection, CostsTheSameForAnyNumberOfGroups) {
    const PrivacyLoss loss = selection(3, 250'000, 5'000).loss();
    EXPECT_EQ(loss.pure_epsilon, 250'000);
    EXPECT_GT(loss.delta, 5'000);
    EXPECT_LT(loss.delta, 5'010);
}

TEST(PartitionSelection, RefusesParametersOutOfRange) {
    const auto reason = [](std::int64_t groups, MicroEpsilon epsilon, AttoDelta delta) {
        return PartitionSelection::make(groups, epsilon, delta).error().reason;
    };
    EXPECT_EQ(reason(0, 1'000'000, 1), "rooms.sensitivity_out_of_range");
    EXPECT_EQ(reason(1'001, 1'000'000, 1), "rooms.sensitivity_out_of_range");
    EXPECT_EQ(reason(1, 1'000'000, 0), "rooms.delta_out_of_range");
    EXPECT_EQ(reason(1, 1'000'000, kMaxPartitionDelta + 1), "rooms.delta_out_of_range");
    EXPECT_EQ(reason(1, 999, 1), "rooms.epsilon_out_of_range");
}

}  // namespace
}  // namespace altis::cleanroom
