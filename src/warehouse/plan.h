// Typed questions to the warehouse. A plan names tables and columns of the schema and nothing else;
// every engine turns it into its own language, and all engines give the same rows for it.
//
// Nulls follow the usual three-valued logic: a comparison with a null cell is neither true nor
// false and its row does not pass; `negate` of it does not pass either. Nulls form a group of their
// own, sort before everything else, and are left out by every aggregate but the count of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "warehouse/column.h"
#include "warehouse/schema.h"

namespace altis::warehouse {

constexpr std::size_t kMaxFilterNodes = 1000;
constexpr std::size_t kMaxFilterDepth = 32;
constexpr std::size_t kMaxListValues = 1000;
constexpr std::size_t kMaxOutputs = 64;
constexpr std::uint64_t kMaxResultRows = 4'000'000;

// Which of the two joined tables; without a join everything is on the left.
enum class Side : std::uint8_t { kLeft, kRight };

struct ColumnRef {
    std::string name;
    Side side = Side::kLeft;
};

// Pairs of columns of one type that must be equal; a null equals nothing.
struct JoinKey {
    std::string left;
    std::string right;
};

// Inner join: each pair of a left and a right row whose keys are all equal. A table may join
// itself.
struct Join {
    std::string table;
    std::vector<JoinKey> keys;  // at least one
};

enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kAtMost, kMore, kAtLeast };

// A condition on one row (or pair of joined rows). Made by the functions below; a default one is
// true.
struct Filter {
    enum class Kind : std::uint8_t { kAll, kAny, kNot, kCompare, kOneOf, kIsNull };
    Kind kind = Kind::kAll;
    ColumnRef column;
    Comparison comparison = Comparison::kEqual;
    std::vector<Value> values;     // of kCompare (one) and kOneOf
    std::vector<Filter> children;  // of kAll, kAny and kNot (one)
};

// Column against a value of the column's type, never null. Bools know (in)equality only.
Filter compare(ColumnRef column, Comparison comparison, Value value);
Filter one_of(ColumnRef column, std::vector<Value> values);  // of no values: false
Filter is_null(ColumnRef column);
Filter all_of(std::vector<Filter> filters);  // of none: true
Filter any_of(std::vector<Filter> filters);  // of none: false
Filter negate(Filter filter);

// A column of the answer: as it is stored (scan) or as a group key (groups).
struct Output {
    ColumnRef column;
    std::string as = {};  // name in the answer; empty = the column's own
};

enum class Function : std::uint8_t {
    kCount,          // of rows when no column is named, else of cells that are not null
    kCountDistinct,  // of cells that are not null
    kSum,            // exact; of no cells null; beyond int64 the plan fails with "plan.overflow"
    kMin,            // not of bools
    kMax,            // not of bools
    kAverage,        // a real: exact sum over count. For money ask for both and divide by the rule
};

struct Aggregate {
    Function function = Function::kCount;
    ColumnRef column;  // without a name only for kCount
    std::string as;    // name in the answer
};

enum class Direction : std::uint8_t { kUp, kDown };

struct OrderBy {
    std::string output;  // name of a column of the answer
    Direction direction = Direction::kUp;
};

enum class Shape : std::uint8_t {
    kScan,    // a row per row that passes the filter; `columns` only
    kGroups,  // a row per distinct keys in `columns`, with `aggregates`; without keys exactly one
              // row
};

enum class Ordering : std::uint8_t {
    kTotal,  // by `order`, then by all other columns upwards: equal tables give equal answers
    kAny,    // any order, cheaper for large scans; neither `order` nor `limit` is allowed
};

struct Plan {
    Shape shape = Shape::kScan;
    std::string table;
    std::optional<Join> join = {};
    Filter filter = {};
    std::vector<Output> columns = {};
    std::vector<Aggregate> aggregates = {};
    Ordering ordering = Ordering::kTotal;
    std::vector<OrderBy> order = {};
    std::optional<std::uint64_t> limit = {};  // rows; needs `order`
};

// Checks a plan against the schema and gives the columns of its answer. Fails with
// "plan.unknown_table", "plan.unknown_column", "plan.type_mismatch", "plan.no_output",
// "plan.bad_output" (a name twice, or malformed), "plan.bad_join", "plan.bad_filter",
// "plan.bad_order", "plan.limit_without_order" or "plan.too_large", each naming the part.
Result<std::vector<ColumnSpec>> check(const Plan& plan, const Schema& schema);

}  // namespace altis::warehouse
