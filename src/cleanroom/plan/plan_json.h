// Plans as JSON, with the names of owners, columns and values in the place of numbers.
//
// {"inputs": [{"of": "airline", "required": true, "rows_per_person": 1, "where": []}],
//  "groups": [{"name": "tier", "of": "airline", "column": "tier"},
//             {"name": "booked", "of": "airline", "present": [WHERE]},
//             {"name": "flights", "of": "airline", "count_up_to": 5, "present": [WHERE]},
//             {"name": "channel", "of": "ads", "column": "channel", "present": [WHERE],
//              "touch": {"at": "seen_at", "before": "airline", "before_at": "booked_at",
//                        "within_days": 7}}],
//  "sums": [{"name": "spend", "of": "airline", "column": "spend", "low": "0", "high": "500.00",
//            "where": []}],
//  "groups_per_person": 1}
//
// "of" is the name under which a table stands in the room. WHERE is {"column", "is": [values]} of a
// dimension, {"column", "from", "to"} of a measure (decimals in text, both included) or
// {"column", "from", "before"} of a moment (RFC 3339, the second excluded). All members but names,
// "of" and "column" may be absent.
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan.h"
#include "codec/json.h"

namespace altis::cleanroom {

// A table as a plan names it.
struct NamedSchema {
    std::string_view name;
    const Schema* schema;
};

// A plan with the tables of its inputs, as indices of the given ones.
struct NamedPlan {
    Plan plan;
    std::vector<std::size_t> tables;
};

// Reads and checks a plan. What it refuses does not depend on rows: a value that a private
// dimension does not have selects nobody. Fails like check_plan, and with "json.missing",
// "json.wrong_type", "rooms.plan_invalid" (names the member or the value) or
// "treasury.column_unknown".
Result<NamedPlan> plan_from_json(const codec::Json& json, std::span<const NamedSchema> tables);

// Behind the last number of a frequency; a figure can name so any number and all above it.
constexpr std::string_view kOrMore = " or more";

// The names of a label's values, in the order of its codes: those of the dimension, "no" and "yes",
// or "0", "1", ..., "5 or more".
std::vector<std::string> value_names(const Label& label, std::span<const Schema* const> schemas);

// Every column that a plan reads, each once: what a policy has to permit.
struct ColumnRead {
    std::size_t table = 0;  // of the given ones
    std::string column;
    friend auto operator<=>(const ColumnRead&, const ColumnRead&) = default;
};
std::vector<ColumnRead> columns_read(const NamedPlan& plan, std::span<const NamedSchema> tables);

}  // namespace altis::cleanroom
