// The functions that expressions may call: what each takes, and what it can give.
#include <algorithm>

#include "cleanroom/sql/expression.h"
#include "cleanroom/sql/fixed_point.h"
#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

using Kind = Expression::Kind;
using Type = Written::Type;

// Whole numbers as written in a statement, within bounds.
bool is_whole(const Expression& value, std::int64_t low, std::int64_t high) {
    return value.kind == Kind::kNumber && value.scale == 0 && low <= value.digits &&
           value.digits <= high;
}

}  // namespace

// NOLINTBEGIN(misc-no-recursion): as deep as the tree, which parse_json limits
// What DuckDB calls ~~ and !~~, with * for ILIKE.
Result<Written> ExpressionWriter::like(const Expression& call) {
    TRY(const Written value, argument_of(call, 0, Type::kText));
    const bool has_pattern = call.arguments.size() == 2 && call.arguments[1].kind == Kind::kText;
    if (!has_pattern ||
        std::ranges::count(call.arguments[1].word, '%') > std::ptrdiff_t{kMaxWildcards}) {
        return refused("LIKE takes a literal pattern with up to 3 wildcards %");
    }
    const std::string word = std::string(call.word.starts_with('!') ? " NOT " : " ") +
                             (call.word.ends_with('*') ? "ILIKE " : "LIKE ");
    return truth(value.sql + word + quoted(call.arguments[1].word));
}

Result<Written> ExpressionWriter::text_search(const Expression& call) {
    TRY(const Written value, argument_of(call, 0, Type::kText));
    TRY(const Written wanted, argument_of(call, 1, Type::kText));
    TRY_VOID(require_arguments(call, 2));
    return truth(call.word + "(" + value.sql + ", " + wanted.sql + ")");
}

// A letter in the other case takes up to three times as many bytes.
Result<Written> ExpressionWriter::text_change(const Expression& call) {
    TRY_VOID(require_arguments(call, 1));
    TRY(const Written value, argument_of(call, 0, Type::kText));
    const bool is_case = call.word == "lower" || call.word == "upper";
    return text(call.word + "(" + value.sql + ")", value.max_bytes * (is_case ? 3 : 1));
}

Result<Written> ExpressionWriter::text_part(const Expression& call) {
    TRY(const Written value, argument_of(call, 0, Type::kText));
    const bool is_substr = call.word.starts_with("substr");
    const std::size_t count = call.arguments.size();
    bool is_valid = count == 2 || (is_substr && count == 3);
    std::string sql = call.word + "(" + value.sql;
    for (std::size_t i = 1; i < count; ++i) {
        is_valid = is_valid && is_whole(call.arguments[i], 0, kMaxTextBytes);
        sql += ", " + std::to_string(call.arguments[i].digits);
    }
    if (is_valid) return text(sql + ")", value.max_bytes);
    return refused(shown(call.word) + " takes a text and positions as whole numbers up to 2,000");
}

Result<Written> ExpressionWriter::text_length(const Expression& call) {
    TRY_VOID(require_arguments(call, 1));
    TRY(const Written value, argument_of(call, 0, Type::kText));
    return whole("length(" + value.sql + ")", 0, static_cast<std::int64_t>(value.max_bytes));
}

Result<Written> ExpressionWriter::concatenation(const Expression& call) {
    std::string sql;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        TRY(const Written part, argument_of(call, i, Type::kText));
        sql += (sql.empty() ? "(" : " || ") + part.sql;
        bytes += part.max_bytes;
    }
    return text(sql.empty() ? "''" : sql + ")", bytes);
}

Result<Written> ExpressionWriter::sum_or_difference(const Expression& call) {
    const bool is_plus = call.word == "+";
    TRY(Written first, argument_of(call, 0, Type::kNumber));
    if (call.arguments.size() == 1) {
        return is_plus ? Result<Written>(first) : subtract(number_literal(0, 0), std::move(first));
    }
    TRY_VOID(require_arguments(call, 2));
    TRY(Written second, argument_of(call, 1, Type::kNumber));
    return is_plus ? add(std::move(first), std::move(second))
                   : subtract(std::move(first), std::move(second));
}

Result<Written> ExpressionWriter::product(const Expression& call) {
    TRY_VOID(require_arguments(call, 2));
    TRY(const Written first, argument_of(call, 0, Type::kNumber));
    TRY(const Written second, argument_of(call, 1, Type::kNumber));
    return multiply(first, second);
}

