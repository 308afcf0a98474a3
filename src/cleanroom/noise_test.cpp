#include "cleanroom/noise.h"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <vector>

#include "cleanroom/test_bits.h"

namespace altis::cleanroom {
namespace {

// The probability that the definition in noise.h gives to `value`.
long double defined_pmf(const Laplace& laplace, std::int64_t value) {
    const long double rate = static_cast<long double>(laplace.epsilon) / kMicroEpsilonPerEpsilon /
                             static_cast<long double>(laplace.sensitivity);
    const long double q = std::exp(-rate);
    return (1 - q) / (1 + q) * std::exp(-rate * static_cast<long double>(std::abs(value)));
}

// The same, by walking through every path of the sampler: rest, geometric, sign, rejection.
std::map<std::int64_t, long double> enumerated_pmf(const Laplace& laplace, std::int64_t until) {
    std::uint64_t t = static_cast<std::uint64_t>(laplace.sensitivity) * kMicroEpsilonPerEpsilon;
    auto s = static_cast<std::uint64_t>(laplace.epsilon);
    const std::uint64_t divisor = std::gcd(t, s);
    t /= divisor;
    s /= divisor;
    std::map<std::int64_t, long double> pmf;
    long double accepted = 0;
    const long double stop = expl(-1);
    const auto enough =
        std::max<std::uint64_t>(400, (static_cast<std::uint64_t>(until) + 1) * s / t);
    for (std::uint64_t v = 0; v <= enough; ++v) {
        for (std::uint64_t u = 0; u < t; ++u) {
            const long double path =
                expl(-static_cast<long double>(u) / static_cast<long double>(t)) *
                expl(-static_cast<long double>(v)) * (1 - stop) / 2;
            const auto y = static_cast<std::int64_t>((u + t * v) / s);
            accepted += y == 0 ? path : 2 * path;
            if (y > until) continue;
            pmf[y] += path;
            if (y != 0) pmf[-y] += path;
        }
    }
    for (auto& [value, probability] : pmf)
        probability /= accepted;
    return pmf;
}

// Epsilons whose fraction is small enough to enumerate.
const std::vector<Laplace> kGrid = {{1, 1'000'000}, {2, 1'000'000},  {2, 500'000},
                                    {1, 100'000},   {2, 100'000},    {3, 700'000},
                                    {1, 3'000'000}, {5, 12'500'000}, {1, 20'000'000}};

TEST(DiscreteLaplace, EveryPathOfTheSamplerTogetherGivesTheDefinition) {
    for (const Laplace& laplace : kGrid) {
        for (const auto& [value, probability] : enumerated_pmf(laplace, 60)) {
            EXPECT_NEAR(static_cast<double>(probability / defined_pmf(laplace, value)), 1, 1e-12)
                << laplace.sensitivity << " " << laplace.epsilon << " " << value;
        }
    }
}

// For neighbours whose counts differ by up to the sensitivity no output is more than e^epsilon
// times as likely on one side.
TEST(DiscreteLaplace, NeighboursStayWithinEpsilon) {
    for (const Laplace& laplace : kGrid) {
        const long double bound =
            static_cast<long double>(laplace.epsilon) / kMicroEpsilonPerEpsilon;
        const auto pmf = enumerated_pmf(laplace, 60);
        long double worst = 0;
        for (std::int64_t shift = 1; shift <= laplace.sensitivity; ++shift) {
            for (std::int64_t output = -50; output <= 50; ++output) {
                const long double ratio = std::log(pmf.at(output) / pmf.at(output - shift));
                worst = std::max(worst, std::abs(ratio));
            }
        }
        EXPECT_LE(static_cast<double>(worst), static_cast<double>(bound) * (1 + 1e-12));
        // The bound is tight: the noise is not larger than needed.
        EXPECT_GE(static_cast<double>(worst), static_cast<double>(bound) * (1 - 1e-9));
    }
}

// Chi-square of drawn values against the definition, with fixed seeds: every |z| <= `edge` is one
// bin, and both tails are one more.
double chi_square(const Laplace& laplace, int draws, std::int64_t edge, std::uint64_t seed) {
    SeededBits bits(seed);
    std::map<std::int64_t, int> seen;
    int tail = 0;
    for (int i = 0; i < draws; ++i) {
        const std::int64_t value = draw(laplace, bits);
        if (std::abs(value) > edge) {
            ++tail;
        } else {
            ++seen[value];
        }
    }
    double statistic = 0;
    double inside = 0;
    for (std::int64_t value = -edge; value <= edge; ++value) {
        const auto probability = static_cast<double>(defined_pmf(laplace, value));
        const double expected = probability * draws;
        inside += probability;
        statistic += (seen[value] - expected) * (seen[value] - expected) / expected;
    }
    const double expected_tail = (1 - inside) * draws;
    return statistic + (tail - expected_tail) * (tail - expected_tail) / expected_tail;
}

TEST(DiscreteLaplace, DrawsFollowTheDefinition) {
    constexpr int kDraws = 200'000;
    struct Case {
        Laplace laplace;
        std::int64_t edge;
    };
    const std::vector<Case> cases = {{{1, 1'000'000}, 6}, {{2, 1'000'000}, 12}, {{2, 100'000}, 60},
                                     {{1, 123'457}, 30},  {{7, 3'333'333}, 12}, {{1, 2'500'000}, 2},
                                     {{1, 50'000}, 60}};
    std::uint64_t seed = 1;
    for (const Case& c : cases) {
        const double freedom = static_cast<double>(2 * c.edge + 1);
        const double statistic = chi_square(c.laplace, kDraws, c.edge, seed++);
        // 4.5 standard deviations of chi-square: never by chance, at once with a wrong scale.
        EXPECT_LT(statistic, freedom + 4.5 * std::sqrt(2 * freedom)) << c.laplace.epsilon;
    }
}

TEST(DiscreteLaplace, VarianceIsThatOfTheDefinition) {
    for (const Laplace& laplace : kGrid) {
        long double sum = 0;
        for (std::int64_t z = 1; z < 4000; ++z) {
            sum += 2 * defined_pmf(laplace, z) * static_cast<long double>(z * z);
        }
        EXPECT_NEAR(variance(laplace) / static_cast<double>(sum), 1, 1e-9);
    }
}

TEST(Bernoulli, ExponentialIsExact) {
    SeededBits bits(5);
    constexpr int kTrials = 200'000;
    for (const std::uint64_t numerator : {0U, 1U, 3U, 7U}) {
        int successes = 0;
        for (int i = 0; i < kTrials; ++i)
            successes += bernoulli_exp(numerator, 7, bits) ? 1 : 0;
        const double p = std::exp(-static_cast<double>(numerator) / 7);
        EXPECT_NEAR(successes, p * kTrials, 4.5 * std::sqrt(p * (1 - p) * kTrials) + 1e-9);
    }
}

TEST(Uniform, RejectsTheIncompleteBlock) {
    // 2^64 mod 3 is 1, so the single value 0 must be refused and the next one taken.
    class Fixed final : public RandomBits {
      public:
        std::uint64_t next_u64() override { return values_[next_++]; }

      private:
        std::uint64_t values_[2] = {0, 5};
        std::size_t next_ = 0;
    } bits;
    EXPECT_EQ(uniform_below(3, bits), 2U);
}

TEST(DiscreteLaplace, RefusesParametersOutOfRange) {
    EXPECT_EQ(make_laplace(1, 999).error().reason, "rooms.epsilon_out_of_range");
    EXPECT_EQ(make_laplace(1, 20'000'001).error().reason, "rooms.epsilon_out_of_range");
    EXPECT_EQ(make_laplace(1, -1).error().reason, "rooms.epsilon_out_of_range");
    EXPECT_EQ(make_laplace(0, 1'000'000).error().reason, "rooms.sensitivity_out_of_range");
    EXPECT_TRUE(make_laplace(2, 1'000'000));
}

TEST(DiscreteLaplace, ExtremesStayInRange) {
    SeededBits bits(9);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LT(std::abs(draw({kMaxSensitivity, kMinEpsilon}, bits)), 100'000'000'000);
        EXPECT_LE(std::abs(draw({1, kMaxEpsilon}, bits)), 2);
    }
}

TEST(DiscreteLaplace, CostOfADraw) {
    SeededBits bits(1);
    constexpr int kDraws = 200'000;
    const std::clock_t start = std::clock();
    std::int64_t sum = 0;
    for (int i = 0; i < kDraws; ++i)
        sum += draw({2, 100'000}, bits);
    const double us = 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kDraws;
    std::printf("draw: %.3f us, %.1f words of randomness\n", us,
                static_cast<double>(bits.draws()) / kDraws);
    EXPECT_LT(std::abs(sum), kDraws);  // the mean is 0
}

}  // namespace
}  // namespace altis::cleanroom
