// Random plans on random rows: the engine's answer against a plain evaluation, row by row, in C++.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <rapidcheck.h>
#include <set>

#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

using Row = std::vector<Value>;
using Table = std::vector<Row>;

constexpr std::int64_t kSubjects = 4;

Schema two_tables() {
    Schema schema;
    EXPECT_TRUE(schema.add({"visits",
                            {{"city", Type::kText},
                             {"spent", Type::kMinor},
                             {"member", Type::kBool},
                             {"at", Type::kTime},
                             {"count", Type::kInteger}}}));
    EXPECT_TRUE(schema.add(
        {"cities", {{"name", Type::kText}, {"people", Type::kInteger}, {"host", Type::kBool}}}));
    return schema;
}

// ---- random things ----

std::int64_t below(std::int64_t bound) {
    return *rc::gen::inRange<std::int64_t>(0, bound);
}

bool one_in(std::int64_t n) {
    return below(n) == 0;
}

// Few distinct values, so that groups, joins and equal cells happen.
Value random_value(Type type) {
    static const std::vector<std::string> kTexts = {
        "", "Cortina", "Livigno", "Milano", "Zürich", "金沢", "a text longer than twelve bytes"};
    switch (type) {
        case Type::kText:
            return kTexts[static_cast<std::size_t>(
                below(static_cast<std::int64_t>(kTexts.size())))];
        case Type::kBool:
            return one_in(2);
        case Type::kTime:
            return Time{below(5) * 3'600'000'000 - 7'200'000'000};
        default:
            return one_in(10) ? below(2'000'000'000'000) - 1'000'000'000'000 : below(9) - 4;
    }
}

Table random_table(const TableSpec& spec) {
    Table table(static_cast<std::size_t>(below(60)));
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = {static_cast<std::int64_t>(i + 1), 1 + below(kSubjects)};
        for (std::size_t c = kLeadingColumns; c < spec.columns.size(); ++c) {
            table[i].push_back(one_in(6) ? Value(Null{}) : random_value(spec.columns[c].type));
        }
    }
    return table;
}

template <class T>
const T& pick(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
}

// The two sides of a plan: what columns there are, and where they stand in a (joined) row.
struct Scope {
    const TableSpec* left;
    const TableSpec* right;  // null without a join

    ColumnRef any() const {
        if (right != nullptr && one_in(2)) return {pick(right->columns).name, Side::kRight};
        return {pick(left->columns).name};
    }
    std::size_t index(const ColumnRef& ref) const {
        const TableSpec& table = ref.side == Side::kLeft ? *left : *right;
        const auto at = find_column(table, ref.name) - table.columns.data();
        return static_cast<std::size_t>(at) + (ref.side == Side::kLeft ? 0 : left->columns.size());
    }
    Type type(const ColumnRef& ref) const {
        return find_column(ref.side == Side::kLeft ? *left : *right, ref.name)->type;
    }
};

Filter random_filter(const Scope& scope, int depth) {
    const auto children = [&] {
        std::vector<Filter> list(static_cast<std::size_t>(below(4)));
        for (Filter& child : list)
            child = random_filter(scope, depth - 1);
        return list;
    };
    const ColumnRef column = scope.any();
    const Type type = scope.type(column);
    switch (below(depth > 0 ? 6 : 3)) {
        case 0: {
            const auto comparison = static_cast<Comparison>(below(type == Type::kBool ? 2 : 6));
            return compare(column, comparison, random_value(type));
        }
        case 1: {
            std::vector<Value> values(static_cast<std::size_t>(below(4)));
            for (Value& value : values)
                value = random_value(type);
            return one_of(column, values);
        }
        case 2:
            return is_null(column);
        case 3:
            return all_of(children());
        case 4:
            return any_of(children());
        default:
            return negate(random_filter(scope, depth - 1));
    }
}

Aggregate random_aggregate(const Scope& scope, const std::string& as) {
    if (one_in(4)) return {Function::kCount, {}, as};
    const ColumnRef column = scope.any();
    const Type type = scope.type(column);
    std::vector<Function> functions = {Function::kCount, Function::kCountDistinct};
    if (type != Type::kBool) functions.insert(functions.end(), {Function::kMin, Function::kMax});
    if (type == Type::kInteger || type == Type::kMinor) {
        functions.insert(functions.end(), {Function::kSum, Function::kAverage});
    }
    return {pick(functions), column, as};
}

void add_random_order(Plan& plan, const std::vector<ColumnSpec>& outputs) {
    std::set<std::string> used;
    for (std::int64_t n = below(3); n > 0; --n) {
        const std::string& output = pick(outputs).name;
        if (!used.insert(output).second) continue;
        plan.order.push_back({output, one_in(2) ? Direction::kUp : Direction::kDown});
    }
    if (!plan.order.empty() && one_in(2)) plan.limit = static_cast<std::uint64_t>(below(20));
}

