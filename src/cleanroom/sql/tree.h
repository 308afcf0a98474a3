// The statement of an analyst as a tree, read from DuckDB's own syntax tree by a positive list:
// what is not named here does not get further. Nothing is known of tables, columns and types yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace altis::cleanroom::sql {

constexpr std::size_t kMaxSqlBytes = 10'000;        // of a statement
constexpr std::size_t kMaxTreeBytes = 2'000'000;    // of its syntax tree
constexpr std::size_t kMaxExpressions = 500;        // parts of a statement's expressions
constexpr std::int64_t kMaxAnswerRows = 1'000'000;  // that a LIMIT or OFFSET may name
constexpr std::size_t kMaxNamedBytes = 64;          // of what a message repeats
constexpr std::size_t kMaxLiteralBytes = 100;       // of a text in a statement

// A part of an expression. `word` is, by kind:
// kColumn: nothing, `path` is [table,] column; kText: the text; kNumber: nothing, `digits` and
// `scale`; kMoment: the text of TIMESTAMP '...'; kTruth: "true" or "false"; kNull: nothing;
// kCall: the function in lower case, or = <> < <= > >= and or not in "not in" "is null"
// "is not null" coalesce between; kCase: when, then, when, then, ..., else;
// kCast, kTryCast: the type.
struct Expression {
    enum class Kind : std::uint8_t {
        kColumn,
        kText,
        kNumber,
        kMoment,
        kTruth,
        kNull,
        kCall,
        kCase,
        kCast,
        kTryCast,
    };
    Kind kind = Kind::kNull;
    std::string word{};
    std::vector<std::string> path{};
    std::int64_t digits = 0;
    int scale = 0;
    std::vector<Expression> arguments{};
    bool is_distinct = false;          // COUNT(DISTINCT ...)
    std::vector<Expression> filter{};  // FILTER (WHERE ...), none or one
    std::string alias{};

    // Aliases apart.
    bool is_same(const Expression& other) const;
    bool is_call(std::string_view name) const { return kind == Kind::kCall && word == name; }
};

// A table of FROM. The first one has no join.
struct Source {
    std::string table;
    std::string alias;                    // as others name it; the table's name when none is given
    bool is_optional = false;             // LEFT JOIN
    bool uses_person = false;             // USING (person)
    std::vector<Expression> condition{};  // ON, none or one
};

struct Order {
    Expression by;
    bool is_descending = false;
};

struct Statement {
    std::vector<Expression> select;
    std::vector<Source> sources;
    std::vector<Expression> where;  // none or one
    std::vector<Expression> groups;
    bool groups_by_all = false;
    std::vector<Order> order;
    std::optional<std::int64_t> limit;
    std::int64_t offset = 0;
};

// A name or text of the analyst as a message may repeat it: cut, and without what does not print.
std::string shown(std::string_view text);

// Reads the text that `warehouse::RowExpressions::tree` gave, which is not trusted. Fails with
// "rooms.sql_malformed" when it says that the statement could not be parsed, or is no such tree;
// with "rooms.sql_refused", naming the construct and what to do, for all that is not listed.
Result<Statement> read_statement(std::string_view tree);

}  // namespace altis::cleanroom::sql
