#include "cleanroom/sql/expression.h"

#include <algorithm>

#include "base/time.h"
#include "cleanroom/sql/fixed_point.h"
#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

using Kind = Expression::Kind;
using Type = Written::Type;

std::string_view name_of(Type type) {
    constexpr std::string_view kNames[] = {"NULL", "a text", "a number", "a moment", "a condition"};
    return kNames[static_cast<std::size_t>(type)];
}

// What follows when two results become one, as in CASE.
Result<Written> merged(const std::vector<Written>& results) {
    Written common;
    for (const Written& result : results) {
        if (result.type == Type::kNull) continue;
        if (common.type == Type::kNull) {
            common = result;
            continue;
        }
        if (common.type != result.type) {
            return refused(std::string(name_of(common.type)) + " and " +
                           std::string(name_of(result.type)) +
                           " cannot be results of one CASE or COALESCE; make them alike");
        }
        common.low = std::min(common.low, result.low);
        common.high = std::max(common.high, result.high);
        common.max_bytes = std::max(common.max_bytes, result.max_bytes);
    }
    return common;
}

// Numbers among them get one scale.
Result<void> align_all(std::vector<Written>& results) {
    int scale = 0;
    for (const Written& result : results)
        if (result.type == Type::kNumber) scale = std::max(scale, result.scale);
    for (Written& result : results) {
        if (result.type != Type::kNumber) continue;
        TRY(result, rescaled(result, scale));
    }
    return {};
}

std::string list_of(const std::vector<Written>& items) {
    std::string list;
    for (const Written& item : items)
        list += (list.empty() ? "" : ", ") + item.sql;
    return list;
}

}  // namespace

tl::unexpected<Error> refused(std::string message) {
    return fail(Code::kInvalid, "rooms.sql_refused", std::move(message));
}

Result<void> require_arguments(const Expression& call, std::size_t count) {
    if (call.arguments.size() == count) return {};
    return refused(shown(call.word) + " takes " + std::to_string(count) + " argument" +
                   (count == 1 ? "" : "s"));
}

std::string quoted(std::string_view value) {
    std::string result = "'";
    for (const char c : value) {
        if (c == '\'') result += c;
        result += c;
    }
    return result + "'";
}

Result<std::int64_t> moment_of(const std::string& word) {
    auto time = parse_rfc3339(word);
    if (!time) time = parse_rfc3339(word + "Z");
    if (time && time->us >= kFirstMoment && time->us < kEndOfMoments) return time->us;
    return refused("'" + shown(word) +
                   "' is no moment; write TIMESTAMP '2026-02-19 21:04:05' (UTC) or DATE "
                   "'2026-02-19'");
}

Written truth(std::string sql) {
    return Written{.type = Type::kTruth, .sql = "(" + std::move(sql) + ")"};
}

Result<Written> text(std::string sql, std::size_t max_bytes) {
    if (max_bytes <= kMaxTextBytes) {
        return Written{.type = Type::kText, .sql = std::move(sql), .max_bytes = max_bytes};
    }
    return refused("a text could become longer than 2,000 bytes; combine fewer");
}

Written moment(std::string sql) {
    return Written{.type = Type::kMoment, .sql = std::move(sql)};
}

Written whole(std::string sql, std::int64_t low, std::int64_t high) {
    return Written{.type = Type::kNumber, .sql = std::move(sql), .low = low, .high = high};
}

// NOLINTBEGIN(misc-no-recursion): as deep as the tree, which parse_json limits
Result<Written> ExpressionWriter::write(const Expression& expression) {
    if (expression.is_distinct || !expression.filter.empty()) {
        return refused("DISTINCT and FILTER belong to COUNT, SUM and AVG; leave them out here");
    }
    TRY(Written written, write_any(expression));
    if (written.sql.size() <= kMaxWrittenBytes) return written;
    return fail(Code::kTooLarge, "rooms.sql_refused", "an expression is too large; ask less");
}

