#include "warehouse/plan.h"

#include <algorithm>

namespace altis::warehouse {
namespace {

tl::unexpected<Error> too_large(const std::string& what, std::uint64_t limit) {
    return fail(Code::kTooLarge, "plan.too_large",
                "the plan has more than " + std::to_string(limit) + " " + what + "; split it");
}

bool matches(const Value& value, Type type) {
    switch (type) {
        case Type::kInteger:
        case Type::kMinor:
            return std::holds_alternative<std::int64_t>(value);
        case Type::kBool:
            return std::holds_alternative<bool>(value);
        case Type::kTime:
            return std::holds_alternative<Time>(value);
        case Type::kText:
            return std::holds_alternative<std::string>(value);
        case Type::kReal:
            return false;
    }
    return false;
}

bool is_equality(Comparison comparison) {
    return comparison == Comparison::kEqual || comparison == Comparison::kNotEqual;
}

// Walks one plan over one schema.
class Checker {
  public:
    Checker(const Plan& plan, const Schema& schema) : plan_(plan), schema_(schema) {}

    Result<std::vector<ColumnSpec>> run() {
        TRY_VOID(check_source());
        TRY_VOID(check_filter(plan_.filter, 1));
        TRY_VOID(check_shape());
        for (const Output& output : plan_.columns)
            TRY_VOID(add_column(output));
        for (const Aggregate& aggregate : plan_.aggregates)
            TRY_VOID(add_aggregate(aggregate));
        TRY_VOID(check_order());
        return std::move(outputs_);
    }

  private:
    Result<const TableSpec*> table(std::string_view name) {
        if (const TableSpec* found = schema_.find(name)) return found;
        return fail(Code::kInvalid, "plan.unknown_table",
                    "the warehouse has no table '" + std::string(name) + "'");
    }

    Result<Type> column_type(const TableSpec& table, const std::string& name) {
        if (const ColumnSpec* found = find_column(table, name)) return found->type;
        return fail(Code::kInvalid, "plan.unknown_column",
                    "table '" + table.name + "' has no column '" + name + "'");
    }

    Result<Type> type_of(const ColumnRef& ref) {
        if (ref.side == Side::kLeft) return column_type(*left_, ref.name);
        if (right_ != nullptr) return column_type(*right_, ref.name);
        return fail(Code::kInvalid, "plan.unknown_column",
                    "column '" + ref.name + "' is on the right side, but the plan joins nothing");
    }

    Result<void> check_source() {
        TRY(left_, table(plan_.table));
        if (!plan_.join) return {};
        TRY(right_, table(plan_.join->table));
        if (plan_.join->keys.empty()) {
            return fail(Code::kInvalid, "plan.bad_join",
                        "the join with '" + plan_.join->table + "' names no columns to be equal");
        }
        for (const JoinKey& key : plan_.join->keys)
            TRY_VOID(check_key(key));
        return {};
    }

    Result<void> check_key(const JoinKey& key) {
        TRY(const Type left, column_type(*left_, key.left));
        TRY(const Type right, column_type(*right_, key.right));
        if (left == right) return {};
        return fail(
            Code::kInvalid, "plan.type_mismatch",
            "join columns '" + key.left + "' and '" + key.right + "' are of different types");
    }

    Result<void> check_filter(const Filter& filter, std::size_t depth) {
        if (++filter_nodes_ > kMaxFilterNodes) return too_large("conditions", kMaxFilterNodes);
        if (depth > kMaxFilterDepth) return too_large("nested conditions", kMaxFilterDepth);
        switch (filter.kind) {
            case Filter::Kind::kNot:
                if (filter.children.size() != 1) return bad_filter("'not' needs one condition");
                [[fallthrough]];
            case Filter::Kind::kAll:
            case Filter::Kind::kAny:
                for (const Filter& child : filter.children) {
                    TRY_VOID(check_filter(child, depth + 1));
                }
                return {};
            case Filter::Kind::kCompare:
                if (filter.values.size() != 1) return bad_filter("a comparison needs one value");
                return check_values(filter);
            case Filter::Kind::kOneOf:
                return check_values(filter);
            case Filter::Kind::kIsNull:
                break;
        }
        TRY_VOID(type_of(filter.column));
        return {};
    }

    Result<void> bad_filter(const std::string& message) {
        return fail(Code::kInvalid, "plan.bad_filter", message);
    }

    Result<void> check_values(const Filter& filter) {
        TRY(const Type type, type_of(filter.column));
        if (filter.values.size() > kMaxListValues) return too_large("values", kMaxListValues);
        if (type == Type::kBool && !is_equality(filter.comparison)) {
            return bad_filter("column '" + filter.column.name + "' is a bool and has no order");
        }
        for (const Value& value : filter.values) {
            if (matches(value, type)) continue;
            return fail(Code::kInvalid, "plan.type_mismatch",
                        "column '" + filter.column.name + "' is of type " +
                            std::string(to_string(type)) +
                            " and compares with nothing else (for null use is_null)");
        }
        return {};
    }

