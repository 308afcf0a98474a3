#include "cleanroom/sql/question.h"

#include <algorithm>
#include <optional>

#include "base/decimal.h"
#include "cleanroom/sql/draft.h"
#include "cleanroom/sql/fixed_point.h"
#include "cleanroom/sql/groups.h"
#include "cleanroom/sql/writing.h"

namespace altis::cleanroom::sql {
namespace {

using codec::Json;
using Kind = Expression::Kind;

constexpr std::string_view kAggregates[] = {"count", "count_star", "sum", "avg", "mean"};

bool is_aggregate(const Expression& expression) {
    return expression.kind == Kind::kCall &&
           std::ranges::find(kAggregates, expression.word) != std::end(kAggregates);
}

bool is_same(const Condition& a, const Condition& b) {
    return a.kind == b.kind && a.column == b.column && a.codes == b.codes && a.low == b.low &&
           a.high == b.high;
}

bool is_same(const Sum& a, const Sum& b) {
    return a.input == b.input && a.column == b.column && a.low == b.low && a.high == b.high &&
           std::ranges::equal(a.filter, b.filter,
                              [](const auto& x, const auto& y) { return is_same(x, y); });
}

Result<std::int64_t> bound_of(const std::string& text, int decimals) {
    TRY(const Decimal bound, Decimal::parse(text));
    if (bound.scale() > decimals) return refused("a bound has more digits than what it bounds");
    std::int64_t units = 0;
    if (__builtin_mul_overflow(bound.digits(), power_of_ten(decimals - bound.scale()), &units)) {
        return refused("a bound is too large");
    }
    return units;
}

class Builder {
  public:
    Builder(const Statement& statement, const Scope& scope, const Bounds& bounds)
        : statement_(statement), scope_(scope), bounds_(bounds), draft_(scope, question_) {}

    Result<Question> build(std::span<const NamedSchema> room) {
        TRY_VOID(place_inputs(room));
        for (std::size_t i = 0; i < statement_.sources.size(); ++i)
            TRY_VOID(place_join(i));
        for (const Expression& part : conjuncts(statement_.where))
            TRY_VOID(place_where(part));
        for (const Expression& item : statement_.select) {
            TRY_VOID(is_aggregate(item) ? place_aggregate(item) : place_group(item));
        }
        TRY_VOID(check_groups());
        TRY_VOID(place_order());
        question_.columns.assign(draft_.columns().begin(), draft_.columns().end());
        const std::vector<Schema> schemas = planned_schemas(question_, room);
        std::vector<const Schema*> pointers;
        for (const Schema& schema : schemas)
            pointers.push_back(&schema);
        TRY_VOID(check_plan(question_.plan.plan, pointers));
        return std::move(question_);
    }

  private:
    Plan& plan() { return question_.plan.plan; }

    Result<void> place_inputs(std::span<const NamedSchema> room) {
        for (const auto& [table, rows] : bounds_.rows_per_person) {
            const bool is_known = std::ranges::find(room, table, &NamedSchema::name) != room.end();
            if (!is_known) return refused("the room has no table '" + shown(table) + "'");
        }
        for (std::size_t i = 0; i < scope_.tables().size(); ++i) {
            const std::size_t table = scope_.tables()[i].table;
            Input input;
            input.required = !statement_.sources[i].is_optional;
            const auto rows = bounds_.rows_per_person.find(room[table].name);
            if (rows != bounds_.rows_per_person.end()) input.rows_per_person = rows->second;
            if (input.rows_per_person > 1 && several_) {
                return refused("only one table of a statement may have several rows per person");
            }
            if (input.rows_per_person > 1) several_ = i;
            question_.plan.tables.push_back(table);
            plan().inputs.push_back(std::move(input));
        }
        plan().groups_per_person = bounds_.groups_per_person;
        return {};
    }

    // ON: the same person, and conditions on the joined table.
    Result<void> place_join(std::size_t input) {
        const Source& source = statement_.sources[input];
        bool has_person = input == 0 || source.uses_person;
        for (const Expression& part : conjuncts(source.condition)) {
            if (is_person_equality(part, input)) {
                has_person = true;
                continue;
            }
            TRY(PlacedCondition placed, draft_.condition(part));
            if (placed.input != input) {
                return refused(
                    "a condition of ON that looks at another table than the joined one "
                    "is not part of SQL in rooms; put it into WHERE");
            }
            plan().inputs[input].filter.push_back(std::move(placed.condition));
        }
        if (has_person) return {};
        return refused("a join without the person would compare strangers; write USING (person)");
    }

