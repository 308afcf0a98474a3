#include "cleanroom/noise.h"

#include <cmath>
#include <numeric>
#include <string>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

// A trial that succeeds this often in a row has a probability below 2^-10^7: it is a broken source.
constexpr std::uint64_t kMaxTrials = 1U << 20;

bool is_in_range(const Laplace& laplace) {
    return laplace.sensitivity >= 1 && laplace.sensitivity <= kMaxSensitivity &&
           laplace.epsilon >= kMinEpsilon && laplace.epsilon <= kMaxEpsilon;
}

// Number of successes of exp(-1) trials before the first failure.
std::uint64_t draw_geometric(RandomBits& bits) {
    std::uint64_t successes = 0;
    while (bernoulli_exp(1, 1, bits)) {
        ++successes;
        ALTIS_ASSERT(successes < kMaxTrials);
    }
    return successes;
}

}  // namespace

Result<Laplace> make_laplace(std::int64_t sensitivity, MicroEpsilon epsilon) {
    if (sensitivity < 1 || sensitivity > kMaxSensitivity) {
        return fail(Code::kInvalid, "rooms.sensitivity_out_of_range",
                    "The sensitivity must be 1 to " + std::to_string(kMaxSensitivity) + ".");
    }
    if (epsilon < kMinEpsilon || epsilon > kMaxEpsilon) {
        return fail(Code::kInvalid, "rooms.epsilon_out_of_range",
                    "The privacy cost of a question must be 0.001 to 20 (epsilon).");
    }
    return Laplace{sensitivity, epsilon};
}

std::uint64_t uniform_below(std::uint64_t bound, RandomBits& bits) {
    ALTIS_ASSERT(bound > 0);
    // Rejecting the incomplete last block of 2^64 makes every residue equally likely.
    const std::uint64_t rejected = (0 - bound) % bound;
    for (;;) {
        const std::uint64_t value = bits.next_u64();
        if (value >= rejected) return value % bound;
    }
}

bool bernoulli(std::uint64_t numerator, std::uint64_t denominator, RandomBits& bits) {
    ALTIS_ASSERT(numerator <= denominator);
    return uniform_below(denominator, bits) < numerator;
}

bool bernoulli_exp(std::uint64_t numerator, std::uint64_t denominator, RandomBits& bits) {
    ALTIS_ASSERT(denominator < std::uint64_t{1} << 43);
    // The first failing k of trials with probability x / k is odd with probability exp(-x).
    std::uint64_t k = 1;
    while (bernoulli(numerator, denominator * k, bits)) {
        ++k;
        ALTIS_ASSERT(k < kMaxTrials);
    }
    return k % 2 == 1;
}

std::int64_t draw(const Laplace& laplace, RandomBits& bits) {
    ALTIS_ASSERT(is_in_range(laplace));
    // The scale sensitivity / epsilon as a fraction t / s in lowest terms.
    const auto numerator =
        static_cast<std::uint64_t>(laplace.sensitivity) * std::uint64_t{kMicroEpsilonPerEpsilon};
    const auto epsilon = static_cast<std::uint64_t>(laplace.epsilon);
    const std::uint64_t divisor = std::gcd(numerator, epsilon);
    const std::uint64_t t = numerator / divisor;
    const std::uint64_t s = epsilon / divisor;
    for (;;) {
        const std::uint64_t rest = uniform_below(t, bits);
        if (!bernoulli_exp(rest, t, bits)) continue;
        const std::uint64_t magnitude = (rest + t * draw_geometric(bits)) / s;
        const bool negative = (bits.next_u64() & 1) != 0;
        if (negative && magnitude == 0) continue;  // zero must not be counted twice
        const auto value = static_cast<std::int64_t>(magnitude);
        return negative ? -value : value;
    }
}

double variance(const Laplace& laplace) {
    const double rate = static_cast<double>(laplace.epsilon) / kMicroEpsilonPerEpsilon /
                        static_cast<double>(laplace.sensitivity);
    const double q = std::exp(-rate);
    const double p = -std::expm1(-rate);
    return 2 * q / (p * p);
}

}  // namespace altis::cleanroom
