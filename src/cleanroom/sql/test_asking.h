// Asks a statement of two neighbouring rooms and compares everything that an analyst could see but
// for the noise.
#pragma once

#include <cstdlib>
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

// What tells the two rooms apart, beyond what the plan allows one person to change; empty: nothing.
// Refusals must be the same in both and must be refusals: no statement fails while it runs.
inline std::string difference(const Result<Counted>& counted, const Result<Counted>& other) {
    if (counted.has_value() != other.has_value()) return "answered in one room alone";
    if (!counted) {
        if (counted.error().message != other.error().message) return "refused in other words";
        return counted.error().reason == "rooms.sql_failed" ? "it failed while it ran" : "";
    }
    if (counted->names != other->names) return "other groups";
    const Plan& plan = counted->question.plan.plan;
    const Exact& a = counted->exact;
    const Exact& b = other->exact;
    if (distance(a.persons, b.persons) > persons_sensitivity(plan).l1) return "persons moved";
    for (std::size_t i = 0; i < plan.sums.size(); ++i) {
        if (distance(a.sums[i], b.sums[i]) > sum_sensitivity(plan, plan.sums[i]).l1) {
            return "a sum moved";
        }
    }
    return {};
}

}  // namespace altis::cleanroom::sql