    bool is_person_equality(const Expression& part, std::size_t input) const {
        if (!part.is_call("=") || part.arguments.size() != 2) return false;
        std::size_t joined = 0;
        std::size_t earlier = 0;
        for (const Expression& side : part.arguments) {
            if (side.kind != Kind::kColumn || side.path.size() != 2) return false;
            const auto ref = scope_.find(side);
            if (!ref || ref->kind != ColumnRef::Kind::kPerson) return false;
            joined += ref->input == input ? 1 : 0;
            earlier += ref->input < input ? 1 : 0;
        }
        return joined == 1 && earlier == 1;
    }

    Result<void> place_where(const Expression& part) {
        TRY(PlacedCondition placed, draft_.condition(part));
        Input& input = plan().inputs[placed.input];
        if (!input.required) {
            return refused(
                "a condition in WHERE on a table of LEFT JOIN is not part of SQL in "
                "rooms; put it into ON, or use JOIN");
        }
        input.filter.push_back(std::move(placed.condition));
        return {};
    }

    Result<std::string> name_for(const Expression& item, std::string fallback) {
        std::string name = item.alias.empty() ? std::move(fallback) : item.alias;
        const bool is_plain = std::ranges::all_of(name, [](unsigned char c) { return c >= 0x20; });
        if (name.empty() || name.size() > kMaxColumnNameBytes || !is_plain) {
            return refused("the name of an output has 1 to 64 bytes; give it one with AS");
        }
        const bool is_taken =
            std::ranges::find(question_.outputs, name, &Output::name) != question_.outputs.end();
        if (!is_taken) return name;
        return refused("the output '" + shown(name) + "' stands there twice; name it with AS");
    }

    Result<void> place_group(const Expression& item) {
        if (item.kind == Kind::kCall && item.is_distinct) return refuse_aggregate(item);
        const std::string fallback = item.kind == Kind::kColumn ? item.path.back() : "group";
        TRY(std::string name, name_for(item, fallback));
        TRY(Label label, make_label(item, draft_));
        label.name = name;
        question_.outputs.push_back({Output::Kind::kGroup, std::move(name), plan().labels.size()});
        plan().labels.push_back(std::move(label));
        groups_.push_back(&item);
        return {};
    }

    static Result<void> refuse_aggregate(const Expression& item) {
        return refused(shown(item.word) +
                       " with DISTINCT is not part of SQL in rooms; there is COUNT(DISTINCT "
                       "person)");
    }

    Result<void> place_aggregate(const Expression& item) {
        if (item.word == "count_star" || (item.word == "count" && item.arguments.empty())) {
            return place_rows(item);
        }
        if (item.word == "count") return place_persons(item);
        if (item.arguments.size() != 1 || item.is_distinct) return refuse_aggregate(item);
        return place_sum(item);
    }

    Result<void> place_persons(const Expression& item) {
        TRY(const auto ref, item.arguments.size() == 1
                                ? draft_.column(item.arguments.front())
                                : Result<std::optional<ColumnRef>>(std::nullopt));
        if (!ref || ref->kind != ColumnRef::Kind::kPerson || !item.is_distinct) {
            return refused(
                "COUNT of a column is not part of SQL in rooms; count persons with "
                "COUNT(DISTINCT person), rows with COUNT(*)");
        }
        if (!plan().inputs[ref->input].required) {
            return refused(
                "persons of a table of LEFT JOIN cannot be counted alone; group by its "
                "person IS NOT NULL");
        }
        if (!item.filter.empty()) {
            return refused(
                "FILTER of COUNT(DISTINCT person) is not part of SQL in rooms; group "
                "by the condition instead");
        }
        TRY(std::string name, name_for(item, "persons"));
        question_.outputs.push_back({Output::Kind::kPersons, std::move(name)});
        return {};
    }

    Result<void> place_rows(const Expression& item) {
        const std::size_t input = several_.value_or(0);
        if (!plan().inputs[input].required) {
            return refused(
                "COUNT(*) over the optional side of a LEFT JOIN counts nothing that can "
                "be bounded; use JOIN");
        }
        TRY(std::string name, name_for(item, "rows"));
        TRY(Filter filter, filter_of(item, input));
        TRY(const std::size_t sum, add_rows(input, std::move(filter), name));
        question_.outputs.push_back({Output::Kind::kSum, std::move(name), sum});
        return {};
    }

