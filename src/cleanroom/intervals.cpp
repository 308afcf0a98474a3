// Figures and intervals out of noisy cells. Nothing here sees an exact count, so that
// floating-point numbers are harmless.
#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "base/assert.h"
#include "cleanroom/overlap.h"

namespace altis::cleanroom {
namespace {

constexpr double kNormal97_5 = 1.959963984540054;   // two-sided 95 %
constexpr double kNormal99_95 = 3.290526731491926;  // two-sided 99.9 %
constexpr double kLaplaceKurtosis = 3;              // in excess of the normal one
// Below this variance noise is a few whole steps, which a smooth curve does not see: half a step
// more.
constexpr double kStepsMatterBelow = 2;
constexpr double kMaxLift = 1e6;  // larger ones count as unbounded
constexpr int kBisections = 60;

double noise_variance(const OverlapQuestion& question) {
    return variance({kCellSensitivity, question.epsilon});
}

// Half the width of the central part of  sum of weight * noise + chance,  where the noises are
// independent, one per weight, and chance is normal with `chance_variance`.
double half_width(std::span<const double> weights, const OverlapQuestion& question,
                  double chance_variance) {
    const double point = question.confidence == Confidence::k95 ? kNormal97_5 : kNormal99_95;
    const double step_variance = noise_variance(question);
    double squares = 0;
    double fourths = 0;
    double heaviest = 0;
    for (const double weight : weights) {
        heaviest = std::max(heaviest, std::abs(weight));
        const double square = weight * weight * step_variance;
        squares += square;
        fourths += square * square;
    }
    const double total = squares + chance_variance;
    if (total <= 0) return 0;
    const double kurtosis = kLaplaceKurtosis * fourths / (total * total);
    const double cubic = point * point * point - 3 * point;
    const double width = std::sqrt(total) * (point + kurtosis * cubic / 24);
    return step_variance < kStepsMatterBelow ? width + heaviest / 2 : width;
}

// The last point on the way from `inside` to `outside` that the test accepts.
double find_edge(double inside, double outside, const std::function<bool(double)>& accepts) {
    if (accepts(outside)) return outside;
    for (int i = 0; i < kBisections; ++i) {
        const double middle = inside + (outside - inside) / 2;
        (accepts(middle) ? inside : outside) = middle;
    }
    return inside;
}

double rate(double part, double whole) {
    return std::clamp(part / whole, 0.0, 1.0);
}

Figure overlap_figure(const OverlapQuestion& question, const Cells& noisy) {
    const auto matched = static_cast<double>(matched_people(noisy));
    const auto left_only = static_cast<double>(at(noisy, Cell::kLeftOnly));
    const bool sampling = question.interval == IntervalKind::kSampling;
    const auto accepts = [&](double share) {
        const std::array<double, kCellCount> weights = {share, 1 - share, 1 - share, 1 - share,
                                                        1 - share};
        const double chance = sampling ? (matched + left_only) * share * (1 - share) : 0;
        return std::abs((1 - share) * matched - share * left_only) <=
               half_width(weights, question, chance);
    };
    const double share = rate(matched, matched + left_only);
    return {share, find_edge(share, 0, accepts), find_edge(share, 1, accepts)};
}

// Noisy counts of the lift: k booked of n, among the attended (1) and the others (0).
struct LiftCounts {
    double k1, n1, k0, n0;
};

LiftCounts lift_counts(const Cells& noisy) {
    return {static_cast<double>(at(noisy, Cell::kAttendedBooked)),
            static_cast<double>(attended_people(noisy)),
            static_cast<double>(at(noisy, Cell::kBookedOnly)),
            static_cast<double>(not_attended_people(noisy))};
}

// Whether the noise (and chance) can explain k1 * n0 - lift * k0 * n1, which is 0 for the true
// lift.
bool accepts_lift(const LiftCounts& c, double lift, const OverlapQuestion& question) {
    const std::array<double, 4> weights = {c.n0 - lift * c.k0, lift * c.k0, c.k1 - lift * c.n1,
                                           c.k1};
    double chance = 0;
    if (question.interval == IntervalKind::kSampling) {
        const double r1 = rate(c.k1, c.n1);
        const double r0 = rate(c.k0, c.n0);
        chance =
            c.n0 * c.n0 * c.n1 * r1 * (1 - r1) + lift * lift * c.n1 * c.n1 * c.n0 * r0 * (1 - r0);
    }
    return std::abs(c.k1 * c.n0 - lift * c.k0 * c.n1) <= half_width(weights, question, chance);
}

Figure lift_figure(const OverlapQuestion& question, const Cells& noisy) {
    const LiftCounts counts = lift_counts(noisy);
    const auto accepts = [&](double lift) { return accepts_lift(counts, lift, question); };
    const double value = counts.k1 / counts.n1 / (counts.k0 / counts.n0);
    Figure figure{value, find_edge(value, 0, accepts), std::nullopt};
    double outside = 2 * value;
    while (outside < kMaxLift && accepts(outside))
        outside *= 2;
    if (!accepts(outside)) figure.high = find_edge(value, outside, accepts);
    return figure;
}

}  // namespace

std::int64_t matched_people(const Cells& cells) {
    return attended_people(cells) + not_attended_people(cells);
}

std::int64_t left_people(const Cells& cells) {
    return at(cells, Cell::kLeftOnly) + matched_people(cells);
}

std::int64_t attended_people(const Cells& cells) {
    return at(cells, Cell::kAttendedOnly) + at(cells, Cell::kAttendedBooked);
}

std::int64_t not_attended_people(const Cells& cells) {
    return at(cells, Cell::kNeither) + at(cells, Cell::kBookedOnly);
}

Figure count_figure(std::int64_t noisy, int cells_summed, const OverlapQuestion& question) {
    ALTIS_ASSERT(cells_summed >= 1 && cells_summed <= static_cast<int>(kCellCount));
    const std::array<double, kCellCount> ones = {1, 1, 1, 1, 1};
    const auto weights = std::span(ones).first(static_cast<std::size_t>(cells_summed));
    const double width = half_width(weights, question, 0);
    const auto value = static_cast<double>(noisy);
    return {value, std::max(0.0, std::floor(value - width)), std::ceil(value + width)};
}

Answer answer_from_noisy(const OverlapQuestion& question, const Cells& noisy) {
    // A group of nobody has no rate, whatever the policy allows.
    const std::int64_t minimum = std::max<std::int64_t>(1, question.minimum_group);
    Answer answer;
    answer.question = question;
    answer.noisy = noisy;
    if (left_people(noisy) < minimum || matched_people(noisy) < minimum) {
        answer.overlap_withheld = Withheld::kGroupTooSmall;
        answer.lift_withheld = Withheld::kGroupTooSmall;
        return answer;
    }
    answer.overlap = overlap_figure(question, noisy);
    if (attended_people(noisy) < minimum || not_attended_people(noisy) < minimum) {
        answer.lift_withheld = Withheld::kGroupTooSmall;
    } else if (at(noisy, Cell::kAttendedBooked) <= 0 || at(noisy, Cell::kBookedOnly) <= 0) {
        answer.lift_withheld = Withheld::kTooImprecise;
    } else {
        answer.lift = lift_figure(question, noisy);
    }
    return answer;
}

}  // namespace altis::cleanroom