Plan random_plan(const Schema& schema) {
    Plan plan;
    const bool swapped = one_in(3);
    Scope scope{&schema.tables()[swapped ? 1 : 0], nullptr};
    plan.table = scope.left->name;
    if (one_in(2)) {
        scope.right = &schema.tables()[swapped ? 0 : 1];
        plan.join =
            Join{scope.right->name, {{swapped ? "name" : "city", swapped ? "city" : "name"}}};
        if (one_in(3)) plan.join->keys.push_back({"subject", "subject"});
    }
    plan.filter = random_filter(scope, 3);
    plan.shape = one_in(3) ? Shape::kScan : Shape::kGroups;
    const std::int64_t columns = plan.shape == Shape::kScan ? 1 + below(4) : below(3);
    for (std::int64_t i = 0; i < columns; ++i) {
        plan.columns.push_back({scope.any(), "k" + std::to_string(i)});
    }
    if (plan.shape == Shape::kGroups) {
        for (std::int64_t i = 1 + below(4); i > 0; --i) {
            plan.aggregates.push_back(random_aggregate(scope, "a" + std::to_string(i)));
        }
    }
    const auto outputs = check(plan, schema);
    RC_ASSERT(outputs.has_value());
    add_random_order(plan, *outputs);
    return plan;
}

// ---- plain evaluation ----

bool is_null_value(const Value& value) {
    return std::holds_alternative<Null>(value);
}

enum class Truth { kFalse, kUnknown, kTrue };

Truth of(bool truth) {
    return truth ? Truth::kTrue : Truth::kFalse;
}

bool compares(const Value& cell, Comparison comparison, const Value& value) {
    switch (comparison) {
        case Comparison::kEqual:
            return cell == value;
        case Comparison::kNotEqual:
            return cell != value;
        case Comparison::kLess:
            return cell < value;
        case Comparison::kAtMost:
            return cell <= value;
        case Comparison::kMore:
            return cell > value;
        case Comparison::kAtLeast:
            return cell >= value;
    }
    return false;
}

Truth truth_of(const Filter& filter, const Scope& scope, const Row& row) {
    const auto cell = [&]() -> const Value& { return row[scope.index(filter.column)]; };
    Truth truth = of(filter.kind == Filter::Kind::kAll);
    switch (filter.kind) {
        case Filter::Kind::kAll:
            for (const Filter& f : filter.children)
                truth = std::min(truth, truth_of(f, scope, row));
            return truth;
        case Filter::Kind::kAny:
            for (const Filter& f : filter.children)
                truth = std::max(truth, truth_of(f, scope, row));
            return truth;
        case Filter::Kind::kNot:
            truth = truth_of(filter.children[0], scope, row);
            return truth == Truth::kUnknown ? truth : of(truth == Truth::kFalse);
        case Filter::Kind::kCompare:
            if (is_null_value(cell())) return Truth::kUnknown;
            return of(compares(cell(), filter.comparison, filter.values[0]));
        case Filter::Kind::kOneOf:
            if (filter.values.empty()) return Truth::kFalse;
            if (is_null_value(cell())) return Truth::kUnknown;
            return of(std::find(filter.values.begin(), filter.values.end(), cell()) !=
                      filter.values.end());
        case Filter::Kind::kIsNull:
            return of(is_null_value(cell()));
    }
    return truth;
}

Value aggregate_value(const Aggregate& aggregate, const Scope& scope, const Table& rows) {
    if (aggregate.column.name.empty()) return static_cast<std::int64_t>(rows.size());
    std::vector<Value> cells;
    for (const Row& row : rows)
        cells.push_back(row[scope.index(aggregate.column)]);
    std::erase_if(cells, is_null_value);
    const auto count = static_cast<std::int64_t>(cells.size());
    const auto sum = [&] {
        return std::accumulate(
            cells.begin(), cells.end(), std::int64_t{0},
            [](std::int64_t all, const Value& each) { return all + std::get<std::int64_t>(each); });
    };
    if (aggregate.function == Function::kCount) return count;
    if (aggregate.function == Function::kCountDistinct) {
        return static_cast<std::int64_t>(std::set<Value>(cells.begin(), cells.end()).size());
    }
    if (cells.empty()) return Null{};
    switch (aggregate.function) {
        case Function::kSum:
            return sum();
        case Function::kAverage:
            return static_cast<double>(sum()) / static_cast<double>(count);
        case Function::kMin:
            return *std::min_element(cells.begin(), cells.end());
        default:
            return *std::max_element(cells.begin(), cells.end());
    }
}

Table joined_rows(const Plan& plan, const Scope& scope, const std::map<std::string, Table>& data) {
    const Table& left = data.at(plan.table);
    if (!plan.join) return left;
    Table pairs;
    for (const Row& l : left) {
        for (const Row& r : data.at(plan.join->table)) {
            Row pair = l;
            pair.insert(pair.end(), r.begin(), r.end());
            const bool equal = std::all_of(
                plan.join->keys.begin(), plan.join->keys.end(), [&](const JoinKey& key) {
                    const Value& a = pair[scope.index({key.left})];
                    return !is_null_value(a) && a == pair[scope.index({key.right, Side::kRight})];
                });
            if (equal) pairs.push_back(std::move(pair));
        }
    }
    return pairs;
}

