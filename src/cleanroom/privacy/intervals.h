// Figures out of noisy integers, each with an interval. Post-processing: nothing here sees an exact
// count, so it costs no privacy, and floating-point numbers are harmless.
//
// An interval contains, in the stated share of all draws of the noise, the figure that the exact
// counts of the same rows would give; with a variance of chance also the rate behind them, had the
// people been drawn at random. Every interval of a quotient inverts a test (Fieller) instead of
// linearising: a value belongs to it when (numerator - value * denominator) is within the noise
// that it would have. How far out a weighted sum of noises reaches follows from its kurtosis: for
// sums of equal Laplace noises exactly, for others nearly so.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "cleanroom/privacy/noise.h"

namespace altis::cleanroom {

// How often an interval contains what it is meant to contain.
enum class Confidence : std::uint8_t { k95, k99_9 };

// A figure with its interval. Without `high` the data cannot bound it from above.
struct Figure {
    double value = 0;
    double low = 0;
    std::optional<double> high;
};

// A published integer and the noise that is in it, independent of all others'.
struct Noisy {
    std::int64_t value = 0;
    Spread noise;
};

struct Weighted {
    double weight = 0;
    Spread noise;
};

// Half the width of the central part of  sum of weight * noise + chance,  chance being normal.
double half_width(std::span<const Weighted> terms, Confidence confidence,
                  double chance_variance = 0);

// The sum of the parts. A count of persons is not below 0; a sum of measures may be.
Figure count_figure(std::span<const Noisy> parts, Confidence confidence);
Figure sum_figure(std::span<const Noisy> parts, Confidence confidence);

// sum / count, between the bounds that each person's measure was clamped to. Nothing is known
// (the value is the middle of the bounds, the interval all of them) when the count is not positive.
struct MeasureBounds {
    double low = 0;
    double high = 0;
};
Figure mean_figure(const Noisy& sum, const Noisy& count, const MeasureBounds& bounds,
                   Confidence confidence);

// Variance of (numerator - value * denominator) by chance, for the value that is tested.
using Chance = std::function<double(double value)>;

// The mean of numbers that as many have each as its part says, between the least and the greatest
// of them. As many parts as numbers, two or more; asserts that the parts together are positive.
Figure average_figure(std::span<const Noisy> parts, std::span<const double> numbers,
                      Confidence confidence);

// part / (part + rest), in [0, 1], each summed. Asserts that the whole is positive.
Figure share_figure(std::span<const Noisy> part, std::span<const Noisy> rest, Confidence confidence,
                    const Chance& chance = {});

// above / below of two independent counts. Asserts that both are positive.
Figure ratio_figure(const Noisy& above, const Noisy& below, Confidence confidence,
                    const Chance& chance = {});

// A rate among those of interest against the rate among the others: (k1 / n1) / (k0 / n0) with
// n = with + without. Asserts that all four quotients are positive.
struct Split {
    Noisy with;     // k
    Noisy without;  // n - k
};
// For k1 * n0 - value * k0 * n1.
Figure lift_figure(const Split& interest, const Split& others, Confidence confidence,
                   const Chance& chance = {});

}  // namespace altis::cleanroom
