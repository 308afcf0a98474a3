#include "cleanroom/privacy/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

// How many standard deviations lie on either side of 0 for the central part of a sum of noises, by
// its kurtosis k: normal + k * (linear + k * (square + k * cube)). Goes through the exact points of
// the normal distribution and of sums of eight, three and one Laplace noises of equal variance, and
// lies within 0.001 (95 %) and 0.03 (99.9 %) of those of two and four.
struct OuterPoint {
    double normal;
    double linear;
    double square;
    double cube;

    double at(double kurtosis) const {
        return normal + kurtosis * (linear + kurtosis * (square + kurtosis * cube));
    }
};
constexpr OuterPoint k95Point = {1.959963984540054, 0.07305, -0.00354, -0.00107};
constexpr OuterPoint k99_9Point = {3.290526731491926, 1.0063, -0.3218, 0.0545};
// Below this variance noise is a few whole steps, which a smooth curve does not see: half a step
// more.
constexpr double kStepsMatterBelow = 2;
constexpr double kMaxQuotient = 1e6;  // larger ones count as unbounded
constexpr int kBisections = 60;

using Accepts = std::function<bool(double)>;

// The last point on the way from `inside` to `outside` that the test accepts.
double find_edge(double inside, double outside, const Accepts& accepts) {
    if (accepts(outside)) return outside;
    for (int i = 0; i < kBisections; ++i) {
        const double middle = inside + (outside - inside) / 2;
        (accepts(middle) ? inside : outside) = middle;
    }
    return inside;
}

// The interval of a quotient that is positive and has no upper end of its own.
Figure positive_figure(double value, const Accepts& accepts) {
    Figure figure{value, find_edge(value, 0, accepts), std::nullopt};
    double outside = 2 * value;
    while (outside < kMaxQuotient * std::max(1.0, value) && accepts(outside))
        outside *= 2;
    if (!accepts(outside)) figure.high = find_edge(value, outside, accepts);
    return figure;
}

std::int64_t total(std::span<const Noisy> parts) {
    std::int64_t sum = 0;
    for (const Noisy& part : parts)
        sum = add_saturated(sum, part.value);
    return sum;
}

void add_terms(std::vector<Weighted>& terms, std::span<const Noisy> parts, double weight) {
    for (const Noisy& part : parts)
        terms.push_back({weight, part.noise});
}

double chance_of(const Chance& chance, double value) {
    return chance ? chance(value) : 0;
}

}  // namespace

double half_width(std::span<const Weighted> terms, Confidence confidence, double chance_variance) {
    double squares = 0;
    double fourths = 0;  // fourth cumulant of the sum
    double step = 0;     // of the heaviest noise that is only a few steps wide
    for (const Weighted& term : terms) {
        const double square = term.weight * term.weight * term.noise.variance;
        squares += square;
        fourths += term.noise.kurtosis * square * square;
        if (term.noise.variance < kStepsMatterBelow) step = std::max(step, std::abs(term.weight));
    }
    const double all = squares + chance_variance;
    if (all <= 0) return 0;
    const OuterPoint& point = confidence == Confidence::k95 ? k95Point : k99_9Point;
    return std::sqrt(all) * point.at(fourths / (all * all)) + step / 2;
}

Figure sum_figure(std::span<const Noisy> parts, Confidence confidence) {
    std::vector<Weighted> terms;
    add_terms(terms, parts, 1);
    // Noise of whole steps is at most w away as often as a smooth curve is at most w + 1/2 away.
    const double width = std::ceil(half_width(terms, confidence) - 0.5);
    const auto value = static_cast<double>(total(parts));
    return {value, value - width, value + width};
}

Figure count_figure(std::span<const Noisy> parts, Confidence confidence) {
    Figure figure = sum_figure(parts, confidence);
    figure.low = std::max(0.0, figure.low);
    return figure;
}