// x / d keeps 3 digits more behind the point, rounded down; x // d is whole.
Result<Written> ExpressionWriter::quotient(const Expression& call) {
    constexpr int kMoreDigits = 3;
    TRY(Written value, argument_of(call, 0, Type::kNumber));
    if (call.arguments.size() != 2 || call.arguments[1].kind != Kind::kNumber ||
        call.arguments[1].digits <= 0 || call.arguments[1].digits > kMaxMagnitude) {
        return refused("the divisor of " + call.word +
                       " must be a literal number above zero: a division by a column could fail "
                       "for a row");
    }
    const Expression& divisor = call.arguments[1];
    const bool is_whole_division = call.word == "//";
    if (is_whole_division && (value.scale != 0 || divisor.scale != 0 || value.low < 0)) {
        return refused("// takes whole numbers that are not negative; write floor(x / d)");
    }
    if (is_whole_division) return divide_down(value, divisor.digits);
    const int scale = std::min(kMaxScale, value.scale + kMoreDigits);
    TRY(value, rescaled(value, scale));
    const Written factor = number_literal(power_of_ten(divisor.scale), 0);
    TRY(value, multiply(value, factor));
    return divide_down(value, divisor.digits);
}

Result<Written> ExpressionWriter::remainder(const Expression& call) {
    TRY(const Written value, argument_of(call, 0, Type::kNumber));
    if (call.arguments.size() != 2 || value.scale != 0 || value.low < 0 ||
        !is_whole(call.arguments[1], 1, kMaxMagnitude)) {
        return refused("% takes a whole number that is not negative and a literal above zero");
    }
    const std::int64_t divisor = call.arguments[1].digits;
    return whole("(" + value.sql + " % " + number_literal(divisor, 0).sql + ")", 0,
                 std::min(divisor - 1, value.high));
}

Result<Written> ExpressionWriter::magnitude(const Expression& call) {
    TRY_VOID(require_arguments(call, 1));
    TRY(Written value, argument_of(call, 0, Type::kNumber));
    value.sql = "abs(" + value.sql + ")";
    const std::int64_t most = std::max(std::abs(value.low), std::abs(value.high));
    value.low = value.low > 0 ? value.low : 0;
    value.high = most;
    return value;
}

// floor, ceil and round; halves go up.
Result<Written> ExpressionWriter::rounding(const Expression& call) {
    const bool has_digits = call.word == "round" && call.arguments.size() == 2;
    if (has_digits && !is_whole(call.arguments[1], 0, kMaxScale)) {
        return refused("round takes a number, and how many digits behind the point, 0 to 9");
    }
    if (!has_digits) TRY_VOID(require_arguments(call, 1));
    TRY(Written value, argument_of(call, 0, Type::kNumber));
    const int scale = has_digits ? static_cast<int>(call.arguments[1].digits) : 0;
    if (value.scale <= scale) return value;
    const std::int64_t unit = power_of_ten(value.scale - scale);
    const std::int64_t lift = call.word == "floor" ? 0 : call.word == "round" ? unit / 2 : unit - 1;
    if (lift > 0) {
        TRY(value, add(value, number_literal(lift, value.scale)));
    }
    TRY(value, divide_down(value, unit));
    value.scale = scale;
    return value;
}

Result<Written> ExpressionWriter::truncated_moment(const Expression& call) {
    constexpr std::string_view kParts[] = {"year", "quarter", "month", "week", "day", "hour"};
    TRY(const Written value, argument_of(call, 1, Type::kMoment));
    const Expression& part = call.arguments[0];
    const bool is_known =
        part.kind == Kind::kText && std::ranges::find(kParts, part.word) != std::end(kParts);
    if (is_known && call.arguments.size() == 2) {
        return moment("date_trunc(" + quoted(part.word) + ", " + value.sql + ")");
    }
    return refused(
        "date_trunc takes 'year', 'quarter', 'month', 'week', 'day' or 'hour', and a "
        "moment");
}

Result<Written> ExpressionWriter::date_part(const std::string& part, const Written& value) {
    struct Part {
        std::string_view name;
        std::int64_t low;
        std::int64_t high;
    };
    constexpr Part kParts[] = {{"year", 1, 9999}, {"quarter", 1, 4}, {"month", 1, 12},
                               {"week", 1, 53},   {"day", 1, 31},    {"dayofweek", 0, 6},
                               {"dow", 0, 6},     {"isodow", 1, 7},  {"hour", 0, 23},
                               {"minute", 0, 59}};
    const auto* const found = std::ranges::find(kParts, part, &Part::name);
    if (found == std::end(kParts)) {
        return refused("'" + shown(part) +
                       "' is no part of a moment here; there are year, quarter, month, week, day, "
                       "dayofweek, isodow, hour and minute");
    }
    return whole("date_part(" + quoted(part) + ", " + value.sql + ")", found->low, found->high);
}

Result<Written> ExpressionWriter::part_of_moment(const Expression& call) {
    TRY_VOID(require_arguments(call, 2));
    TRY(const Written value, argument_of(call, 1, Type::kMoment));
    if (call.arguments[0].kind != Kind::kText) return refused("date_part takes the name of a part");
    return date_part(call.arguments[0].word, value);
}

Result<Written> ExpressionWriter::named_part_of_moment(const Expression& call) {
    TRY_VOID(require_arguments(call, 1));
    TRY(const Written value, argument_of(call, 0, Type::kMoment));
    return date_part(call.word, value);
}
// NOLINTEND(misc-no-recursion)

}  // namespace altis::cleanroom::sql