Result<Written> ExpressionWriter::write_any(const Expression& expression) {
    switch (expression.kind) {
        case Kind::kColumn:
            return write_column(expression);
        case Kind::kText:
            return text(quoted(expression.word), expression.word.size());
        case Kind::kNumber:
            if (std::abs(expression.digits / 2) > kMaxMagnitude / 2 ||
                expression.scale > kMaxScale) {
                return refused("a number has up to 18 digits, 9 of them behind the point");
            }
            return number_literal(expression.digits, expression.scale);
        case Kind::kMoment: {
            TRY(const std::int64_t us, moment_of(expression.word));
            return moment("make_timestamp(CAST(" + std::to_string(us) + " AS BIGINT))");
        }
        case Kind::kTruth:
            return truth(expression.word);
        case Kind::kNull:
            return Written{};
        case Kind::kCall:
            return write_call(expression);
        case Kind::kCase:
            return write_case(expression);
        case Kind::kCast:
            return write_cast(expression);
        case Kind::kTryCast:
            return write_try_cast(expression);
    }
    return Written{};
}

Result<Written> ExpressionWriter::write_column(const Expression& expression) {
    TRY(const ColumnRef ref, scope_.find(expression));
    if (ref.kind == ColumnRef::Kind::kPerson) {
        return refused("person can only be counted, COUNT(DISTINCT person), and joined by");
    }
    if (!reads_.empty() && reads_.front().input != ref.input) {
        return refused(
            "an expression that reads two tables cannot be bounded by person; let each "
            "condition, group and sum look at one table");
    }
    auto known = std::ranges::find(reads_, ref);
    if (known == reads_.end()) known = reads_.insert(known, ref);
    const std::string sql = "c" + std::to_string(known - reads_.begin());
    const Schema& schema = scope_.schema(ref.input);
    switch (ref.kind) {
        case ColumnRef::Kind::kDimension:
            return text(sql, kMaxValueBytes);
        case ColumnRef::Kind::kMeasure: {
            const Measure& measure = schema.measures[ref.column];
            Written number = whole(sql, measure.low, measure.high);
            number.scale = measure.decimals;
            return number;
        }
        default:
            return moment(sql);
    }
}

std::string ExpressionWriter::known_functions() {
    return "lower, upper, trim, ltrim, rtrim, left, right, substr, length, ||, concat, "
           "starts_with, ends_with, contains, LIKE, ILIKE, + - * / // %, abs, floor, ceil, round, "
           "coalesce, nullif, date_trunc, extract, year, quarter, month, week, day, dayofweek, "
           "isodow, hour, minute";
}

ExpressionWriter::Rule ExpressionWriter::rule_of(std::string_view name) {
    using W = ExpressionWriter;
    static constexpr Function kFunctions[] = {
        {"=", &W::comparison},
        {"<>", &W::comparison},
        {"<", &W::comparison},
        {"<=", &W::comparison},
        {">", &W::comparison},
        {">=", &W::comparison},
        {"between", &W::between},
        {"in", &W::in_list},
        {"not in", &W::in_list},
        {"and", &W::logic},
        {"or", &W::logic},
        {"not", &W::negation},
        {"is null", &W::null_test},
        {"is not null", &W::null_test},
        {"coalesce", &W::alternatives},
        {"nullif", &W::null_if},
        {"~~", &W::like},
        {"!~~", &W::like},
        {"~~*", &W::like},
        {"!~~*", &W::like},
        {"starts_with", &W::text_search},
        {"ends_with", &W::text_search},
        {"contains", &W::text_search},
        {"lower", &W::text_change},
        {"upper", &W::text_change},
        {"trim", &W::text_change},
        {"ltrim", &W::text_change},
        {"rtrim", &W::text_change},
        {"left", &W::text_part},
        {"right", &W::text_part},
        {"substr", &W::text_part},
        {"substring", &W::text_part},
        {"length", &W::text_length},
        {"||", &W::concatenation},
        {"concat", &W::concatenation},
        {"+", &W::sum_or_difference},
        {"-", &W::sum_or_difference},
        {"*", &W::product},
        {"/", &W::quotient},
        {"//", &W::quotient},
        {"%", &W::remainder},
        {"abs", &W::magnitude},
        {"floor", &W::rounding},
        {"ceil", &W::rounding},
        {"ceiling", &W::rounding},
        {"round", &W::rounding},
        {"date_trunc", &W::truncated_moment},
        {"date_part", &W::part_of_moment},
        {"year", &W::named_part_of_moment},
        {"quarter", &W::named_part_of_moment},
        {"month", &W::named_part_of_moment},
        {"week", &W::named_part_of_moment},
        {"day", &W::named_part_of_moment},
        {"dayofweek", &W::named_part_of_moment},
        {"isodow", &W::named_part_of_moment},
        {"hour", &W::named_part_of_moment},
        {"minute", &W::named_part_of_moment},
    };
    const auto* const found = std::ranges::find(kFunctions, name, &Function::name);
    return found == std::end(kFunctions) ? nullptr : found->rule;
}

