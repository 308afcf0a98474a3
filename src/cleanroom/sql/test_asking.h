// Asks a statement of two neighbouring rooms and compares everything that an analyst could see but
// for the noise.
#pragma once

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "cleanroom/sql/run.h"
#include "cleanroom/sql/test_room.h"

namespace altis::cleanroom::sql {

struct Counted {
    Question question;
    std::vector<std::vector<std::string>> names;  // by label
    Exact exact;
};

inline Result<Counted> ask(const std::string& statement, const TestRoom& room, const Bounds& bounds,
                           const Worker& worker) {
    const auto schemas = room.schemas();
    TRY(Question question, question_of(statement, schemas, bounds, worker));
    const auto tables = room.tables();
    TRY(const ComputedTables computed, compute_columns(question, tables, worker));
    std::vector<const Schema*> counted;
    for (const TableData* table : computed.tables)
        counted.push_back(&table->schema);
    TRY_VOID(check_plan(question.plan.plan, counted));
    Counted result{std::move(question), {}, {}};
    for (const Label& label : result.question.plan.plan.labels)
        result.names.push_back(value_names(label, counted));
    result.exact = count(result.question.plan.plan, computed.tables);
    return result;
}

inline std::int64_t distance(const std::vector<std::int64_t>& a,
                             const std::vector<std::int64_t>& b) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += std::abs(a[i] - b[i]);
    return sum;
}

// One person moves the counts by no more than the plan says.
inline void expect_within_bounds(const Counted& counted, const Counted& other) {
    EXPECT_EQ(counted.names, other.names);
    const Plan& plan = counted.question.plan.plan;
    EXPECT_LE(distance(counted.exact.persons, other.exact.persons), persons_sensitivity(plan).l1);
    for (std::size_t i = 0; i < plan.sums.size(); ++i) {
        EXPECT_LE(distance(counted.exact.sums[i], other.exact.sums[i]),
                  sum_sensitivity(plan, plan.sums[i]).l1);
    }
}

// Refusals are the same in both rooms, and are refusals: no statement fails while it runs.
inline void expect_alike(const Result<Counted>& counted, const Result<Counted>& other) {
    ASSERT_EQ(counted.has_value(), other.has_value());
    if (counted) return expect_within_bounds(*counted, *other);
    EXPECT_EQ(counted.error().message, other.error().message);
    EXPECT_EQ(counted.error().reason, other.error().reason);
    EXPECT_NE(counted.error().reason, "rooms.sql_failed");
}

}  // namespace altis::cleanroom::sql
