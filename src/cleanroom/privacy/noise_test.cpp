#include "cleanroom/privacy/noise.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <vector>

#include "base/test_effort.h"
#include "cleanroom/privacy/test_bits.h"

namespace altis::cleanroom {
namespace {

LaplaceNoise laplace(std::int64_t sensitivity, MicroEpsilon epsilon) {
    return LaplaceNoise::make(sensitivity, epsilon).value();
}
GaussianNoise gaussian(std::int64_t squared_sensitivity, Rho rho) {
    return GaussianNoise::make(squared_sensitivity, rho).value();
}

using Pmf = std::function<double(std::int64_t)>;

Pmf laplace_pmf(std::int64_t sensitivity, MicroEpsilon epsilon) {
    const double rate = static_cast<double>(epsilon) / 1e6 / static_cast<double>(sensitivity);
    return [rate](std::int64_t z) {
        return std::tanh(rate / 2) * std::exp(-rate * static_cast<double>(std::abs(z)));
    };
}

Pmf gaussian_pmf(double deviation) {
    const auto weight = [deviation](std::int64_t z) {
        const double x = static_cast<double>(z) / deviation;
        return std::exp(-x * x / 2);
    };
    double all = 0;
    for (std::int64_t z = -20 - std::llround(40 * deviation); z <= 20 + 40 * deviation; ++z)
        all += weight(z);
    return [weight, all](std::int64_t z) { return weight(z) / all; };
}

// Chi-square of drawn values, with a fixed seed: every |z| <= edge is one bin, each tail one more.
// In standard deviations above its mean.
double misfit(const Noise& noise, const Pmf& pmf, std::int64_t edge, std::uint64_t seed) {
    const int draws = test_effort(200'000, 20'000);
    SeededBits bits(seed);
    std::map<std::int64_t, int> seen;
    for (int i = 0; i < draws; ++i)
        ++seen[std::clamp(noise.draw(bits), -edge - 1, edge + 1)];
    double statistic = 0;
    double inside = 0;
    const auto add = [&](std::int64_t value, double probability) {
        const double expected = probability * draws;
        statistic += (seen[value] - expected) * (seen[value] - expected) / expected;
    };
    for (std::int64_t value = -edge; value <= edge; ++value) {
        inside += pmf(value);
        add(value, pmf(value));
    }
    add(-edge - 1, (1 - inside) / 2);
    add(edge + 1, (1 - inside) / 2);
    const auto freedom = static_cast<double>(2 * edge + 2);
    return (statistic - freedom) / std::sqrt(2 * freedom);
}

TEST(LaplaceNoise, DrawsFollowTheDefinition) {
    struct Case {
        std::int64_t sensitivity;
        MicroEpsilon epsilon;
        std::int64_t edge;
    };
    std::uint64_t seed = 1;
    for (const Case& c : std::vector<Case>{{1, 1'000'000, 6},
                                           {2, 1'000'000, 12},
                                           {2, 100'000, 60},
                                           {1, 123'457, 30},
                                           {7, 3'333'333, 12},
                                           {1, 2'500'000, 2},
                                           {1, 50'000, 60}}) {
        const LaplaceNoise noise = laplace(c.sensitivity, c.epsilon);
        // 4.5 standard deviations: never by chance, at once with a wrong scale.
        EXPECT_LT(misfit(noise, laplace_pmf(c.sensitivity, c.epsilon), c.edge, seed++), 4.5)
            << c.epsilon;
    }
}

TEST(GaussianNoise, DrawsFollowTheDefinition) {
    struct Case {
        std::int64_t squared_sensitivity;
        Rho rho;
        double deviation;
        std::int64_t edge;
    };
    std::uint64_t seed = 100;
    for (const Case& c : std::vector<Case>{{1, 1'000'000'000'000, 1, 3},
                                           {2, 2'000'000'000'000, 1, 3},
                                           {4, 40'000'000'000, 10, 30},
                                           {1, 250'000'000, 63.245553, 150},
                                           {1, 100'000'000, 100, 250},
                                           {2, 10'000'000, 447.213595, 800}}) {
        const GaussianNoise noise = gaussian(c.squared_sensitivity, c.rho);
        EXPECT_NEAR(noise.deviation(), c.deviation, 1e-6);
        EXPECT_LT(misfit(noise, gaussian_pmf(c.deviation), c.edge, seed++), 4.5) << c.rho;
    }
}

TEST(Noise, SpreadIsThatOfTheDefinition) {
    for (const MicroEpsilon epsilon : {50'000, 1'000'000, 3'000'000}) {
        const Pmf pmf = laplace_pmf(2, epsilon);
        double sum = 0;
        for (std::int64_t z = 1; z < 4000; ++z)
            sum += 2 * pmf(z) * static_cast<double>(z * z);
        EXPECT_NEAR(laplace(2, epsilon).spread().variance / sum, 1, 1e-9);
    }
    EXPECT_NEAR(gaussian(8, 16'000'000'000).spread().variance, 500, 1e-9);
    EXPECT_EQ(gaussian(8, 16'000'000'000).spread().kurtosis, 0);
}

TEST(LaplaceNoise, RefusesParametersOutOfRange) {
    const auto reason = [](std::int64_t sensitivity, MicroEpsilon epsilon) {
        return LaplaceNoise::make(sensitivity, epsilon).error().reason;
    };
    EXPECT_EQ(reason(1, 999), "rooms.epsilon_out_of_range");
    EXPECT_EQ(reason(1, 20'000'001), "rooms.epsilon_out_of_range");
    EXPECT_EQ(reason(1, -1), "rooms.epsilon_out_of_range");
    EXPECT_EQ(reason(0, 1'000'000), "rooms.sensitivity_out_of_range");
    EXPECT_EQ(reason(kMaxSensitivity + 1, 1'000'000), "rooms.sensitivity_out_of_range");
    EXPECT_TRUE(LaplaceNoise::make(2, 1'000'000));
}

TEST(GaussianNoise, RefusesParametersOutOfRange) {
    const auto reason = [](std::int64_t squared_sensitivity, Rho rho) {
        return GaussianNoise::make(squared_sensitivity, rho).error().reason;
    };
    EXPECT_EQ(reason(0, 1'000'000'000), "rooms.sensitivity_out_of_range");
    EXPECT_EQ(reason(kMaxSquaredSensitivity + 1, 1'000'000'000), "rooms.sensitivity_out_of_range");
    EXPECT_EQ(reason(1, 0), "rooms.rho_out_of_range");
    EXPECT_EQ(reason(1, -5), "rooms.rho_out_of_range");
    EXPECT_EQ(reason(1, 64'000'000'000'001), "rooms.rho_out_of_range");  // deviation below 1/8
    EXPECT_EQ(reason(1, 953'674), "rooms.rho_out_of_range");             // above 1,024
    EXPECT_TRUE(GaussianNoise::make(1, 953'675));
    EXPECT_TRUE(GaussianNoise::make(kMaxSquaredSensitivity, 1'000'000'000'000));
    EXPECT_TRUE(GaussianNoise::make(1, 64'000'000'000'000));
}

TEST(Noise, ExtremesStayInRange) {
    SeededBits bits(9);
    const LaplaceNoise wide = laplace(kMaxSensitivity, kMinEpsilon);
    const LaplaceNoise narrow = laplace(1, kMaxEpsilon);
    const GaussianNoise broad = gaussian(1, 953'675);
    std::int64_t largest = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t value = wide.draw(bits);
        largest = std::max(largest, std::abs(value));
        EXPECT_LT(std::abs(value), std::int64_t{1} << 48);
        EXPECT_LE(std::abs(narrow.draw(bits)), 2);
        EXPECT_LT(std::abs(broad.draw(bits)), 14 * 1024);
    }
    EXPECT_GT(largest, 1'000'000'000'000);
}

// Of the same parameters always the same thresholds, and of every draw the same number of words.
TEST(Noise, TakesTheSameNumberOfWordsWhateverComesOut) {
    std::vector<std::unique_ptr<Noise>> noises;
    noises.push_back(std::make_unique<LaplaceNoise>(laplace(2, 100'000)));
    noises.push_back(std::make_unique<GaussianNoise>(gaussian(2, 20'000'000'000)));
    noises.push_back(std::make_unique<GaussianNoise>(gaussian(2, 20'000'000)));
    for (const auto& noise : noises) {
        SeededBits bits(4);
        noise->draw(bits);
        const std::uint64_t words = bits.words_given();
        for (int i = 2; i <= 500; ++i) {
            noise->draw(bits);
            ASSERT_EQ(bits.words_given(), words * i);
        }
    }
}

TEST(Noise, LossNamesTheMechanismAndItsImperfection) {
    const PrivacyLoss laplace_loss = laplace(2, 250'000).loss(5);
    EXPECT_EQ(laplace_loss, pure_loss(250'000, 1));
    const PrivacyLoss gaussian = GaussianNoise::make(2, 20'000'000'000)->loss(5);
    EXPECT_EQ(gaussian, gaussian_loss(20'000'000'000, 1));
}

TEST(Noise, AddingSaturates) {
    EXPECT_EQ(add_saturated(5, -7), -2);
    EXPECT_EQ(add_saturated(INT64_MAX - 1, 7), INT64_MAX);
    EXPECT_EQ(add_saturated(INT64_MIN + 1, -7), INT64_MIN);
    EXPECT_EQ(add_saturated(INT64_MAX, INT64_MIN), -1);
}

TEST(AnswerBits, GiveEachAnswerItsOwnNoise) {
    const LaplaceNoise noise = laplace(2, 10'000);
    const auto draws = [&](const crypto::StreamSeed& seed) {
        AnswerBits bits(seed);
        std::vector<std::int64_t> values;
        for (int i = 0; i < 20; ++i)
            values.push_back(noise.draw(bits));
        return values;
    };
    EXPECT_EQ(draws({1}), draws({1}));
    EXPECT_NE(draws({1}), draws({2}));
    const auto once = draws({1});
    EXPECT_NE(std::vector(once.begin(), once.begin() + 10),
              std::vector(once.begin() + 10, once.end()));
}

TEST(AnswerBits, NeverRepeatAWord) {
    AnswerBits bits({5});
    std::vector<std::uint64_t> words(100'000);
    bits.fill(words);
    std::sort(words.begin(), words.end());
    EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
}

}  // namespace
}  // namespace altis::cleanroom