Figure mean_figure(const Noisy& sum, const Noisy& count, const MeasureBounds& bounds,
                   Confidence confidence) {
    if (count.value <= 0) {
        return {bounds.low + (bounds.high - bounds.low) / 2, bounds.low, bounds.high};
    }
    const auto above = static_cast<double>(sum.value);
    const auto below = static_cast<double>(count.value);
    const Accepts accepts = [&](double mean) {
        const std::array<Weighted, 2> terms = {{{1, sum.noise}, {mean, count.noise}}};
        return std::abs(above - mean * below) <= half_width(terms, confidence);
    };
    const double mean = std::clamp(above / below, bounds.low, bounds.high);
    return {mean, find_edge(mean, bounds.low, accepts), find_edge(mean, bounds.high, accepts)};
}

// sum of number * part - average * sum of parts = sum of (number - average) * part.
Figure average_figure(std::span<const Noisy> parts, std::span<const double> numbers,
                      Confidence confidence) {
    ALTIS_ASSERT(parts.size() == numbers.size() && total(parts) > 0);
    double sum = 0;
    for (std::size_t i = 0; i < parts.size(); ++i)
        sum += numbers[i] * static_cast<double>(parts[i].value);
    const auto count = static_cast<double>(total(parts));
    const Accepts accepts = [&](double average) {
        std::vector<Weighted> terms;
        for (std::size_t i = 0; i < parts.size(); ++i)
            terms.push_back({numbers[i] - average, parts[i].noise});
        return std::abs(sum - average * count) <= half_width(terms, confidence);
    };
    const auto [least, most] = std::ranges::minmax(numbers);
    const double average = std::clamp(sum / count, least, most);
    return {average, find_edge(average, least, accepts), find_edge(average, most, accepts)};
}

Figure share_figure(std::span<const Noisy> part, std::span<const Noisy> rest, Confidence confidence,
                    const Chance& chance) {
    const auto inside = static_cast<double>(total(part));
    const auto outside = static_cast<double>(total(rest));
    ALTIS_ASSERT(inside + outside > 0);
    std::vector<Weighted> terms;
    const Accepts accepts = [&](double share) {
        terms.clear();
        add_terms(terms, part, 1 - share);
        add_terms(terms, rest, share);
        return std::abs((1 - share) * inside - share * outside) <=
               half_width(terms, confidence, chance_of(chance, share));
    };
    const double share = std::clamp(inside / (inside + outside), 0.0, 1.0);
    return {share, find_edge(share, 0, accepts), find_edge(share, 1, accepts)};
}

Figure ratio_figure(const Noisy& above, const Noisy& below, Confidence confidence,
                    const Chance& chance) {
    ALTIS_ASSERT(above.value > 0 && below.value > 0);
    const auto numerator = static_cast<double>(above.value);
    const auto denominator = static_cast<double>(below.value);
    return positive_figure(numerator / denominator, [&](double ratio) {
        const std::array<Weighted, 2> terms = {{{1, above.noise}, {ratio, below.noise}}};
        return std::abs(numerator - ratio * denominator) <=
               half_width(terms, confidence, chance_of(chance, ratio));
    });
}

Figure lift_figure(const Split& interest, const Split& others, Confidence confidence,
                   const Chance& chance) {
    const auto k1 = static_cast<double>(interest.with.value);
    const auto n1 = k1 + static_cast<double>(interest.without.value);
    const auto k0 = static_cast<double>(others.with.value);
    const auto n0 = k0 + static_cast<double>(others.without.value);
    ALTIS_ASSERT(k1 > 0 && n1 > 0 && k0 > 0 && n0 > 0);
    // Whether noise and chance can explain k1 * n0 - lift * k0 * n1, which is 0 for the true lift.
    const Accepts accepts = [&](double lift) {
        const std::array<Weighted, 4> terms = {{{n0 - lift * k0, interest.with.noise},
                                                {lift * k0, interest.without.noise},
                                                {k1 - lift * n1, others.with.noise},
                                                {k1, others.without.noise}}};
        return std::abs(k1 * n0 - lift * k0 * n1) <=
               half_width(terms, confidence, chance_of(chance, lift));
    };
    return positive_figure(k1 / n1 / (k0 / n0), accepts);
}

}  // namespace altis::cleanroom