    Result<std::size_t> add_rows(std::size_t input, Filter filter, const std::string& name) {
        return add_sum({name, input, draft_.add_one(input), std::move(filter), 0,
                        plan().inputs[input].rows_per_person});
    }

    Result<std::size_t> add_sum(Sum sum) {
        const auto known = std::ranges::find_if(
            plan().sums, [&](const Sum& other) { return is_same(sum, other); });
        const auto index = static_cast<std::size_t>(known - plan().sums.begin());
        if (known == plan().sums.end()) plan().sums.push_back(std::move(sum));
        return index;
    }

    Result<Filter> filter_of(const Expression& item, std::size_t input) {
        Filter filter;
        for (const Expression& part : conjuncts(item.filter)) {
            TRY(PlacedCondition placed, draft_.condition(part));
            if (placed.input != input) {
                return refused("a FILTER must look at the table whose rows are counted or summed");
            }
            filter.push_back(std::move(placed.condition));
        }
        return filter;
    }

    // The measure that is summed: a column, or a computed one.
    struct Amount {
        std::size_t input = 0;
        std::size_t column = 0;
        Measure measure;
        std::optional<std::size_t> known{};  // a measure that is 1 where the amount is not NULL
    };

    Result<Amount> amount_of(const Expression& argument, bool counts_known) {
        TRY(const auto ref, draft_.column(argument));
        if (ref && ref->kind == ColumnRef::Kind::kMeasure) {
            return Amount{ref->input, ref->column, scope_.schema(ref->input).measures[ref->column]};
        }
        ExpressionWriter writer(scope_);
        TRY(const Written written, writer.write(argument));
        if (written.type != Written::Type::kNumber) return refused("SUM and AVG take numbers");
        const Measure measure{"amount", written.scale, std::min<std::int64_t>(written.low, 0),
                              std::max<std::int64_t>(written.high, 1)};
        if (measure.low < -kMaxMeasureBound || measure.high > kMaxMeasureBound ||
            written.scale > kMaxMeasureDecimals) {
            return refused(
                "what is summed must stay within 10^12 of its smallest units and 6 "
                "digits behind the point; divide and round it");
        }
        Amount amount{.measure = measure};
        TRY(amount.column,
            draft_.add({.kind = Computed::Kind::kNumber, .sql = written.sql, .measure = measure},
                       writer));
        amount.input = writer.reads().front().input;
        if (counts_known) {
            TRY(amount.known, draft_.add({.kind = Computed::Kind::kNumber,
                                          .sql = "CAST(" + written.sql + " IS NOT NULL AS BIGINT)",
                                          .measure = {"known", 0, 0, 1}},
                                         writer));
        }
        return amount;
    }

    Result<void> place_sum(const Expression& item) {
        const bool is_average = item.word != "sum";
        TRY(std::string name, name_for(item, is_average ? "average" : "sum"));
        TRY(const Amount amount, amount_of(item.arguments.front(), is_average));
        if (several_ && amount.input != *several_) {
            return refused(
                "a sum over a table that is joined with several rows per person would "
                "count it several times; sum over the other table");
        }
        TRY(Filter filter, filter_of(item, amount.input));
        Sum sum{name, amount.input, amount.column, filter};
        TRY_VOID(bound(sum, amount.measure));
        Output output{is_average ? Output::Kind::kAverage : Output::Kind::kSum, name};
        output.decimals = amount.measure.decimals;
        TRY(output.index, add_sum(std::move(sum)));
        if (is_average) {
            TRY(output.count,
                amount.known
                    ? add_sum({name + " (known)", amount.input, *amount.known, std::move(filter), 0,
                               plan().inputs[amount.input].rows_per_person})
                    : add_rows(amount.input, std::move(filter), name + " (rows)"));
        }
        question_.outputs.push_back(std::move(output));
        return {};
    }