Result<Written> ExpressionWriter::write_call(const Expression& expression) {
    const Rule rule = rule_of(expression.word);
    if (rule != nullptr) return (this->*rule)(expression);
    constexpr std::string_view kAggregates[] = {"count", "count_star", "sum", "avg", "mean"};
    if (std::ranges::find(kAggregates, expression.word) != std::end(kAggregates)) {
        return refused(
            "an aggregate inside of another expression is not part of SQL in rooms; "
            "ask for it alone and calculate with the answer's figures");
    }
    return refused("the function " + shown(expression.word) +
                   " is not part of SQL in rooms; there are: " + known_functions() +
                   "; and as aggregates COUNT(DISTINCT person), COUNT(*), SUM and AVG");
}

Result<Written> ExpressionWriter::write_case(const Expression& expression) {
    std::vector<std::string> conditions;
    std::vector<Written> results;
    for (std::size_t i = 0; i + 1 < expression.arguments.size(); i += 2) {
        TRY(const Written condition, argument_of(expression, i, Type::kTruth));
        conditions.push_back(condition.sql);
        TRY(Written result, write(expression.arguments[i + 1]));
        results.push_back(std::move(result));
    }
    TRY(Written otherwise, write(expression.arguments.back()));
    results.push_back(std::move(otherwise));
    TRY_VOID(align_all(results));
    TRY(Written common, merged(results));
    for (const Written& result : results)
        common.scale = std::max(common.scale, result.scale);
    common.sql = "(CASE";
    for (std::size_t i = 0; i < conditions.size(); ++i)
        common.sql += " WHEN " + conditions[i] + " THEN " + results[i].sql;
    common.sql += " ELSE " + results.back().sql + " END)";
    return common;
}

Result<std::string> ExpressionWriter::write_index(const Expression& expression,
                                                  std::vector<std::string>& values) {
    if (expression.kind == Kind::kNull) return std::string("NULL");
    if (expression.kind == Kind::kText) {
        auto known = std::ranges::find(values, expression.word);
        if (known == values.end()) known = values.insert(known, expression.word);
        return std::to_string(known - values.begin());
    }
    if (expression.kind != Kind::kCase) return std::string();
    std::string sql = "(CASE";
    for (std::size_t i = 0; i + 1 < expression.arguments.size(); i += 2) {
        TRY(const Written condition, argument_of(expression, i, Type::kTruth));
        TRY(const std::string index, write_index(expression.arguments[i + 1], values));
        if (index.empty()) return std::string();
        sql += " WHEN " + condition.sql + " THEN " + index;
    }
    TRY(const std::string index, write_index(expression.arguments.back(), values));
    if (index.empty()) return std::string();
    return sql + " ELSE " + index + " END)";
}

Result<Written> ExpressionWriter::write_cast(const Expression& expression) {
    if (expression.word == "date" || expression.word == "timestamp") {
        TRY(const Written value, argument_of(expression, 0, Type::kMoment));
        return expression.word == "date" ? moment("date_trunc('day', " + value.sql + ")") : value;
    }
    return refused("CAST to " + shown(expression.word) +
                   " could fail for a row and tell about it; write TRY_CAST(text AS INTEGER), or "
                   "round, floor and ceil for numbers");
}

Result<Written> ExpressionWriter::write_try_cast(const Expression& expression) {
    if (expression.word != "integer") {
        return refused("TRY_CAST to " + shown(expression.word) +
                       " is not part of SQL in rooms; TRY_CAST(text AS INTEGER) is");
    }
    TRY(const Written value, argument_of(expression, 0, Type::kText));
    return whole("CAST(TRY_CAST(" + value.sql + " AS INTEGER) AS BIGINT)", INT32_MIN, INT32_MAX);
}

Result<std::vector<Written>> ExpressionWriter::arguments_of(const Expression& call) {
    std::vector<Written> arguments;
    for (const Expression& argument : call.arguments) {
        TRY(Written written, write(argument));
        arguments.push_back(std::move(written));
    }
    return arguments;
}

Result<Written> ExpressionWriter::argument_of(const Expression& call, std::size_t index,
                                              Type type) {
    if (index >= call.arguments.size()) return refused(shown(call.word) + " lacks an argument");
    TRY(Written argument, write(call.arguments[index]));
    if (argument.type == type) return argument;
    const std::string where = call.word.empty() ? "CASE WHEN" : shown(call.word);
    return refused(where + " takes " + std::string(name_of(type)) + ", not " +
                   std::string(name_of(argument.type)));
}

