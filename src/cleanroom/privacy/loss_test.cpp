#include "cleanroom/privacy/loss.h"

#include <cmath>
#include <gmpxx.h>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <vector>

namespace altis::cleanroom {
namespace {

constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();

TEST(PrivacyLoss, RhoOfAPureEpsilonIsExact) {
    EXPECT_EQ(rho_of_pure(0), 0);
    EXPECT_EQ(rho_of_pure(1), 1);  // (10^-6)^2 / 2
    EXPECT_EQ(rho_of_pure(kMicroEpsilonPerEpsilon), kRhoUnitsPerRho / 2);
    EXPECT_EQ(rho_of_pure(2 * kMicroEpsilonPerEpsilon), 2 * kRhoUnitsPerRho);
    // Beyond 2 epsilon itself is the smaller bound.
    EXPECT_EQ(rho_of_pure(3 * kMicroEpsilonPerEpsilon), 3 * kRhoUnitsPerRho);
    EXPECT_EQ(rho_of_pure(kFull), kFull);
}

TEST(PrivacyLoss, AddsAllFourAndSaturates) {
    const PrivacyLoss a{1, 2, 3, 4};
    EXPECT_EQ(a + (PrivacyLoss{10, 20, 30, 40}), (PrivacyLoss{11, 22, 33, 44}));
    EXPECT_EQ(a + (PrivacyLoss{kFull, kFull - 2, kFull - 2, kFull - 4}),
              (PrivacyLoss{kFull, kFull, kFull, kFull}));
}

// rho + 2 * sqrt(rho * ln(1 / delta)), never below the exact value and less than 0.00001 above.
RC_GTEST_PROP(EpsilonAt, IsRoundedUp, ()) {
    const Rho rho = *rc::gen::inRange<Rho>(1, 4'000'000'000'000);
    static const std::vector<AttoDelta> kDeltas = {1,
                                                   2,
                                                   3,
                                                   1'000,
                                                   999'999'999,
                                                   kAttoDeltaPerDelta / 1'000'000,
                                                   kAttoDeltaPerDelta / 3,
                                                   kAttoDeltaPerDelta - 1};
    const AttoDelta delta = *rc::gen::elementOf(kDeltas);
    const long double r = static_cast<long double>(rho) / kRhoUnitsPerRho;
    const long double log = -std::log(static_cast<long double>(delta) / kAttoDeltaPerDelta);
    const long double exact = (r + 2 * std::sqrt(r * log)) * 1e6L;
    const MicroEpsilon epsilon = epsilon_at(gaussian_loss(rho), delta);
    if (exact > static_cast<long double>(kMaxLifetimeEpsilon)) {
        RC_ASSERT(epsilon == kUnboundedEpsilon);
    } else if (epsilon != kUnboundedEpsilon) {
        RC_ASSERT(static_cast<long double>(epsilon) >= exact * (1 - 1e-15L));
        const long double slack = delta > kAttoDeltaPerDelta / 2 ? 2'000 : 10;
        RC_ASSERT(static_cast<long double>(epsilon) <= exact * (1 + 1e-6L) + slack);
    }
}

TEST(EpsilonAt, TakesTheSmallerOfBothBounds) {
    const AttoDelta delta = 1'000'000'000;
    // One question: its epsilon. A thousand of 0.01: by zCDP less than their sum.
    EXPECT_EQ(epsilon_at(pure_loss(1'000'000), delta), 1'000'000);
    PrivacyLoss many;
    for (int i = 0; i < 1'000; ++i)
        many = many + pure_loss(10'000);
    EXPECT_EQ(many.pure_epsilon, 10'000'000);
    EXPECT_LT(epsilon_at(many, delta), 2'100'000);
    // A Gaussian beside one pure question: epsilon adds to what the Gaussian is worth.
    const Rho rho = 20'000'000'000;
    const MicroEpsilon alone = epsilon_at(gaussian_loss(rho), delta);
    const MicroEpsilon both = epsilon_at(gaussian_loss(rho) + pure_loss(5'000'000), delta);
    EXPECT_EQ(both, alone + 5'000'000);
    EXPECT_LT(epsilon_at(gaussian_loss(rho) + pure_loss(10'000), delta), alone + 10'000);
}

TEST(EpsilonAt, SpendsDeltaOnceOnly) {
    EXPECT_EQ(epsilon_at(pure_loss(1'000, 7), 6), kUnboundedEpsilon);
    EXPECT_EQ(epsilon_at(pure_loss(1'000, 7), 7), 1'000);
    EXPECT_EQ(epsilon_at(gaussian_loss(1'000, 7), 7), kUnboundedEpsilon);
    EXPECT_EQ(epsilon_at(gaussian_loss(1'000'000, 7), 107),
              epsilon_at(gaussian_loss(1'000'000), 100));
    EXPECT_EQ(epsilon_at({}, 0), 0);
}

TEST(EpsilonAt, KnowsNoBoundBeyondTheLifetimeMaximum) {
    EXPECT_EQ(epsilon_at(pure_loss(kMaxLifetimeEpsilon), 5), kMaxLifetimeEpsilon);
    EXPECT_EQ(epsilon_at({kMaxLifetimeEpsilon + 1, kFull, 0, 0}, 5), kUnboundedEpsilon);
    EXPECT_EQ(epsilon_at({kFull, kFull, kFull, 0}, 5), kUnboundedEpsilon);
}

// (1 + e^30) * draws * distance / 2^128 in 10^-18, from an exact series.
TEST(DeltaOfDraws, IsRoundedUp) {
    mpq_class e30 = 0;
    mpq_class term = 1;
    for (int n = 1; n < 200; ++n) {
        e30 += term;
        term *= mpq_class(30, n);
    }
    for (const std::uint64_t draws : {1U, 5U, 1'000U, 65'536U}) {
        for (const std::uint64_t distance : {std::uint64_t{1}, std::uint64_t{200},
                                             std::uint64_t{4'000}, std::uint64_t{4'000'000'000}}) {
            const mpq_class exact = (1 + e30) * mpq_class(kAttoDeltaPerDelta) * mpq_class(draws) *
                                    mpq_class(distance) / mpq_class(mpz_class(1) << 128);
            const AttoDelta delta = delta_of_draws(draws, distance);
            EXPECT_GE(mpq_class(delta), exact) << draws << " " << distance;
            EXPECT_LE(mpq_class(delta), exact + 2) << draws << " " << distance;
        }
    }
    EXPECT_EQ(delta_of_draws(0, 100), 0);
    EXPECT_EQ(delta_of_draws(1, 1), 1);
}

}  // namespace
}  // namespace altis::cleanroom
