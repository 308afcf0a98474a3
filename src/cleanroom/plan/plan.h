// A plan: what a question counts, in a form in which its privacy can be judged. Templates and the
// SQL of analysts become plans; policies are enforced on plans, and nothing else is ever executed.
//
// A plan looks at persons, not at rows. Each person of the population falls, by labels, into at
// most `groups_per_person` cells, and adds to each cell one to the number of persons and, for every
// sum, an amount within its bounds. So the most that one person can change is known before any data
// is seen, whatever the rows hold.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cleanroom/data/table_data.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxInputs = 8;      // of a plan
constexpr std::size_t kMaxLabels = 8;      // of a plan
constexpr std::size_t kMaxSums = 8;        // of a plan
constexpr std::size_t kMaxCells = 65'536;  // product of all labels' values; a draw of noise each
constexpr std::uint32_t kMaxGroupsPerPerson = 100;
constexpr std::int64_t kMaxFrequencyCap = 100;

// A condition on one column of a row.
struct Condition {
    enum class Kind : std::uint8_t {
        kCodes,    // the dimension's code is one of `codes`
        kBetween,  // low <= the measure <= high
        kWithin,   // low <= the moment < high; no moment is never within
    };
    Kind kind = Kind::kCodes;
    std::size_t column = 0;  // of its kind
    std::vector<std::uint16_t> codes{};
    std::int64_t low = 0;
    std::int64_t high = 0;
};

// Holds for a row for which all conditions hold; none: for every row.
using Filter = std::vector<Condition>;

// What the rows of a kTouch label came before: the first moment of the person's rows in another
// input, and by no more than the window.
struct Touch {
    std::size_t moment = 0;  // of the label's input
    std::size_t before_input = 0;
    std::size_t before_moment = 0;
    std::int64_t window_us = 0;
};

// One way to tell persons apart. `input` is an index of Plan::inputs.
struct Label {
    enum class Kind : std::uint8_t {
        kDimension,  // the code of the dimension `column`; of a person without a row, kOther
        kPresence,   // 1 when the person has a row that `filter` takes, else 0
        kFrequency,  // how many such rows, up to `cap`
        kTouch,      // kDimension of the last row before what `touch` names; else kOther
    };
    std::string name;
    Kind kind = Kind::kPresence;
    std::size_t input = 0;
    std::size_t column = 0;
    Filter filter{};
    std::int64_t cap = 1;
    Touch touch{};
};

// A sum over the rows that `filter` takes; a person adds an amount in [low, high] to a cell.
struct Sum {
    std::string name;
    std::size_t input = 0;
    std::size_t column = 0;  // measure
    Filter filter;
    std::int64_t low = 0;
    std::int64_t high = 1;
};

struct Input {
    // Of a person's rows that `filter` takes only the first so many count. Above one in at most one
    // input of a plan that has kDimension labels there.
    std::uint32_t rows_per_person = 1;
    Filter filter;          // rows that it does not take are not there
    bool required = false;  // the population: persons with a row in every required input
};

struct Plan {
    std::vector<Input> inputs;
    std::vector<Label> labels;
    std::vector<Sum> sums;
    std::uint32_t groups_per_person = 1;
};

using Tables = std::span<const TableData* const>;

// Checks a plan against the schemas of its tables: indices, limits, at most one label over a
// private dimension, and that persons can fall into several cells only by one input. Looks at no
// value of a private dimension. Fails with "rooms.plan_invalid", or "rooms.too_many_cells".
Result<void> check_plan(const Plan& plan, std::span<const Schema* const> schemas);

// How many values a label can have.
std::size_t label_values(const Label& label, std::span<const Schema* const> schemas);

// The label of a checked plan whose values come from the data, so that a group must be selected
// before it may be named (privacy/partitions.h). Empty: all groups are public.
std::optional<std::size_t> private_label(const Plan& plan, std::span<const Schema* const> schemas);

// How many cells a checked plan has. With a private label: at most, whatever the data; each of its
// values that is named has as many as the public labels have, and the others together, too.
std::size_t cell_count(const Plan& plan, std::span<const Schema* const> schemas);

// How many values of a private label can be named at most, whatever the data.
std::size_t most_named(const Plan& plan, std::span<const Schema* const> schemas);

// Exact counts of a checked plan. Never leave the engine without noise.
struct Exact {
    // By cell; the last label varies fastest.
    std::vector<std::int64_t> persons;
    std::vector<std::vector<std::int64_t>> sums;  // by sum, by cell
};

// Counts. The tables' schemas are those that the plan was checked with. One pass over every input.
// The values of a private label stand in the order of their codes.
Exact count(const Plan& plan, Tables tables);

// Values of the label `label` that have cells of their own, in this order; all others share those
// behind them.
struct NamedValues {
    std::size_t label = 0;
    std::vector<std::uint16_t> codes;  // each once
};

// The same for such cells. Whom it counts in the shared ones it counts there once.
Exact count(const Plan& plan, Tables tables, const NamedValues& named);

// The most that the rows of one person, in all tables together, can change when they are added,
// taken away or replaced by any others: of the counts of all cells together, and of a sum.
struct Sensitivity {
    std::int64_t l1 = 0;
    std::int64_t l2_squared = 0;  // saturating
};
Sensitivity persons_sensitivity(const Plan& plan);
Sensitivity sum_sensitivity(const Plan& plan, const Sum& sum);

}  // namespace altis::cleanroom