    // What a person adds: as asked for, or as much as the rows that count can hold.
    Result<void> bound(Sum& sum, const Measure& measure) {
        const auto asked = bounds_.amounts.find(sum.name);
        if (asked != bounds_.amounts.end()) {
            TRY(sum.low, bound_of(asked->second.first, measure.decimals));
            TRY(sum.high, bound_of(asked->second.second, measure.decimals));
            return {};
        }
        const std::int64_t rows = plan().inputs[sum.input].rows_per_person;
        sum.low = std::min<std::int64_t>(measure.low, 0) * rows;
        sum.high = std::max<std::int64_t>(measure.high, 0) * rows;
        if (sum.low >= -kMaxMeasureBound && sum.high <= kMaxMeasureBound) return {};
        return refused("what a person can add to '" + shown(sum.name) +
                       "' is too much; give its bounds in \"amounts\"");
    }

    // GROUP BY names exactly the outputs that are no aggregates: by themselves, alias or number.
    Result<void> check_groups() {
        if (question_.outputs.size() == groups_.size()) {
            return refused(
                "a statement without COUNT(DISTINCT person), COUNT(*), SUM or AVG is "
                "not part of SQL in rooms; rows are never shown");
        }
        if (statement_.groups_by_all) return {};
        std::vector<bool> is_named(question_.outputs.size());
        for (const Expression& group : statement_.groups) {
            const std::optional<std::size_t> output = output_of(group);
            if (!output || question_.outputs[*output].kind != Output::Kind::kGroup) {
                return refused("GROUP BY names something that SELECT does not show as a group");
            }
            is_named[*output] = true;
        }
        for (std::size_t i = 0; i < is_named.size(); ++i) {
            if (question_.outputs[i].kind == Output::Kind::kGroup && !is_named[i]) {
                return refused("'" + shown(question_.outputs[i].name) +
                               "' is neither counted nor in GROUP BY; add it there");
            }
        }
        return {};
    }

    std::optional<std::size_t> output_of(const Expression& expression) const {
        const auto outputs = static_cast<std::int64_t>(question_.outputs.size());
        if (expression.kind == Kind::kNumber && expression.scale == 0) {
            const bool is_there = expression.digits >= 1 && expression.digits <= outputs;
            return is_there ? std::optional(static_cast<std::size_t>(expression.digits - 1))
                            : std::nullopt;
        }
        for (std::size_t i = 0; i < statement_.select.size(); ++i) {
            const bool is_named = expression.kind == Kind::kColumn && expression.path.size() == 1 &&
                                  question_.outputs[i].name == expression.path.front();
            if (is_named || statement_.select[i].is_same(expression)) return i;
        }
        return std::nullopt;
    }

    Result<void> place_order() {
        Presentation& shown_as = question_.presentation;
        for (const Order& order : statement_.order) {
            const std::optional<std::size_t> output = output_of(order.by);
            if (!output) {
                return refused(
                    "ORDER BY something that SELECT does not show is not part of SQL in "
                    "rooms; order by an output");
            }
            shown_as.order.push_back({*output, order.is_descending});
        }
        shown_as.offset = statement_.offset;
        shown_as.limit = statement_.limit.value_or(kMaxAnswerRows);
        return {};
    }

    const Statement& statement_;
    const Scope& scope_;
    const Bounds& bounds_;
    Question question_;
    Draft draft_;
    std::optional<std::size_t> several_;  // the input with several rows per person
    std::vector<const Expression*> groups_;
};

}  // namespace

Result<Question> make_question(const Statement& statement, std::span<const NamedSchema> room,
                               const Bounds& bounds) {
    TRY(const Scope scope, Scope::make(statement, room));
    return Builder(statement, scope, bounds).build(room);
}

std::vector<Schema> planned_schemas(const Question& question, std::span<const NamedSchema> room) {
    std::vector<Schema> schemas;
    for (const std::size_t table : question.plan.tables)
        schemas.push_back(*room[table].schema);
    for (const Computed& computed : question.computed) {
        Schema& schema = schemas[computed.input];
        if (computed.kind == Computed::Kind::kNumber || computed.kind == Computed::Kind::kOne) {
            schema.measures.push_back(computed.measure);
            continue;
        }
        Dimension dimension{"(computed)", computed.domain, computed.values};
        if (computed.kind == Computed::Kind::kText && computed.domain == Domain::kPublic) {
            dimension.values.resize(
                *tuples_of(computed.reads, *room[question.plan.tables[computed.input]].schema));
        }
        schema.dimensions.push_back(std::move(dimension));
    }
    return schemas;
}

}  // namespace altis::cleanroom::sql
