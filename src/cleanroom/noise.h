// Exact noise for published counts: the discrete Laplace distribution, drawn with integers only.
//
// P(z) = (1 - q) / (1 + q) * q^|z|  with  q = exp(-epsilon / sensitivity).
//
// The sampler is the one of Canonne, Kamath and Steinke (2020): it draws exact rational Bernoulli
// trials, so that every output has exactly the probability above for every rational epsilon. There
// is no table to truncate (the guarantee is pure epsilon, no delta), and no floating-point number
// whose rounding could tell neighbouring data sets apart. Its running time depends on the drawn
// noise; a constant-time table sampler can take its place behind the same function.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace altis::cleanroom {

// Source of independent, uniform random bits; the caller decides where they come from. What it
// gives for noise must be unpredictable, and must never be used twice.
class RandomBits {
  public:
    virtual ~RandomBits() = default;
    virtual std::uint64_t next_u64() = 0;
};

// Privacy loss in millionths of an epsilon, always exact.
using MicroEpsilon = std::int64_t;

constexpr MicroEpsilon kMicroEpsilonPerEpsilon = 1'000'000;
constexpr MicroEpsilon kMinEpsilon = 1'000;       // 0.001: more noise than any group here can bear
constexpr MicroEpsilon kMaxEpsilon = 20'000'000;  // 20: beyond that nothing is protected
constexpr std::int64_t kMaxSensitivity = 1'000'000;

// Parameters of one draw. `sensitivity` is the greatest change (sum of absolute changes over all
// counts that share this epsilon) that one person can cause.
struct Laplace {
    std::int64_t sensitivity = 1;
    MicroEpsilon epsilon = kMicroEpsilonPerEpsilon;
};

// Fails with "rooms.epsilon_out_of_range" or "rooms.sensitivity_out_of_range".
Result<Laplace> make_laplace(std::int64_t sensitivity, MicroEpsilon epsilon);

// One draw. Asserts that the parameters are in the ranges above.
std::int64_t draw(const Laplace& laplace, RandomBits& bits);

// True with probability numerator / denominator, exactly; 0 <= numerator <= denominator > 0.
bool bernoulli(std::uint64_t numerator, std::uint64_t denominator, RandomBits& bits);

// True with probability exp(-numerator / denominator), exactly; numerator <= denominator < 2^43.
bool bernoulli_exp(std::uint64_t numerator, std::uint64_t denominator, RandomBits& bits);

// Uniform in [0, bound), bound > 0.
std::uint64_t uniform_below(std::uint64_t bound, RandomBits& bits);

// Variance of the distribution, for intervals around what was published; never used for drawing.
double variance(const Laplace& laplace);

}  // namespace altis::cleanroom
