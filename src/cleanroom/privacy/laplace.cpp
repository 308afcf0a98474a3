#include <array>
#include <cmath>
#include <string>

#include "base/assert.h"
#include "cleanroom/privacy/noise.h"

namespace altis::cleanroom {
namespace {

// For the smallest epsilon per sensitivity, 10^-12: 2^47 * 10^-12 > 128 * ln 2.
constexpr std::size_t kMaxDigits = 47;
constexpr std::size_t kWordsPerDigit = 4;  // 128 bits for each of the two geometric numbers

std::uint64_t is_below(const std::uint64_t* words, Threshold threshold) {
    return (static_cast<Wide>(words[1]) << 64 | words[0]) < threshold ? 1 : 0;
}

// power / (1 + power), both halved to stay below 1.
Threshold digit_threshold(const Fraction& power) {
    const Fraction half = power / 2;
    return quotient(half, half + power_of_half(1));
}

}  // namespace

Result<LaplaceNoise> LaplaceNoise::make(std::int64_t sensitivity, MicroEpsilon epsilon) {
    if (sensitivity < 1 || sensitivity > kMaxSensitivity) {
        return fail(Code::kInvalid, "rooms.sensitivity_out_of_range",
                    "The sensitivity must be 1 to " + std::to_string(kMaxSensitivity) + ".");
    }
    if (epsilon < kMinEpsilon || epsilon > kMaxEpsilon) {
        return fail(Code::kInvalid, "rooms.epsilon_out_of_range",
                    "The privacy cost of a question must be 0.001 to 20 (epsilon).");
    }
    return LaplaceNoise(sensitivity, epsilon);
}

LaplaceNoise::LaplaceNoise(std::int64_t sensitivity, MicroEpsilon epsilon)
    : sensitivity_(sensitivity), epsilon_(epsilon) {
    Fraction power = exp_of_minus(
        static_cast<std::uint64_t>(epsilon),
        static_cast<std::uint64_t>(sensitivity) * std::uint64_t{kMicroEpsilonPerEpsilon});
    const Fraction smallest = power_of_half(128);
    while (!(power < smallest)) {
        ALTIS_ASSERT(digits_.size() < kMaxDigits);
        powers_.push_back(power);
        digits_.push_back(digit_threshold(power));
        power = power * power;
    }
}

std::int64_t LaplaceNoise::draw(RandomBits& bits) const {
    std::array<std::uint64_t, kWordsPerDigit * kMaxDigits> words;
    bits.fill(std::span(words).first(kWordsPerDigit * digits_.size()));
    std::uint64_t plus = 0;
    std::uint64_t minus = 0;
    for (std::size_t digit = 0; digit < digits_.size(); ++digit) {
        const std::uint64_t* drawn = &words[kWordsPerDigit * digit];
        plus |= is_below(drawn, digits_[digit]) << digit;
        minus |= is_below(drawn + 2, digits_[digit]) << digit;
    }
    return static_cast<std::int64_t>(plus) - static_cast<std::int64_t>(minus);
}

// Of each of the two geometric numbers: less than 2 a digit for the rounding of its threshold, and
// less than 2 for the values that have more digits.
std::uint64_t LaplaceNoise::distance() const {
    return 2 * (2 * digits_.size() + 2);
}

PrivacyLoss LaplaceNoise::loss(std::uint64_t draws) const {
    return pure_loss(epsilon_, delta_of_draws(draws, distance()));
}

Spread LaplaceNoise::spread() const {
    const double rate =
        static_cast<double>(epsilon_) / kMicroEpsilonPerEpsilon / static_cast<double>(sensitivity_);
    const double q = std::exp(-rate);
    const double p = -std::expm1(-rate);
    // That of the continuous distribution: what single steps add to it, intervals do by themselves.
    constexpr double kKurtosis = 3;
    return {2 * q / (p * p), kKurtosis};
}

std::int64_t add_saturated(std::int64_t value, std::int64_t noise) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(value, noise, &sum)) return sum;
    return noise < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace altis::cleanroom