    Result<void> check_shape() {
        const std::size_t outputs = plan_.columns.size() + plan_.aggregates.size();
        if (outputs > kMaxOutputs) return too_large("columns in its answer", kMaxOutputs);
        if (outputs == 0) {
            return fail(Code::kInvalid, "plan.no_output", "the plan asks for no column");
        }
        if (plan_.shape == Shape::kScan && !plan_.aggregates.empty()) {
            return fail(Code::kInvalid, "plan.bad_output",
                        "a scan has no aggregates; ask for groups");
        }
        return {};
    }

    Result<void> add_output(const std::string& name, Type type) {
        const bool taken = std::any_of(outputs_.begin(), outputs_.end(),
                                       [&](const ColumnSpec& known) { return known.name == name; });
        if (is_valid_name(name) && !taken) {
            outputs_.push_back({name, type});
            return {};
        }
        return fail(Code::kInvalid, "plan.bad_output",
                    "column '" + name + "' of the answer is " +
                        (taken ? "there twice; rename one" : "not a valid name"));
    }

    Result<void> add_column(const Output& output) {
        TRY(const Type type, type_of(output.column));
        return add_output(output.as.empty() ? output.column.name : output.as, type);
    }

    Result<void> add_aggregate(const Aggregate& aggregate) {
        if (aggregate.function == Function::kCount && aggregate.column.name.empty()) {
            return add_output(aggregate.as, Type::kInteger);
        }
        TRY(const Type type, type_of(aggregate.column));
        const bool summable = type == Type::kInteger || type == Type::kMinor;
        switch (aggregate.function) {
            case Function::kCount:
            case Function::kCountDistinct:
                return add_output(aggregate.as, Type::kInteger);
            case Function::kSum:
                if (!summable) break;
                return add_output(aggregate.as, type);
            case Function::kAverage:
                if (!summable) break;
                return add_output(aggregate.as, Type::kReal);
            case Function::kMin:
            case Function::kMax:
                if (type == Type::kBool) break;
                return add_output(aggregate.as, type);
        }
        return fail(Code::kInvalid, "plan.type_mismatch",
                    "aggregate '" + aggregate.as + "' cannot be taken of column '" +
                        aggregate.column.name + "' of type " + std::string(to_string(type)));
    }

    Result<void> check_order() {
        for (const OrderBy& order : plan_.order)
            TRY_VOID(check_order(order));
        if (plan_.ordering == Ordering::kAny && !plan_.order.empty()) {
            return fail(Code::kInvalid, "plan.bad_order",
                        "the plan allows any order and names one; choose");
        }
        if (!plan_.limit) return {};
        if (*plan_.limit > kMaxResultRows) return too_large("rows as its limit", kMaxResultRows);
        if (!plan_.order.empty()) return {};
        return fail(Code::kInvalid, "plan.limit_without_order",
                    "the plan limits its rows without saying which come first; name an order");
    }

    Result<void> check_order(const OrderBy& order) {
        const auto named = [&](const auto& each) { return each.output == order.output; };
        if (std::count_if(plan_.order.begin(), plan_.order.end(), named) > 1) {
            return fail(Code::kInvalid, "plan.bad_order",
                        "the plan orders by '" + order.output + "' twice");
        }
        const auto is_output = [&](const ColumnSpec& spec) { return spec.name == order.output; };
        if (std::any_of(outputs_.begin(), outputs_.end(), is_output)) return {};
        return fail(Code::kInvalid, "plan.unknown_column",
                    "the plan orders by '" + order.output + "', which its answer does not have");
    }

    const Plan& plan_;
    const Schema& schema_;
    const TableSpec* left_ = nullptr;
    const TableSpec* right_ = nullptr;
    std::size_t filter_nodes_ = 0;
    std::vector<ColumnSpec> outputs_;
};

Filter of_children(Filter::Kind kind, std::vector<Filter> children) {
    Filter filter;
    filter.kind = kind;
    filter.children = std::move(children);
    return filter;
}

Filter of_values(Filter::Kind kind, ColumnRef column, std::vector<Value> values) {
    Filter filter;
    filter.kind = kind;
    filter.column = std::move(column);
    filter.values = std::move(values);
    return filter;
}

}  // namespace

Filter compare(ColumnRef column, Comparison comparison, Value value) {
    Filter filter = of_values(Filter::Kind::kCompare, std::move(column), {std::move(value)});
    filter.comparison = comparison;
    return filter;
}

Filter one_of(ColumnRef column, std::vector<Value> values) {
    return of_values(Filter::Kind::kOneOf, std::move(column), std::move(values));
}

Filter is_null(ColumnRef column) {
    return of_values(Filter::Kind::kIsNull, std::move(column), {});
}

Filter all_of(std::vector<Filter> filters) {
    return of_children(Filter::Kind::kAll, std::move(filters));
}

Filter any_of(std::vector<Filter> filters) {
    return of_children(Filter::Kind::kAny, std::move(filters));
}

Filter negate(Filter filter) {
    return of_children(Filter::Kind::kNot, {std::move(filter)});
}

Result<std::vector<ColumnSpec>> check(const Plan& plan, const Schema& schema) {
    return Checker(plan, schema).run();
}

}  // namespace altis::warehouse
