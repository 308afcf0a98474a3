// What answers cost in privacy, and how costs add up: integers alone, always rounded against the
// asker.
//
// A mechanism that is epsilon-DP costs its epsilon; a discrete Gaussian costs a rho of zero-
// concentrated differential privacy (zCDP, Bun and Steinke 2016). Both add up by themselves, and a
// pure epsilon also is min(epsilon^2 / 2, epsilon) in zCDP. So a cost keeps three sums, and the
// epsilon of a whole life is the smaller of two valid bounds (epsilon_at).
//
// Why nothing is under-counted. Epsilons are counted in millionths e and rho in halves of 10^-12;
// then epsilon^2 / 2 is e * e units and epsilon is 2,000,000 * e units: both exact, so that adding
// up has no rounding at all. A Gaussian's noise is made for the rho that is charged, not the other
// way round. Sums saturate. Deltas are counted in 10^-18 and rounded up once per answer.
// Logarithms and roots occur only in epsilon_at, and are rounded up there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace altis::cleanroom {

// Privacy loss in millionths of an epsilon, always exact.
using MicroEpsilon = std::int64_t;
// zCDP's rho in units of 0.5 * 10^-12: epsilon^2 / 2 for a MicroEpsilon e is e * e of them.
using Rho = std::int64_t;
// Probability of a failed promise in units of 10^-18.
using AttoDelta = std::int64_t;

constexpr MicroEpsilon kMicroEpsilonPerEpsilon = 1'000'000;
constexpr Rho kRhoUnitsPerRho = 2'000'000'000'000;
constexpr AttoDelta kAttoDeltaPerDelta = 1'000'000'000'000'000'000;

constexpr MicroEpsilon kMinEpsilon = 1'000;       // 0.001: more noise than any group here can bear
constexpr MicroEpsilon kMaxEpsilon = 20'000'000;  // 20: beyond that nothing is protected
// The whole life of a table, in epsilon 30: up to here the imperfection of samplers is accounted
// for, and beyond it there is no bound.
constexpr MicroEpsilon kMaxLifetimeEpsilon = 30'000'000;

// "There is no bound": larger than every budget.
constexpr MicroEpsilon kUnboundedEpsilon = std::numeric_limits<MicroEpsilon>::max();

struct PrivacyLoss {
    MicroEpsilon pure_epsilon = 0;  // of mechanisms without a rho of their own
    Rho pure_rho = 0;               // of the same mechanisms, as zCDP
    Rho gaussian_rho = 0;           // of discrete Gaussians
    AttoDelta delta = 0;            // of all

    friend bool operator==(const PrivacyLoss&, const PrivacyLoss&) = default;
};

// min(epsilon^2 / 2, epsilon) in zCDP, exactly; saturates. The first bound is Bun and Steinke's
// proposition 1.4. The second: an epsilon-DP mechanism has a Renyi divergence of at most epsilon
// for every order alpha > 1, so at most epsilon * alpha.
Rho rho_of_pure(MicroEpsilon epsilon);

// The cost of an epsilon-DP mechanism, and of an (epsilon, delta)-DP one whose failure is an event
// of probability delta, outside of which it is epsilon-DP.
PrivacyLoss pure_loss(MicroEpsilon epsilon, AttoDelta delta = 0);
PrivacyLoss gaussian_loss(Rho rho, AttoDelta delta = 0);

// Both together, one after the other, the second chosen in the light of the first. Saturates.
PrivacyLoss operator+(const PrivacyLoss& a, const PrivacyLoss& b);

// An epsilon such that everything together is (epsilon, delta)-DP, rounded up: the smaller of
//   pure_epsilon + view(gaussian_rho)   and   view(pure_rho + gaussian_rho),
//   view(rho) = rho + 2 * sqrt(rho * ln(1 / (delta - loss.delta)))   (Bun and Steinke, 1.3).
// Renyi divergences add up, so that of everything is at most pure_epsilon + alpha * gaussian_rho,
// and at most alpha * (pure_rho + gaussian_rho), for every order alpha > 1; both views follow.
// kUnboundedEpsilon when delta leaves no room for the deltas that were summed, or the bound is
// above kMaxLifetimeEpsilon.
MicroEpsilon epsilon_at(const PrivacyLoss& loss, AttoDelta delta);

// Draws that one answer may make.
constexpr std::uint64_t kMaxDrawsPerAnswer = 65'536;

// The delta that an answer of so many draws costs, when the distribution that each is drawn from
// lies within `distance` * 2^-128 in total variation of the one that the proof is about.
//
// Ideal and real life of a table differ by at most the sum T of all distances, so if the ideal one
// is (epsilon, delta)-DP, the real one is (epsilon, delta + (1 + e^epsilon) * T)-DP. With epsilon
// at most kMaxLifetimeEpsilon this charges each answer (1 + e^30) * draws * distance, rounded up.
AttoDelta delta_of_draws(std::uint64_t draws, std::uint64_t distance);

}  // namespace altis::cleanroom
