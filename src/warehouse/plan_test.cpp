#include "warehouse/plan.h"

#include <gtest/gtest.h>

#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

Schema fan_schema() {
    Schema schema;
    EXPECT_TRUE(schema.add({"visits",
                            {{"city", Type::kText},
                             {"spent", Type::kMinor},
                             {"member", Type::kBool},
                             {"at", Type::kTime}}}));
    EXPECT_TRUE(schema.add({"cities", {{"city", Type::kText}, {"people", Type::kInteger}}}));
    return schema;
}

Plan scan_of(const std::string& column) {
    Plan plan;
    plan.table = "visits";
    plan.columns = {{{column}}};
    return plan;
}

Plan group_with(const Aggregate& aggregate) {
    Plan plan;
    plan.shape = Shape::kGroups;
    plan.table = "visits";
    plan.aggregates = {aggregate};
    return plan;
}

Plan filtered(const Filter& filter) {
    Plan plan = scan_of("city");
    plan.filter = filter;
    return plan;
}

std::string reason(const Plan& plan) {
    return reason_of(check(plan, fan_schema()));
}

TEST(Schema, RefusesBadTables) {
    Schema schema;
    EXPECT_EQ(reason_of(schema.add({"Visits", {}})), "schema.bad_name");
    EXPECT_EQ(reason_of(schema.add({"v; drop table x", {}})), "schema.bad_name");
    EXPECT_EQ(reason_of(schema.add({"_state", {}})), "schema.bad_name");
    EXPECT_EQ(reason_of(schema.add({"v", {{"a\"b", Type::kText}}})), "schema.bad_name");
    EXPECT_EQ(reason_of(schema.add({"v", {{"a", Type::kReal}}})), "schema.bad_type");
    EXPECT_EQ(reason_of(schema.add({"v", {{"a", Type::kText}, {"a", Type::kText}}})),
              "schema.conflict");
    EXPECT_EQ(reason_of(schema.add({"v", {{"subject", Type::kText}}})), "schema.conflict");
    EXPECT_EQ(reason_of(schema.add({"v", std::vector<ColumnSpec>(300, {"a", Type::kText})})),
              "schema.too_large");
}

TEST(Schema, GivesTheSameTableOneNumber) {
    Schema schema;
    EXPECT_EQ(*schema.add({"a", {{"x", Type::kText}}}), 0U);
    EXPECT_EQ(*schema.add({"b", {}}), 1U);
    EXPECT_EQ(*schema.add({"a", {{"x", Type::kText}}}), 0U);
    EXPECT_EQ(reason_of(schema.add({"a", {{"x", Type::kTime}}})), "schema.conflict");
    EXPECT_EQ(schema.find("a")->columns.size(), 1 + kLeadingColumns);
    EXPECT_EQ(schema.find("c"), nullptr);
}

TEST(Plan, NamesTheColumnsOfItsAnswer) {
    Plan plan = group_with({Function::kAverage, {"spent"}, "mean"});
    plan.columns = {{{"city"}, "town"}, {{"subject"}}};
    const auto outputs = check(plan, fan_schema());
    ASSERT_TRUE(outputs);
    EXPECT_EQ(*outputs,
              (std::vector<ColumnSpec>{
                  {"town", Type::kText}, {"subject", Type::kInteger}, {"mean", Type::kReal}}));
}

TEST(Plan, RefusesUnknownParts) {
    EXPECT_EQ(reason(scan_of("town")), "plan.unknown_column");
    Plan plan = scan_of("city");
    plan.table = "visit";
    EXPECT_EQ(reason(plan), "plan.unknown_table");
    plan = scan_of("city");
    plan.columns[0].column.side = Side::kRight;
    EXPECT_EQ(reason(plan), "plan.unknown_column");
    EXPECT_EQ(reason(filtered(is_null({"town"}))), "plan.unknown_column");
    EXPECT_EQ(reason(group_with({Function::kSum, {"town"}, "n"})), "plan.unknown_column");
    EXPECT_EQ(reason(group_with({Function::kSum, {}, "n"})), "plan.unknown_column");
}

