// A statement of SQL as a question that the engine can bound: a plan over persons, and columns that
// have to be computed before, which the plan's labels, sums and conditions then name.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan_json.h"
#include "cleanroom/sql/scope.h"
#include "codec/json.h"

namespace altis::cleanroom::sql {

constexpr std::size_t kMaxComputed = 16;               // computed columns of a question
constexpr std::size_t kMaxTuples = 20'000;             // of values by which a column is computed
constexpr std::size_t kMaxPublicValues = 1'000;        // of a computed group
constexpr std::size_t kMaxStatementRows = 20'000'000;  // of all its tables together

// How much of one person a question looks at; chosen without looking at any row.
struct Bounds {
    std::map<std::string, std::uint32_t, std::less<>> rows_per_person;  // by table; 1 when absent
    std::uint32_t groups_per_person = 1;
    // By the name of an output: what a person can add to it, decimals in text. When absent: the
    // column's bounds times the rows per person.
    std::map<std::string, std::pair<std::string, std::string>, std::less<>> amounts;
};

// {"rows_per_person": {"airline": 5}, "groups_per_person": 1, "amounts": {"spend": {"low": "0",
// "high": "500.00"}}}; all may be absent. Fails with "rooms.plan_invalid", "json.missing" or
// "json.wrong_type".
Result<Bounds> bounds_from_json(const codec::Json& json);
codec::Json to_json(const Bounds& bounds);

// A column of an input that is computed. As a dimension or a measure it stands behind those that
// the input's schema has.
struct Computed {
    enum class Kind : std::uint8_t {
        kIndex,   // a dimension: the index of one of `values`, which are known
        kText,    // a dimension: whatever texts the expression gives for the values that it reads
        kNumber,  // a measure
        kOne,     // a measure that is 1 in every row; nothing to compute
    };
    Kind kind = Kind::kIndex;
    std::size_t input = 0;
    std::string sql{};               // over c0, c1, ... of `reads`
    std::vector<ColumnRef> reads{};  // of the input, each once
    // Computed for each combination of the values of the dimensions that it reads; else for each
    // row. Only such values reach the worker, never rows.
    bool by_values = false;
    std::vector<std::string> values{};  // of a kIndex
    Domain domain = Domain::kPublic;    // of a kText: private when it reads a private dimension
    Measure measure{};                  // of a kNumber or kOne
    std::size_t column = 0;             // index among the input's dimensions, or measures
};

// A column of the answer.
struct Output {
    enum class Kind : std::uint8_t {
        kGroup,    // label `index` of the plan
        kPersons,  // the noisy number of persons
        kSum,      // sum `index` of the plan
        kAverage,  // sum `index` by sum `count`: a ratio of two noisy figures
    };
    Kind kind = Kind::kGroup;
    std::string name;
    std::size_t index = 0;
    std::size_t count = 0;
    int decimals = 0;  // of a sum
};

// How the noisy answer is shown; never what is counted.
struct Presentation {
    struct Key {
        std::size_t output = 0;
        bool is_descending = false;
    };
    std::vector<Key> order;
    std::int64_t offset = 0;
    std::int64_t limit = kMaxAnswerRows;
};

struct Question {
    NamedPlan plan;
    std::vector<Computed> computed;
    std::vector<Output> outputs;
    Presentation presentation;
    std::vector<ColumnRead> columns;  // all that are read, ascending: what a policy has to permit
};

// Makes the question of a statement. Looks at schemas alone, and of private dimensions not at their
// values, so neither success nor the message of a failure depends on data. Fails like check_plan,
// and with "rooms.sql_refused", which names the construct and what to do.
Result<Question> make_question(const Statement& statement, std::span<const NamedSchema> room,
                               const Bounds& bounds);

// The schemas against which the plan of a question is checked and explained: those of the tables,
// with the computed columns, whose values are not known yet when they are texts.
std::vector<Schema> planned_schemas(const Question& question, std::span<const NamedSchema> room);

// The one canonical form: two statements with the same are the same question, however they name
// and order its outputs' rows.
codec::Json to_json(const Question& question, std::span<const NamedSchema> room);

}  // namespace altis::cleanroom::sql
