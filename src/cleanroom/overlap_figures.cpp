// Figures of the template `overlap_and_lift` out of noisy cells.
#include <algorithm>

#include "base/assert.h"
#include "cleanroom/overlap.h"

namespace altis::cleanroom {
namespace {

double rate(double part, double whole) {
    return std::clamp(part / whole, 0.0, 1.0);
}

Figure overlap_figure(const OverlapQuestion& question, const Cells& noisy, const Spread& spread) {
    const std::array<Noisy, 4> matched = {{{at(noisy, Cell::kNeither), spread},
                                           {at(noisy, Cell::kAttendedOnly), spread},
                                           {at(noisy, Cell::kBookedOnly), spread},
                                           {at(noisy, Cell::kAttendedBooked), spread}}};
    const std::array<Noisy, 1> left_only = {{{at(noisy, Cell::kLeftOnly), spread}}};
    const auto people = static_cast<double>(left_people(noisy));
    Chance chance;
    if (question.interval == IntervalKind::kSampling) {
        chance = [people](double share) { return people * share * (1 - share); };
    }
    return share_figure(matched, left_only, question.confidence, chance);
}

Figure overlap_lift(const OverlapQuestion& question, const Cells& noisy, const Spread& spread) {
    const Split attended = {{at(noisy, Cell::kAttendedBooked), spread},
                            {at(noisy, Cell::kAttendedOnly), spread}};
    const Split others = {{at(noisy, Cell::kBookedOnly), spread},
                          {at(noisy, Cell::kNeither), spread}};
    Chance chance;
    if (question.interval == IntervalKind::kSampling) {
        const auto n1 = static_cast<double>(attended_people(noisy));
        const auto n0 = static_cast<double>(not_attended_people(noisy));
        const double r1 = rate(static_cast<double>(attended.with.value), n1);
        const double r0 = rate(static_cast<double>(others.with.value), n0);
        chance = [=](double lift) {
            return n0 * n0 * n1 * r1 * (1 - r1) + lift * lift * n1 * n1 * n0 * r0 * (1 - r0);
        };
    }
    return lift_figure(attended, others, question.confidence, chance);
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
    std::array<Noisy, kCellCount> parts;
    parts.fill({0, cell_noise(question.epsilon).spread()});
    parts[0].value = noisy;
    const auto used = static_cast<std::size_t>(cells_summed);
    return count_figure(std::span(parts).first(used), question.confidence);
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
    const Spread spread = cell_noise(question.epsilon).spread();
    answer.overlap = overlap_figure(question, noisy, spread);
    if (attended_people(noisy) < minimum || not_attended_people(noisy) < minimum) {
        answer.lift_withheld = Withheld::kGroupTooSmall;
    } else if (at(noisy, Cell::kAttendedBooked) <= 0 || at(noisy, Cell::kBookedOnly) <= 0) {
        answer.lift_withheld = Withheld::kTooImprecise;
    } else {
        answer.lift = overlap_lift(question, noisy, spread);
    }
    return answer;
}

}  // namespace altis::cleanroom
