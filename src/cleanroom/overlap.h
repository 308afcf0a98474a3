// The template `overlap_and_lift`: how many of the left owner's people the right owner knows too,
// and how much more often those of them book who attended. A pure engine: rows and random bits in,
// figures with intervals out.
//
// What is protected. Every person sits in at most one of five disjoint cells: left only, or matched
// and one of (attended or not) x (booked or not). Whatever is changed about one person, in one
// table or in all of them (a row added, removed, or another attribute), at most one cell loses one
// and at most one cell gains one: the sum of changes is at most 2. So each cell gets discrete
// Laplace noise for sensitivity 2 and the whole epsilon, and the whole table costs each protected
// table epsilon once. Rows with the same tag count as one person (their bits united), whatever
// their number. All other figures are computed from the five noisy integers alone and cost nothing
// further.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cleanroom/privacy/intervals.h"
#include "cleanroom/privacy/noise.h"
#include "cleanroom/rows.h"

namespace altis::cleanroom {

enum class Cell : std::uint8_t { kLeftOnly, kNeither, kAttendedOnly, kBookedOnly, kAttendedBooked };
constexpr std::size_t kCellCount = 5;
constexpr std::int64_t kCellSensitivity = 2;
constexpr std::string_view kMechanism =
    "discrete_laplace(sensitivity=2, cells=5, pure_epsilon, user_level)";

// Persons, or noisy persons, per cell.
using Cells = std::array<std::int64_t, kCellCount>;

constexpr std::int64_t& at(Cells& cells, Cell cell) {
    return cells[static_cast<std::size_t>(cell)];
}
constexpr std::int64_t at(const Cells& cells, Cell cell) {
    return cells[static_cast<std::size_t>(cell)];
}

// Left rows: the bits of `attended_bits` say that the person attended. Right rows: `booked_bits`.
struct OverlapInput {
    RowsView left;
    RowsView right;
    std::uint8_t attended_bits = 1;
    std::uint8_t booked_bits = 1;
};

constexpr std::size_t kMaxOverlapRows = 100'000'000;  // per side

// The exact cells. Never leaves the engine un-noised; public for tests and measurements. Rows may
// come in any order. Asserts kMaxOverlapRows.
Cells count_cells(const OverlapInput& input);

// What an interval is meant to contain.
enum class IntervalKind : std::uint8_t {
    kFinitePopulation,  // the figure an exact count of these very rows would give: noise only
    kSampling,  // the rate behind it, had these people been drawn at random: noise and chance
};

struct OverlapQuestion {
    MicroEpsilon epsilon = kMicroEpsilonPerEpsilon;
    std::int64_t minimum_group = 0;  // persons; compared with noisy counts only
    IntervalKind interval = IntervalKind::kFinitePopulation;
    Confidence confidence = Confidence::k95;
};

enum class Withheld : std::uint8_t {
    kNo,
    kGroupTooSmall,  // a noisy group is below the minimum
    kTooImprecise,   // the noise covers a numerator
};

// The answer. A withheld figure is not set, and nothing derived from it may be shown.
struct Answer {
    OverlapQuestion question;
    Cells noisy{};
    Withheld overlap_withheld = Withheld::kNo;
    Withheld lift_withheld = Withheld::kNo;
    Figure overlap;  // share of the left people who are known on the right, 0 to 1
    Figure lift;     // booking rate of the matched who attended / of those who did not
};

// Sums of noisy cells, in persons; may be negative before anything was withheld.
std::int64_t left_people(const Cells& cells);
std::int64_t matched_people(const Cells& cells);
std::int64_t attended_people(const Cells& cells);      // among the matched
std::int64_t not_attended_people(const Cells& cells);  // among the matched

// A sum of `cells_summed` noisy cells with its interval around the exact count.
Figure count_figure(std::int64_t noisy, int cells_summed, const OverlapQuestion& question);

// The noise of each cell. Asserts an epsilon within kMinEpsilon and kMaxEpsilon.
LaplaceNoise cell_noise(MicroEpsilon epsilon);

// What a whole answer costs each protected table.
PrivacyLoss answer_loss(MicroEpsilon epsilon);

// Adds noise to exact cells: the only place where they become publishable.
Cells add_noise(const Cells& exact, MicroEpsilon epsilon, RandomBits& bits);

// Post-processing of noisy cells; see privacy/intervals.h.
Answer answer_from_noisy(const OverlapQuestion& question, const Cells& noisy);

// The whole engine: exact cells, noise, figures. The caller has charged the ledger before. Asserts
// an epsilon within the limits of loss.h.
Answer evaluate(const OverlapQuestion& question, const OverlapInput& input, RandomBits& bits);

}  // namespace altis::cleanroom
