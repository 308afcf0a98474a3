#include "cleanroom/sql/draft.h"

#include <algorithm>

#include "cleanroom/sql/fixed_point.h"
#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

using Kind = Expression::Kind;

// Numbers a column behind those of the schema and the computed ones of its sort.
bool is_measure(const Computed& computed) {
    return computed.kind == Computed::Kind::kNumber || computed.kind == Computed::Kind::kOne;
}

bool are_texts(const Expression& call) {
    return std::all_of(call.arguments.begin() + 1, call.arguments.end(),
                       [](const Expression& argument) { return argument.kind == Kind::kText; });
}

// low <= value <= high, of a comparison with one literal or two.
struct Range {
    std::int64_t low = INT64_MIN + 1;
    std::int64_t high = INT64_MAX - 1;
};
std::optional<Range> range_of(std::string_view word, const std::vector<std::int64_t>& literals) {
    Range range;
    if (word == "between" && literals.size() == 2) return Range{literals[0], literals[1]};
    if (literals.size() != 1) return std::nullopt;
    if (word == "=" || word == ">=") range.low = literals[0];
    if (word == "=" || word == "<=") range.high = literals[0];
    if (word == ">") range.low = literals[0] + 1;
    if (word == "<") range.high = literals[0] - 1;
    const bool is_range = word == "=" || word == ">=" || word == "<=" || word == ">" || word == "<";
    return is_range ? std::optional(range) : std::nullopt;
}

