#include "cleanroom/sql/groups.h"

#include <algorithm>

#include "cleanroom/sql/calendar.h"
#include "cleanroom/sql/fixed_point.h"
#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

using Kind = Expression::Kind;

Label label_of(const ExpressionWriter& writer, std::size_t column) {
    Label label;
    label.kind = Label::Kind::kDimension;
    label.input = writer.reads().front().input;
    label.column = column;
    return label;
}

Result<Label> indexed(std::string sql, std::vector<std::string> values,
                      const ExpressionWriter& writer, Draft& draft) {
    for (const std::string& value : values) {
        if (value.empty() || value == kOther) {
            return refused(
                "a group cannot be named '' or '(other)', which stands for whatever "
                "has no name");
        }
    }
    TRY(const std::size_t column,
        draft.add(
            {.kind = Computed::Kind::kIndex, .sql = std::move(sql), .values = std::move(values)},
            writer));
    return label_of(writer, column);
}

Result<Label> from_number(const Written& number, const ExpressionWriter& writer, Draft& draft) {
    const bool is_short = number.high - number.low < static_cast<std::int64_t>(kMaxPublicValues);
    if (number.scale != 0 || !is_short) {
        return refused(
            "a group by a number needs whole numbers of a range of up to 1,000; bucket "
            "it, e.g. floor(x / 100) or CASE WHEN x < 100 THEN 'low' ELSE 'high' END");
    }
    std::vector<std::string> values;
    for (std::int64_t value = number.low; value <= number.high; ++value)
        values.push_back(std::to_string(value));
    const std::string lowest = number_literal(number.low, 0).sql;
    return indexed("(" + number.sql + " - " + lowest + ")", std::move(values), writer, draft);
}

// The texts are found when the values of the dimensions are put in.
Result<Label> from_text(const Written& text, const ExpressionWriter& writer, Draft& draft) {
    if (writer.reads().empty()) return refused("a group that reads no column is the same for all");
    const Schema& schema = draft.scope().schema(writer.reads().front().input);
    const auto is_private = [&](const ColumnRef& ref) {
        return ref.kind == ColumnRef::Kind::kDimension &&
               schema.dimensions[ref.column].domain == Domain::kPrivate;
    };
    if (!tuples_of(writer.reads(), schema)) {
        return refused(
            "a group by a text that is made of measures, of moments, or of dimensions "
            "with more than 20,000 combinations needs public values; write CASE WHEN "
            "... THEN 'text' ... END with literal results");
    }
    const bool has_private = std::ranges::any_of(writer.reads(), is_private);
    if (has_private && writer.reads().size() > 1) {
        return refused(
            "a group may be made of one private dimension alone; group by the columns "
            "themselves");
    }
    TRY(const std::size_t column,
        draft.add({.kind = Computed::Kind::kText,
                   .sql = text.sql,
                   .domain = has_private ? Domain::kPrivate : Domain::kPublic},
                  writer));
    return label_of(writer, column);
}

// The moments of a column that the conditions of its table permit.
struct Within {
    std::int64_t from = kFirstMoment;
    std::int64_t end = kEndOfMoments;
    bool is_bounded() const { return from > kFirstMoment && end < kEndOfMoments; }
};
Within moments_within(const Question& question, const ColumnRef& ref) {
    Within within;
    for (const Condition& condition : question.plan.plan.inputs[ref.input].filter) {
        if (condition.kind != Condition::Kind::kWithin || condition.column != ref.column) continue;
        within.from = std::max(within.from, condition.low);
        within.end = std::min(within.end, condition.high);
    }
    return within;
}

// date_trunc('month', x) or CAST(x AS DATE); empty for others.
std::string period_of(const Expression& expression) {
    if (expression.kind == Kind::kCast && expression.word == "date") return "day";
    if (expression.is_call("date_trunc")) return expression.arguments.front().word;
    return {};
}

Result<Label> from_moment(const Expression& expression, const Written& moment,
                          const ExpressionWriter& writer, Draft& draft) {
    const std::string part = period_of(expression);
    const bool is_direct = !part.empty() && expression.arguments.back().kind == Kind::kColumn;
    if (!is_direct) {
        return refused("a group by a moment needs a period of a column: date_trunc('month', x)");
    }
    const Within within = moments_within(draft.question(), writer.reads().front());
    const std::vector<Time> firsts =
        within.is_bounded() ? periods(part, {within.from}, {within.end}, kMaxPublicValues)
                            : std::vector<Time>();
    if (firsts.empty() || firsts.size() > kMaxPublicValues) {
        return refused(
            "a group by a period needs its first and last moment, with up to 1,000 "
            "periods between: add WHERE x >= TIMESTAMP '...' AND x < TIMESTAMP '...'");
    }
    std::vector<std::string> values;
    for (const Time first : firsts)
        values.push_back(period_name(part, first));
    const std::string start = "make_timestamp(" + number_literal(firsts.front().us, 0).sql + ")";
    return indexed("date_diff(" + quoted(part) + ", " + start + ", " + moment.sql + ")",
                   std::move(values), writer, draft);
}

// x.person IS NOT NULL of a table of LEFT JOIN; empty for others.
Result<std::optional<Label>> from_presence(const Expression& expression, Draft& draft) {
    if (!expression.is_call("is not null") || expression.arguments.size() != 1 ||
        expression.arguments.front().path.size() != 2) {
        return std::optional<Label>();
    }
    TRY(const auto ref, draft.column(expression.arguments.front()));
    if (!ref || ref->kind != ColumnRef::Kind::kPerson) return std::optional<Label>();
    Label label;
    label.kind = Label::Kind::kPresence;
    label.input = ref->input;
    return std::optional(label);
}

}  // namespace

Result<Label> make_label(const Expression& expression, Draft& draft) {
    TRY(const auto ref, draft.column(expression));
    if (ref && ref->kind == ColumnRef::Kind::kDimension) {
        Label label;
        label.kind = Label::Kind::kDimension;
        label.input = ref->input;
        label.column = ref->column;
        return label;
    }
    TRY(const auto presence, from_presence(expression, draft));
    if (presence) return *presence;
    ExpressionWriter writer(draft.scope());
    std::vector<std::string> values;
    TRY(std::string index, writer.write_index(expression, values));
    if (!index.empty() && !values.empty()) {
        return indexed(std::move(index), std::move(values), writer, draft);
    }
    ExpressionWriter whole_writer(draft.scope());
    TRY(const Written written, whole_writer.write(expression));
    switch (written.type) {
        case Written::Type::kTruth:
            return indexed("CAST(" + written.sql + " AS BIGINT)", {"false", "true"}, whole_writer,
                           draft);
        case Written::Type::kNumber:
            return from_number(written, whole_writer, draft);
        case Written::Type::kText:
            return from_text(written, whole_writer, draft);
        case Written::Type::kMoment:
            return from_moment(expression, written, whole_writer, draft);
        case Written::Type::kNull:
            break;
    }
    return refused("a group that is NULL for everybody says nothing; leave it out");
}

}  // namespace altis::cleanroom::sql
