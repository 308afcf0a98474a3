// Scalar expressions of analysts, typed and written anew for the worker. The analyst's own text is
// never executed: what runs is made of the words below, of columns by number, and of literals.
//
// All numbers are integers in fixed point, and the bounds of every column and literal are public.
// So the bounds of every result are known, too, and an expression that could leave 10^18 is refused
// before any row is seen. No function here fails for any row: errors have nothing to tell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cleanroom/sql/scope.h"
#include "cleanroom/sql/tree.h"

namespace altis::cleanroom::sql {

constexpr std::int64_t kMaxMagnitude = 1'000'000'000'000'000'000;  // of any intermediate number
constexpr int kMaxScale = 9;                                       // digits behind the point
constexpr std::size_t kMaxTextBytes = 2'000;                       // of any intermediate text
constexpr std::size_t kMaxWildcards = 3;           // % in a LIKE: more make matching slow
constexpr std::size_t kMaxWrittenBytes = 100'000;  // of an expression as it is sent to the worker

// Moments are of these years; others are none.
constexpr std::int64_t kFirstMoment = -62'135'596'800'000'000;   // 0001-01-01, in us since 1970
constexpr std::int64_t kEndOfMoments = 253'402'300'800'000'000;  // 10000-01-01, in us since 1970

// A written expression.
struct Written {
    enum class Type : std::uint8_t { kNull, kText, kNumber, kMoment, kTruth };
    Type type = Type::kNull;
    std::string sql = "NULL";
    int scale = 0;         // of a number: it is in 10^-scale
    std::int64_t low = 0;  // of a number, in those units
    std::int64_t high = 0;
    std::size_t max_bytes = 0;  // of a text
};

// Writes expressions over one table. Columns are c0, c1, ... in the order of `reads`: dimensions
// are texts, measures integers in their smallest units, moments timestamps.
class ExpressionWriter {
  public:
    explicit ExpressionWriter(const Scope& scope) : scope_(scope) {}

    // Fails with "rooms.sql_refused", naming the function, type or column and what to do.
    Result<Written> write(const Expression& expression);

    // The same, converted to a number: the index of the text among `values`, which become those
    // that the expression can have. Only for CASE expressions whose results are all literal texts
    // or NULL; empty for others.
    Result<std::string> write_index(const Expression& expression, std::vector<std::string>& values);

    const std::vector<ColumnRef>& reads() const { return reads_; }

  private:
    using Rule = Result<Written> (ExpressionWriter::*)(const Expression&);
    struct Function {
        std::string_view name;
        Rule rule;
    };
    static Rule rule_of(std::string_view name);
    static std::string known_functions();

    Result<Written> write_any(const Expression& expression);
    Result<Written> write_column(const Expression& expression);
    Result<Written> write_call(const Expression& expression);
    Result<Written> write_case(const Expression& expression);
    Result<Written> write_cast(const Expression& expression);
    Result<Written> write_try_cast(const Expression& expression);

    Result<Written> comparison(const Expression& call);
    Result<Written> between(const Expression& call);
    Result<Written> in_list(const Expression& call);
    Result<Written> logic(const Expression& call);
    Result<Written> negation(const Expression& call);
    Result<Written> null_test(const Expression& call);
    Result<Written> alternatives(const Expression& call);
    Result<Written> null_if(const Expression& call);
    Result<Written> like(const Expression& call);
    Result<Written> text_search(const Expression& call);
    Result<Written> text_change(const Expression& call);
    Result<Written> text_part(const Expression& call);
    Result<Written> text_length(const Expression& call);
    Result<Written> concatenation(const Expression& call);
    Result<Written> sum_or_difference(const Expression& call);
    Result<Written> product(const Expression& call);
    Result<Written> quotient(const Expression& call);
    Result<Written> remainder(const Expression& call);
    Result<Written> magnitude(const Expression& call);
    Result<Written> rounding(const Expression& call);
    Result<Written> truncated_moment(const Expression& call);
    Result<Written> part_of_moment(const Expression& call);
    Result<Written> named_part_of_moment(const Expression& call);

    Result<std::vector<Written>> arguments_of(const Expression& call);
    Result<Written> argument_of(const Expression& call, std::size_t index, Written::Type type);
    Result<Written> date_part(const std::string& part, const Written& moment);

    const Scope& scope_;
    std::vector<ColumnRef> reads_;
};

}  // namespace altis::cleanroom::sql
