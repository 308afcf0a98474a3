#include <array>
#include <cmath>
#include <string>

#include "base/assert.h"
#include "cleanroom/privacy/noise.h"

namespace altis::cleanroom {
namespace {

constexpr std::int64_t kMinVarianceInverse = 64;  // the deviation is at least 1/8
constexpr std::uint64_t kWordsPerTable = 3;       // 128 bits for the magnitude, one for the sign

// A positive rational number.
struct Ratio {
    std::uint64_t numerator;
    std::uint64_t denominator;
};

// exp(-z^2 / (2 variance)) / 256 for z = 0, 1, ... until below 2^-150; variance <= 64^2, so that
// the sum of all stays below 1, and what is left out is below 2^-136 of it.
std::vector<Fraction> weights(const Ratio& variance) {
    const Fraction base = exp_of_minus(variance.denominator, 2 * variance.numerator);
    const Fraction square = base * base;
    const Fraction smallest = power_of_half(150);
    std::vector<Fraction> result;
    Fraction weight = power_of_half(8);
    Fraction step = base;  // base^(2z + 1), from one z to the next
    while (!(weight < smallest)) {
        result.push_back(weight);
        weight = weight * step;
        step = step * square;
    }
    return result;
}

// P(|z| > j) for j = 0, 1, ...
std::vector<Threshold> tails(const Ratio& variance) {
    const std::vector<Fraction> weight = weights(variance);
    std::vector<Fraction> beyond(weight.size());  // both signs of all |z| > j
    for (std::size_t j = weight.size() - 1; j-- > 0;) {
        beyond[j] = beyond[j + 1] + weight[j + 1] + weight[j + 1];
    }
    const Fraction all = beyond[0] + weight[0];
    std::vector<Threshold> result;
    for (const Fraction& part : beyond) {
        const Threshold threshold = quotient(part, all);
        if (threshold == 0) break;
        result.push_back(threshold);
    }
    return result;
}

std::int64_t draw_from(std::span<const Threshold> table, const std::uint64_t* words) {
    const Wide drawn = static_cast<Wide>(words[1]) << 64 | words[0];
    std::uint64_t magnitude = 0;
    for (const Threshold& threshold : table)
        magnitude += drawn < threshold ? 1 : 0;
    const std::uint64_t sign = 0 - (words[2] & 1);  // all ones: negative
    return static_cast<std::int64_t>((magnitude ^ sign) - sign);
}

}  // namespace

Result<GaussianNoise> GaussianNoise::make(std::int64_t squared_sensitivity, Rho rho) {
    if (squared_sensitivity < 1 || squared_sensitivity > kMaxSquaredSensitivity) {
        return fail(
            Code::kInvalid, "rooms.sensitivity_out_of_range",
            "The squared sensitivity must be 1 to " + std::to_string(kMaxSquaredSensitivity) + ".");
    }
    // deviation^2 = squared_sensitivity / (2 rho), and 2 rho is `rho` times 10^-12.
    const Wide numerator = static_cast<Wide>(squared_sensitivity) * (kRhoUnitsPerRho / 2);
    constexpr Wide kMaxVariance = static_cast<Wide>(kMaxGaussianDeviation) * kMaxGaussianDeviation;
    const bool fits = rho > 0 && numerator <= kMaxVariance * static_cast<Wide>(rho) &&
                      numerator * kMinVarianceInverse >= static_cast<Wide>(rho);
    if (!fits) {
        return fail(Code::kInvalid, "rooms.rho_out_of_range",
                    "The deviation of the noise, for this rho and sensitivity, must be 1/8 to " +
                        std::to_string(kMaxGaussianDeviation) + ".");
    }
    return GaussianNoise(squared_sensitivity, rho);
}

GaussianNoise::GaussianNoise(std::int64_t squared_sensitivity, Rho rho)
    : squared_sensitivity_(squared_sensitivity), rho_(rho) {
    constexpr std::uint64_t kTableVariance = kMaxTableDeviation * kMaxTableDeviation;
    constexpr std::uint64_t kFineVariance = kFineDeviation * kFineDeviation;
    const std::uint64_t numerator = static_cast<std::uint64_t>(squared_sensitivity) *
                                    static_cast<std::uint64_t>(kRhoUnitsPerRho / 2);
    const auto denominator = static_cast<std::uint64_t>(rho);
    if (numerator <= static_cast<Wide>(kTableVariance) * denominator) {
        fine_ = tails({numerator, denominator});
        return;
    }
    // The coarse variance is what is left, over factor^2.
    const std::uint64_t left = numerator - kFineVariance * denominator;
    std::uint64_t factor = 1;
    while (left > static_cast<Wide>(kTableVariance) * factor * factor * denominator)
        ++factor;
    ALTIS_ASSERT(factor <= 16);
    factor_ = static_cast<std::int64_t>(factor);
    fine_ = tails({kFineVariance, 1});
    coarse_ = tails({left, factor * factor * denominator});
}

std::int64_t GaussianNoise::draw(RandomBits& bits) const {
    std::array<std::uint64_t, 2 * kWordsPerTable> words;
    bits.fill(std::span(words).first(coarse_.empty() ? kWordsPerTable : 2 * kWordsPerTable));
    const std::int64_t fine = draw_from(fine_, words.data());
    if (coarse_.empty()) return fine;
    return fine + factor_ * draw_from(coarse_, words.data() + kWordsPerTable);
}

// Of each table: half of what the probabilities of |z| = 0, 1, ... are off by, each less than 4 for
// two thresholds, and what the table has no place for. One more for two tables not being one.
std::uint64_t GaussianNoise::distance() const {
    const std::uint64_t fine = 2 * (fine_.size() + 2);
    return coarse_.empty() ? fine : fine + 2 * (coarse_.size() + 2) + 1;
}

PrivacyLoss GaussianNoise::loss(std::uint64_t draws) const {
    return gaussian_loss(rho_, delta_of_draws(draws, distance()));
}

double GaussianNoise::deviation() const {
    return std::sqrt(static_cast<double>(squared_sensitivity_) / 2 /
                     (static_cast<double>(rho_) / kRhoUnitsPerRho));
}

// That of the continuous distribution, which the discrete one is below by nothing that matters.
Spread GaussianNoise::spread() const {
    return {deviation() * deviation(), 0};
}

}  // namespace altis::cleanroom
