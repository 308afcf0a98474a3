// Templates: questions that owners agree to, with parameters for whoever asks. A template says what
// to count (a plan, plan_json.h) and which figures come of the counts. Those of Altis and those
// that owners write have the same form; nothing in them can loosen a policy, which judges the plan.
//
// {"id": "overlap", "version": 1, "title": "...", "tables": ["left", "right"],
//  "parameters": [{"name": "tier", "kind": "dimension", "of": "left", "default": "tier"?}],
//  "plan": {... "$tier" in the place of any value ...},
//  "figures": [{"name": "overlap", "kind": "share", "where": {"matched": ["yes"]},
//               "by": ["tier"]}]}
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxParameters = 16;  // of a template
constexpr std::size_t kMaxFigures = 32;     // of a template
constexpr std::size_t kMaxTemplateBytes = 64 * 1024;
constexpr std::size_t kMaxParameterValues = 100;  // of a list

// A value that whoever asks fills in.
struct Parameter {
    enum class Kind : std::uint8_t {
        kColumn,      // the name of a column of the table `of`
        kValues,      // a list of texts: values of a dimension
        kWhole,       // a whole number from `low` to `high`
        kDecimal,     // a decimal in text
        kMoment,      // RFC 3339
        kConditions,  // conditions on rows of a table, as in a plan
    };
    std::string name;
    Kind kind = Kind::kColumn;
    std::int64_t low = 0;
    std::int64_t high = 0;
    codec::Json fallback;  // null: must be given
};

// Which cells: those whose label has one of these values, for each label named; of a frequency also
// "3 or more".
using Selector = std::map<std::string, std::vector<std::string>, std::less<>>;

// A figure, computed of noisy counts alone. One for every combination of the values of `by`.
struct FigureSpec {
    enum class Kind : std::uint8_t {
        kCount,         // persons in `where`
        kShare,         // of those in `among`, the part that is in `where`, too; within each group
        kDistribution,  // of those in `among`, the part that is in `where` and in each group
        kLift,     // rate of `where` among the exposed over the rate among the others, in `among`
        kSum,      // the sum `sum` in `where`
        kMean,     // the sum `sum` in `where` by the persons there, or by the sum `per`
        kScore,    // rate of `where` in each group over the rate among all others, in `among`
        kAverage,  // how many rows those in `where` have, by the frequency `of`, up to its cap
    };
    std::string name;
    Kind kind = Kind::kCount;
    Selector where;
    Selector among;
    Selector exposed;
    std::string sum;
    std::vector<std::string> by;
    std::string per{};  // of kMean: a sum in the place of the persons; not in templates
    std::string of{};   // of kAverage: a group with "count_up_to"
};

struct QueryTemplate {
    std::string id;  // [a-z0-9_]
    std::int64_t version = 1;
    std::string title;
    std::vector<std::string>
        tables;  // the names that stand in the plan; a room gives each an owner
    std::vector<Parameter> parameters;
    codec::Json plan;
    std::vector<FigureSpec> figures;
    codec::Json json;  // as it was read
};

// Fails with "rooms.template_invalid", naming the member.
Result<QueryTemplate> template_from_json(const codec::Json& json);

// The templates that every room may use, ascending by id.
const std::vector<QueryTemplate>& builtin_templates();
// Null when there is none of that id.
const QueryTemplate* builtin_template(std::string_view id);

// All parameters with their defaults filled in, in the template's order; what it gives, it takes
// again. Fails with "rooms.parameter_unknown" (names those there are), "rooms.parameter_missing" or
// "rooms.parameter_invalid".
Result<codec::Json> fill_parameters(const QueryTemplate& query, const codec::Json& parameters);

// The plan with filled parameters in their places.
codec::Json bind(const QueryTemplate& query, const codec::Json& filled);

}  // namespace altis::cleanroom