TEST(Plan, RefusesWrongTypes) {
    const auto compared = [](const std::string& column, Value value) {
        return reason(filtered(compare({column}, Comparison::kEqual, std::move(value))));
    };
    EXPECT_EQ(compared("city", std::string("Livigno")), "ok");
    EXPECT_EQ(compared("city", std::int64_t{1}), "plan.type_mismatch");
    EXPECT_EQ(compared("city", Null{}), "plan.type_mismatch");
    EXPECT_EQ(compared("spent", 1.5), "plan.type_mismatch");
    EXPECT_EQ(compared("at", std::int64_t{5}), "plan.type_mismatch");
    EXPECT_EQ(compared("member", true), "ok");
    EXPECT_EQ(reason(filtered(compare({"member"}, Comparison::kLess, true))), "plan.bad_filter");
    EXPECT_EQ(reason(group_with({Function::kSum, {"city"}, "n"})), "plan.type_mismatch");
    EXPECT_EQ(reason(group_with({Function::kAverage, {"at"}, "n"})), "plan.type_mismatch");
    EXPECT_EQ(reason(group_with({Function::kMin, {"member"}, "n"})), "plan.type_mismatch");
}

TEST(Plan, RefusesBadJoins) {
    Plan plan = scan_of("city");
    plan.join = Join{"cities", {}};
    EXPECT_EQ(reason(plan), "plan.bad_join");
    plan.join = Join{"cities", {{"city", "people"}}};
    EXPECT_EQ(reason(plan), "plan.type_mismatch");
    plan.join = Join{"cities", {{"city", "town"}}};
    EXPECT_EQ(reason(plan), "plan.unknown_column");
    plan.join = Join{"towns", {{"city", "city"}}};
    EXPECT_EQ(reason(plan), "plan.unknown_table");
    plan.join = Join{"cities", {{"city", "city"}}};
    EXPECT_EQ(reason(plan), "ok");
}

TEST(Plan, RefusesBadAnswers) {
    Plan plan = scan_of("city");
    plan.columns = {};
    EXPECT_EQ(reason(plan), "plan.no_output");
    plan.columns = {{{"city"}}, {{"city"}}};
    EXPECT_EQ(reason(plan), "plan.bad_output");
    plan.columns = {{{"city"}, "a b"}};
    EXPECT_EQ(reason(plan), "plan.bad_output");
    plan.columns = std::vector<Output>(kMaxOutputs + 1, Output{{"city"}});
    EXPECT_EQ(reason(plan), "plan.too_large");
    plan = scan_of("city");
    plan.aggregates = {{Function::kCount, {}, "n"}};
    EXPECT_EQ(reason(plan), "plan.bad_output");
}

TEST(Plan, RefusesUnclearOrder) {
    Plan plan = scan_of("city");
    plan.limit = 10;
    EXPECT_EQ(reason(plan), "plan.limit_without_order");
    plan.order = {{"town"}};
    EXPECT_EQ(reason(plan), "plan.unknown_column");
    plan.order = {{"city"}, {"city", Direction::kDown}};
    EXPECT_EQ(reason(plan), "plan.bad_order");
    plan.order = {{"city"}};
    EXPECT_EQ(reason(plan), "ok");
    plan.limit = kMaxResultRows + 1;
    EXPECT_EQ(reason(plan), "plan.too_large");
    plan.limit = 10;
    plan.ordering = Ordering::kAny;
    EXPECT_EQ(reason(plan), "plan.bad_order");
}

TEST(Plan, RefusesOversizedFilters) {
    Filter deep = is_null({"city"});
    for (std::size_t i = 0; i < kMaxFilterDepth; ++i)
        deep = negate(deep);
    EXPECT_EQ(reason(filtered(deep)), "plan.too_large");
    EXPECT_EQ(reason(filtered(any_of(std::vector<Filter>(kMaxFilterNodes, is_null({"city"}))))),
              "plan.too_large");
    EXPECT_EQ(reason(filtered(
                  one_of({"spent"}, std::vector<Value>(kMaxListValues + 1, std::int64_t{7})))),
              "plan.too_large");
    Filter broken = negate(is_null({"city"}));
    broken.children.clear();
    EXPECT_EQ(reason(filtered(broken)), "plan.bad_filter");
}

}  // namespace
}  // namespace altis::warehouse