// In the units of the measure; empty when it has more digits than that, or too many.
std::optional<std::int64_t> units_of(const Expression& literal, const Measure& measure) {
    if (literal.kind != Kind::kNumber || literal.scale > measure.decimals) return std::nullopt;
    std::int64_t units = 0;
    const std::int64_t factor = power_of_ten(measure.decimals - literal.scale);
    if (__builtin_mul_overflow(literal.digits, factor, &units)) return std::nullopt;
    const bool is_small = units > -kMaxMagnitude && units < kMaxMagnitude;
    return is_small ? std::optional(units) : std::nullopt;
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
std::vector<Expression> conjuncts(const std::vector<Expression>& expressions) {
    std::vector<Expression> parts;
    for (const Expression& expression : expressions) {
        if (!expression.is_call("and")) {
            parts.push_back(expression);
            continue;
        }
        for (Expression& part : conjuncts(expression.arguments))
            parts.push_back(std::move(part));
    }
    return parts;
}

std::optional<std::size_t> tuples_of(const std::vector<ColumnRef>& reads, const Schema& schema) {
    std::size_t tuples = 1;
    for (const ColumnRef& ref : reads) {
        if (ref.kind != ColumnRef::Kind::kDimension) return std::nullopt;
        const Dimension& dimension = schema.dimensions[ref.column];
        const bool is_private = dimension.domain == Domain::kPrivate;
        tuples *= is_private ? kMaxDomainValues + 1 : dimension.codes();
        if (tuples > kMaxTuples) return std::nullopt;
    }
    return tuples;
}

Result<std::optional<ColumnRef>> Draft::column(const Expression& expression) {
    if (expression.kind != Kind::kColumn) return std::optional<ColumnRef>();
    TRY(const ColumnRef ref, scope_.find(expression));
    note(ref);
    return std::optional(ref);
}

void Draft::note(const ColumnRef& ref) {
    if (ref.kind == ColumnRef::Kind::kPerson) return;
    ColumnRead read = scope_.read_of(ref);
    const auto place = std::ranges::lower_bound(columns_, read);
    if (place == columns_.end() || *place != read) columns_.insert(place, std::move(read));
}

std::size_t Draft::place(Computed& computed) const {
    const Schema& schema = scope_.schema(computed.input);
    computed.column = is_measure(computed) ? schema.measures.size() : schema.dimensions.size();
    for (const Computed& other : question_.computed) {
        if (other.input == computed.input && is_measure(other) == is_measure(computed)) {
            ++computed.column;
        }
    }
    return computed.column;
}

Result<std::size_t> Draft::add(Computed computed, const ExpressionWriter& writer) {
    if (writer.reads().empty()) {
        return refused(
            "an expression that reads no column is the same for everybody; leave it "
            "out");
    }
    computed.input = writer.reads().front().input;
    computed.reads = writer.reads();
    for (const ColumnRef& ref : computed.reads)
        note(ref);
    computed.by_values = tuples_of(computed.reads, scope_.schema(computed.input)).has_value();
    for (const Computed& other : question_.computed) {
        if (other.kind == computed.kind && other.input == computed.input &&
            other.sql == computed.sql && other.reads == computed.reads &&
            other.values == computed.values) {
            return other.column;
        }
    }
    if (question_.computed.size() >= kMaxComputed) {
        return refused("a statement has up to 16 computed columns and conditions; ask less");
    }
    const std::size_t column = place(computed);
    question_.computed.push_back(std::move(computed));
    return column;
}

std::size_t Draft::add_one(std::size_t input) {
    for (const Computed& other : question_.computed)
        if (other.kind == Computed::Kind::kOne && other.input == input) return other.column;
    Computed one{.kind = Computed::Kind::kOne, .input = input};
    one.measure = {"rows", 0, 0, 1};
    place(one);
    question_.computed.push_back(std::move(one));
    return question_.computed.back().column;
}

Result<PlacedCondition> Draft::condition(const Expression& expression) {
    TRY(std::optional<PlacedCondition> plain, plain_condition(expression));
    if (plain) return std::move(*plain);
    ExpressionWriter writer(scope_);
    TRY(const Written written, writer.write(expression));
    if (written.type != Written::Type::kTruth) {
        return refused("a condition must be true or false; compare with something");
    }
    Computed computed{.kind = Computed::Kind::kIndex};
    computed.sql = "(CASE WHEN " + written.sql + " THEN 0 END)";
    computed.values = {"true"};
    TRY(const std::size_t column, add(std::move(computed), writer));
    return PlacedCondition{writer.reads().front().input,
                           {Condition::Kind::kCodes, column, {std::uint16_t{0}}}};
}

// A column compared with literals.
Result<std::optional<PlacedCondition>> Draft::plain_condition(const Expression& expression) {
    const std::optional<PlacedCondition> none;
    if (expression.kind != Kind::kCall || expression.arguments.size() < 2) return none;
    if (expression.arguments.front().kind != Kind::kColumn) return none;
    TRY(const ColumnRef ref, scope_.find(expression.arguments.front()));
    std::optional<PlacedCondition> placed;
    switch (ref.kind) {
        case ColumnRef::Kind::kPerson:
            return none;
        case ColumnRef::Kind::kDimension: {
            TRY(placed, on_dimension(expression, ref));
            break;
        }
        case ColumnRef::Kind::kMeasure:
            placed = on_measure(expression, ref);
            break;
        case ColumnRef::Kind::kMoment: {
            TRY(placed, on_moment(expression, ref));
            break;
        }
    }
    if (placed) note(ref);
    return placed;
}

// What values a private dimension has is not looked at here.
Result<std::optional<PlacedCondition>> Draft::on_dimension(const Expression& call,
                                                           const ColumnRef& ref) const {
    const Dimension& dimension = scope_.schema(ref.input).dimensions[ref.column];
    const bool is_listed = call.word == "=" || call.word == "in";
    const bool is_excluded = call.word == "<>" || call.word == "not in";
    if (dimension.domain == Domain::kPrivate || !are_texts(call) || (!is_listed && !is_excluded)) {
        return std::optional<PlacedCondition>();
    }
    std::vector<bool> is_named(dimension.codes());
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const std::string& value = call.arguments[i].word;
        const auto found = std::ranges::find(dimension.values, value);
        if (found == dimension.values.end() && value != kOther) {
            return refused("the dimension '" + dimension.name + "' has no value '" + shown(value) +
                           "'");
        }
        is_named[static_cast<std::size_t>(found - dimension.values.begin())] = true;
    }
    Condition condition{Condition::Kind::kCodes, ref.column};
    for (std::size_t code = 0; code < is_named.size(); ++code)
        if (is_named[code] == is_listed)
            condition.codes.push_back(static_cast<std::uint16_t>(code));
    return std::optional(PlacedCondition{ref.input, std::move(condition)});
}

std::optional<PlacedCondition> Draft::on_measure(const Expression& call,
                                                 const ColumnRef& ref) const {
    const Measure& measure = scope_.schema(ref.input).measures[ref.column];
    std::vector<std::int64_t> literals;
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const auto units = units_of(call.arguments[i], measure);
        if (!units) return std::nullopt;
        literals.push_back(*units);
    }
    const auto range = range_of(call.word, literals);
    if (!range) return std::nullopt;
    return PlacedCondition{ref.input,
                           {Condition::Kind::kBetween, ref.column, {}, range->low, range->high}};
}

Result<std::optional<PlacedCondition>> Draft::on_moment(const Expression& call,
                                                        const ColumnRef& ref) const {
    std::vector<std::int64_t> literals;
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        if (call.arguments[i].kind != Kind::kMoment) return std::optional<PlacedCondition>();
        TRY(const std::int64_t us, moment_of(call.arguments[i].word));
        literals.push_back(us);
    }
    const auto range = range_of(call.word, literals);
    if (!range) return std::optional<PlacedCondition>();
    return std::optional(PlacedCondition{
        ref.input, {Condition::Kind::kWithin, ref.column, {}, range->low, range->high + 1}});
}

}  // namespace altis::cleanroom::sql