Result<Written> ExpressionWriter::comparison(const Expression& call) {
    TRY_VOID(require_arguments(call, 2));
    TRY(std::vector<Written> sides, arguments_of(call));
    const bool is_comparable = sides[0].type == sides[1].type && sides[0].type != Type::kNull &&
                               sides[0].type != Type::kTruth;
    if (!is_comparable) {
        return refused(
            std::string(name_of(sides[0].type)) + " cannot be compared with " +
            std::string(name_of(sides[1].type)) +
            "; texts stand in '...', moments in TIMESTAMP '...'; for NULL write IS NULL");
    }
    if (sides[0].type == Type::kNumber) TRY_VOID(align(sides[0], sides[1]));
    return truth(sides[0].sql + " " + call.word + " " + sides[1].sql);
}

Result<Written> ExpressionWriter::between(const Expression& call) {
    TRY_VOID(require_arguments(call, 3));
    TRY(std::vector<Written> parts, arguments_of(call));
    if (parts[0].type != parts[1].type || parts[1].type != parts[2].type ||
        parts[0].type == Type::kNull || parts[0].type == Type::kTruth) {
        return refused("BETWEEN takes three texts, numbers or moments");
    }
    TRY_VOID(align_all(parts));
    return truth(parts[0].sql + " BETWEEN " + parts[1].sql + " AND " + parts[2].sql);
}

Result<Written> ExpressionWriter::in_list(const Expression& call) {
    TRY(std::vector<Written> parts, arguments_of(call));
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const Kind kind = call.arguments[i].kind;
        const bool is_literal =
            kind == Kind::kText || kind == Kind::kNumber || kind == Kind::kMoment;
        if (!is_literal || parts[i].type != parts[0].type) {
            return refused("IN takes a list of literals of the type of what is looked for");
        }
    }
    if (parts.size() < 2) return refused("IN takes a list of literals");
    TRY_VOID(align_all(parts));
    const std::vector<Written> list(parts.begin() + 1, parts.end());
    return truth(parts[0].sql + (call.word == "in" ? " IN (" : " NOT IN (") + list_of(list) + ")");
}

Result<Written> ExpressionWriter::logic(const Expression& call) {
    if (call.arguments.empty()) return refused("AND and OR take conditions");
    std::string sql;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        TRY(const Written part, argument_of(call, i, Type::kTruth));
        sql += (sql.empty() ? "" : call.word == "and" ? " AND " : " OR ") + part.sql;
    }
    return truth(std::move(sql));
}

Result<Written> ExpressionWriter::negation(const Expression& call) {
    TRY(const Written part, argument_of(call, 0, Type::kTruth));
    return truth("NOT " + part.sql);
}

Result<Written> ExpressionWriter::null_test(const Expression& call) {
    TRY_VOID(require_arguments(call, 1));
    TRY(const std::vector<Written> parts, arguments_of(call));
    if (call.arguments[0].kind == Kind::kColumn && parts[0].type != Type::kMoment) {
        return refused(
            "dimensions and measures are never NULL; what is not in a dimension's "
            "domain, or empty, is the text '(other)'");
    }
    return truth(parts[0].sql + (call.word == "is null" ? " IS NULL" : " IS NOT NULL"));
}

Result<Written> ExpressionWriter::alternatives(const Expression& call) {
    TRY(std::vector<Written> parts, arguments_of(call));
    if (parts.empty()) return refused("COALESCE takes what to choose from");
    TRY_VOID(align_all(parts));
    TRY(Written common, merged(parts));
    for (const Written& part : parts)
        common.scale = std::max(common.scale, part.scale);
    common.sql = "COALESCE(" + list_of(parts) + ")";
    return common;
}

Result<Written> ExpressionWriter::null_if(const Expression& call) {
    TRY_VOID(require_arguments(call, 2));
    TRY(std::vector<Written> parts, arguments_of(call));
    if (parts[0].type != parts[1].type || parts[0].type == Type::kNull) {
        return refused("NULLIF takes two texts, numbers or moments");
    }
    TRY_VOID(align_all(parts));
    parts[0].sql = "NULLIF(" + list_of(parts) + ")";
    return parts[0];
}

// NOLINTEND(misc-no-recursion)

}  // namespace altis::cleanroom::sql