Table shaped(const Plan& plan, const Scope& scope, const Table& rows) {
    std::map<Row, Table> groups;
    Table answer;
    if (plan.columns.empty()) groups[{}];
    for (const Row& row : rows) {
        Row key;
        for (const Output& output : plan.columns)
            key.push_back(row[scope.index(output.column)]);
        if (plan.shape == Shape::kScan) {
            answer.push_back(key);
        } else {
            groups[key].push_back(row);
        }
    }
    for (const auto& [key, group] : groups) {
        Row row = key;
        for (const Aggregate& each : plan.aggregates) {
            row.push_back(aggregate_value(each, scope, group));
        }
        answer.push_back(row);
    }
    return answer;
}

void put_in_order(const Plan& plan, const std::vector<ColumnSpec>& outputs, Table& rows) {
    const auto index = [&](const std::string& name) {
        const auto found = std::find_if(outputs.begin(), outputs.end(),
                                        [&](const ColumnSpec& spec) { return spec.name == name; });
        return static_cast<std::size_t>(found - outputs.begin());
    };
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        for (const OrderBy& order : plan.order) {
            const std::size_t i = index(order.output);
            if (a[i] != b[i]) return (a[i] < b[i]) == (order.direction == Direction::kUp);
        }
        return a < b;
    });
    if (plan.limit && rows.size() > *plan.limit) rows.resize(*plan.limit);
}

Table expected(const Plan& plan, const Schema& schema, const std::map<std::string, Table>& data) {
    const Scope scope{schema.find(plan.table), plan.join ? schema.find(plan.join->table) : nullptr};
    Table rows = joined_rows(plan, scope, data);
    std::erase_if(
        rows, [&](const Row& row) { return truth_of(plan.filter, scope, row) != Truth::kTrue; });
    Table answer = shaped(plan, scope, rows);
    put_in_order(plan, *check(plan, schema), answer);
    return answer;
}

// ---- the engine ----

void put(const Value& value, Type type, RowWriter& writer) {
    if (is_null_value(value)) {
        writer.null();
    } else if (type == Type::kText) {
        writer.text(std::get<std::string>(value));
    } else if (type == Type::kBool) {
        writer.boolean(std::get<bool>(value));
    } else if (type == Type::kTime) {
        writer.time(std::get<Time>(value));
    } else {
        writer.number(std::get<std::int64_t>(value));
    }
}

void store(Engine& engine, const Schema& schema, const std::map<std::string, Table>& data) {
    Batch batch(schema, engine.committed_offset());
    for (std::size_t t = 0; t < schema.tables().size(); ++t) {
        const TableSpec& spec = schema.tables()[t];
        for (const Row& row : data.at(spec.name)) {
            const auto subject = static_cast<std::uint32_t>(std::get<std::int64_t>(row[1]));
            RowWriter writer =
                batch.row(t, static_cast<journal::Offset>(std::get<std::int64_t>(row[0])),
                          SubjectId{subject});
            for (std::size_t c = kLeadingColumns; c < row.size(); ++c) {
                put(row[c], spec.columns[c].type, writer);
            }
        }
    }
    RC_ASSERT(engine.commit(batch).has_value());
}

void forget_everybody(Engine& engine, const Schema& schema) {
    Batch batch(schema, engine.committed_offset());
    for (std::uint32_t i = 1; i <= kSubjects; ++i)
        batch.forget(SubjectId{i});
    RC_ASSERT(engine.commit(batch).has_value());
}

Table cells_of(const Rows& rows) {
    Table table(rows.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (const Column& column : rows.columns)
            table[i].push_back(column.at(i));
    }
    return table;
}

constexpr int kPlansPerTable = 15;

TEST(PlanDifferential, EngineAnswersAsAPlainEvaluationDoes) {
    const TestFolder folder;
    const auto engine = folder.open();
    ASSERT_TRUE(engine);
    const Schema schema = two_tables();
    ASSERT_TRUE((*engine)->create_tables(schema));
    const bool held = rc::check("any plan on any rows", [&] {
        forget_everybody(**engine, schema);
        std::map<std::string, Table> data;
        for (const TableSpec& spec : schema.tables())
            data[spec.name] = random_table(spec);
        store(**engine, schema, data);
        for (int i = 0; i < kPlansPerTable; ++i) {
            const Plan plan = random_plan(schema);
            const auto rows = (*engine)->run(plan, seconds(20));
            if (!rows) RC_FAIL(rows.error().message);
            RC_ASSERT(cells_of(*rows) == expected(plan, schema, data));
        }
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace altis::warehouse
