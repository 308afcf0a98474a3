// Counts and sums per group in which every person has a bounded share: pure functions, exact, and
// total. They fail for no input, throw nothing, cast nothing that may not fit, and use no
// floating-point number. Nothing of theirs may leave before noise was added.
//
// Each person contributes at most k rows in at most m groups. Which ones, is decided by that
// person's rows alone, never by anybody else's: by a keyed order of the places that the rows have
// among the person's own, so that no value decides and no position in the whole table, which would
// move when a stranger is removed. Measures are clamped to [low, high] row by row, before they are
// added up.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace altis::cleanroom {

constexpr std::uint32_t kMaxRowsPerPerson = 10'000;
constexpr std::uint32_t kMaxGroupsPerPerson = 1'000;
constexpr std::int64_t kMaxMeasure = 1'000'000'000'000;  // of |low| and |high|
constexpr std::size_t kMaxGroups = 65'536;

// Columns of equal length. All rows of a person stand together (asserted where it would matter:
// persons are ascending).
struct ContributionRows {
    std::span<const std::uint64_t> persons;  // a number that is the person's, wherever they stand
    std::span<const std::uint32_t>
        groups;  // rows of groups beyond the number of groups are left out
    std::span<const std::int64_t> measures;  // fixed point; empty: all 0
};

struct ContributionBounds {
    std::uint32_t rows_per_person = 1;    // k
    std::uint32_t groups_per_person = 1;  // m
    std::int64_t low = 0;                 // of a row's measure
    std::int64_t high = 0;
};

// What the greatest change of one person's rows (all added, removed or replaced) does to the
// figures of all groups together; at the end of the range when it would leave it.
struct Sensitivity {
    std::int64_t groups = 0;   // how many of them change
    std::int64_t sum = 0;      // of absolute changes
    std::int64_t squares = 0;  // sum of squared changes
    friend bool operator==(const Sensitivity&, const Sensitivity&) = default;
};

struct BoundedTotals {
    std::vector<std::int64_t> persons;  // per group
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> sums;  // at the end of the range when they would leave it
};

struct TotalSensitivities {
    Sensitivity persons;
    Sensitivity rows;
    Sensitivity sums;
};

// Fails with "rooms.bounds_out_of_range": k 1 to kMaxRowsPerPerson, m 1 to kMaxGroupsPerPerson,
// low <= high, both within kMaxMeasure.
Result<void> check_bounds(const ContributionBounds& bounds);

// Of bounds that check_bounds lets pass.
TotalSensitivities sensitivities(const ContributionBounds& bounds);

// Key of the order in which rows are taken; any secret of the room.
using OrderKey = std::array<std::uint8_t, 16>;

// The exact totals of groups 0 to groups - 1. Asserts check_bounds, kMaxGroups and the order.
BoundedTotals bounded_totals(const ContributionRows& rows, std::size_t groups,
                             const ContributionBounds& bounds, const OrderKey& key);

// A total in whole steps, rounded down, so that noise of a small deviation is enough for measures
// of many digits; and what one person changes then. step > 0.
std::int64_t in_steps(std::int64_t total, std::int64_t step);
Sensitivity in_steps(const Sensitivity& sensitivity, std::int64_t step);

}  // namespace altis::cleanroom
