#include "cleanroom/privacy/intervals.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "cleanroom/privacy/test_bits.h"

namespace altis::cleanroom {
namespace {

bool contains(const Figure& figure, double truth) {
    return figure.low <= truth && (!figure.high || truth <= *figure.high);
}

Noisy noisy(std::int64_t exact, const Noise& noise, RandomBits& bits) {
    return {exact + noise.draw(bits), noise.spread()};
}

// Share of runs in which the interval contains the truth, in percent.
template <class Run>
double coverage(int runs, const Run& run) {
    int covered = 0;
    for (int i = 0; i < runs; ++i)
        covered += run() ? 1 : 0;
    return 100.0 * covered / runs;
}

constexpr int kRuns = 4'000;

TEST(Intervals, OfEveryKindOfFigureContainTheExactOne) {
    SeededBits bits(20260719);
    const LaplaceNoise laplace = LaplaceNoise::make(2, 500'000).value();
    const GaussianNoise gaussian = GaussianNoise::make(2, 20'000'000'000).value();
    const LaplaceNoise of_sums = LaplaceNoise::make(2'000, 1'000'000).value();
    const std::array<const Noise*, 2> noises = {&laplace, &gaussian};
    for (const Noise* noise : noises) {
        const auto check = [&](const char* what, const auto& run) {
            const double percent = coverage(test_effort(kRuns, 400), run);
            std::printf("coverage of %-6s under %-8s %.2f %%\n", what,
                        noise == &laplace ? "Laplace" : "Gaussian", percent);
            EXPECT_GE(percent, 93.5) << what;
            EXPECT_LE(percent, 97.5) << what;
        };
        check("count", [&] {
            const std::array<Noisy, 3> parts = {noisy(100, *noise, bits), noisy(900, *noise, bits),
                                                noisy(0, *noise, bits)};
            return contains(count_figure(parts, Confidence::k95), 1000);
        });
        check("sum", [&] {
            const std::array<Noisy, 2> parts = {noisy(-7'000, of_sums, bits),
                                                noisy(2'000, of_sums, bits)};
            return contains(sum_figure(parts, Confidence::k95), -5'000);
        });
        check("mean", [&] {
            return contains(mean_figure(noisy(50'000, of_sums, bits), noisy(400, *noise, bits),
                                        {0, 1'000}, Confidence::k95),
                            125);
        });
        check("average", [&] {
            const std::array<Noisy, 3> parts = {noisy(600, *noise, bits), noisy(300, *noise, bits),
                                                noisy(100, *noise, bits)};
            return contains(average_figure(parts, std::array<double, 3>{1, 2, 5}, Confidence::k95),
                            1.7);
        });
        check("share", [&] {
            const std::array<Noisy, 1> part = {noisy(320, *noise, bits)};
            const std::array<Noisy, 2> rest = {noisy(600, *noise, bits), noisy(80, *noise, bits)};
            return contains(share_figure(part, rest, Confidence::k95), 0.32);
        });
        check("ratio", [&] {
            return contains(
                ratio_figure(noisy(900, *noise, bits), noisy(200, *noise, bits), Confidence::k95),
                4.5);
        });
        check("lift", [&] {
            const Split interest = {noisy(368, *noise, bits), noisy(1232, *noise, bits)};
            const Split others = {noisy(160, *noise, bits), noisy(1440, *noise, bits)};
            return contains(lift_figure(interest, others, Confidence::k95), 2.3);
        });
    }
}

// 10,000 campaigns of different size, share, lift and epsilon, each once; all in the range in which
// single steps of the noise do not matter.
TEST(Intervals, ContainTheTruthOfTenThousandCampaigns) {
    SeededBits bits(2028);
    const int campaigns = test_effort(10'000, 500);
    std::array<LaplaceNoise, 3> noises = {LaplaceNoise::make(2, 100'000).value(),
                                          LaplaceNoise::make(2, 250'000).value(),
                                          LaplaceNoise::make(2, 1'000'000).value()};
    int share = 0;
    int lift = 0;
    for (int campaign = 0; campaign < campaigns; ++campaign) {
        const LaplaceNoise& noise = noises[bits.below(3)];
        const auto scale = static_cast<std::int64_t>(1 + bits.below(20));
        const std::array<std::int64_t, 4> exact = {
            static_cast<std::int64_t>(300 + bits.below(100)) * scale,  // interest, with
            static_cast<std::int64_t>(1'000 + bits.below(400)) * scale,
            static_cast<std::int64_t>(150 + bits.below(50)) * scale,  // others, with
            static_cast<std::int64_t>(1'400 + bits.below(500)) * scale};
        const auto strangers = static_cast<std::int64_t>(6'800 + bits.below(3'000)) * scale;
        std::array<Noisy, 4> matched;
        for (std::size_t i = 0; i < 4; ++i)
            matched[i] = noisy(exact[i], noise, bits);
        const std::array<Noisy, 1> rest = {noisy(strangers, noise, bits)};
        const auto known = static_cast<double>(exact[0] + exact[1] + exact[2] + exact[3]);
        share += contains(share_figure(matched, rest, Confidence::k95),
                          known / (known + static_cast<double>(strangers)));
        const auto rate = [&](std::size_t with) {
            return static_cast<double>(exact[with]) /
                   static_cast<double>(exact[with] + exact[with + 1]);
        };
        lift += contains(
            lift_figure({matched[0], matched[1]}, {matched[2], matched[3]}, Confidence::k95),
            rate(0) / rate(2));
    }
    std::printf("coverage of %d campaigns: share %.2f %%, lift %.2f %%\n", campaigns,
                100.0 * share / campaigns, 100.0 * lift / campaigns);
    const double slack = campaigns < 10'000 ? 3 : 0.5;
    EXPECT_NEAR(100.0 * share / campaigns, 95, slack);
    EXPECT_NEAR(100.0 * lift / campaigns, 95, slack);
}

TEST(Intervals, OfHighConfidenceAreWider) {
    const LaplaceNoise noise = LaplaceNoise::make(2, 500'000).value();
    const std::array<Noisy, 1> one = {{{500, noise.spread()}}};
    const Figure usual = count_figure(one, Confidence::k95);
    const Figure sure = count_figure(one, Confidence::k99_9);
    EXPECT_LT(sure.low, usual.low);
    EXPECT_GT(*sure.high, *usual.high);
    EXPECT_EQ(usual.value, 500);
}

TEST(Intervals, SayWhatTheNoiseHides) {
    const Spread wide{10'000, 3};
    // A denominator within its noise bounds nothing from above.
    EXPECT_FALSE(ratio_figure({500, wide}, {50, wide}, Confidence::k95).high);
    EXPECT_TRUE(ratio_figure({50'000, wide}, {50'000, wide}, Confidence::k95).high);
    const Figure unknown = mean_figure({500, wide}, {-3, wide}, {10, 90}, Confidence::k95);
    EXPECT_EQ(unknown.value, 50);
    EXPECT_EQ(unknown.low, 10);
    EXPECT_EQ(unknown.high, 90);
    const std::array<Noisy, 1> few = {{{3, wide}}};
    EXPECT_EQ(count_figure(few, Confidence::k95).low, 0);
    EXPECT_LT(sum_figure(few, Confidence::k95).low, -100);
    // A mean stays where measures can be, whatever the noise says.
    EXPECT_EQ(mean_figure({90'000, wide}, {100, {1, 3}}, {0, 100}, Confidence::k95).value, 100);
}

// Of one Laplace noise, and of two: exp(-t) and exp(-t) * (1 + t / 2) are beyond t scales.
TEST(HalfWidth, IsThatOfSumsOfLaplaceNoise) {
    const std::array<Weighted, 2> two = {{{1, {200, 3}}, {1, {200, 3}}}};  // of scale 10
    const auto beyond_one = [](double t) { return std::exp(-t / 10); };
    const auto beyond_two = [](double t) { return std::exp(-t / 10) * (1 + t / 20); };
    const std::span<const Weighted> one = std::span(two).first(1);
    EXPECT_NEAR(beyond_one(half_width(one, Confidence::k95)), 0.05, 0.0002);
    EXPECT_NEAR(beyond_two(half_width(two, Confidence::k95)), 0.05, 0.0002);
    EXPECT_NEAR(beyond_one(half_width(one, Confidence::k99_9)), 0.001, 0.0001);
    EXPECT_NEAR(beyond_two(half_width(two, Confidence::k99_9)), 0.001, 0.0001);
}

TEST(HalfWidth, AddsStepsOnlyToNarrowNoise) {
    const std::array<Weighted, 1> narrow = {{{1, {1, 0}}}};
    const std::array<Weighted, 1> wide = {{{1, {100, 0}}}};
    EXPECT_NEAR(half_width(narrow, Confidence::k95), 1.96 + 0.5, 1e-3);
    EXPECT_NEAR(half_width(wide, Confidence::k95), 19.6, 1e-2);
    EXPECT_NEAR(half_width(wide, Confidence::k95, 300), 39.2, 1e-2);
    EXPECT_EQ(half_width({}, Confidence::k95), 0);
}

}  // namespace
}  // namespace altis::cleanroom
