// A question while it is made.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cleanroom/sql/expression.h"
#include "cleanroom/sql/question.h"
#include "cleanroom/sql/scope.h"

namespace altis::cleanroom::sql {

// A condition with the input whose rows it looks at.
struct PlacedCondition {
    std::size_t input = 0;
    Condition condition;
};

class Draft {
  public:
    Draft(const Scope& scope, Question& question) : scope_(scope), question_(question) {}

    const Scope& scope() const { return scope_; }
    Question& question() { return question_; }
    const Question& question() const { return question_; }
    std::span<const ColumnRead> columns() const { return columns_; }

    // Resolves a column and notes that it is read. Empty when the expression is no column.
    Result<std::optional<ColumnRef>> column(const Expression& expression);

    // Adds a computed column, or finds the same one; gives its index among the input's dimensions
    // or measures. `writer` wrote its expression. Fails when it reads no column, or there are too
    // many.
    Result<std::size_t> add(Computed computed, const ExpressionWriter& writer);

    // A measure that is 1 in every row.
    std::size_t add_one(std::size_t input);

    // The condition that one conjunct of WHERE, ON or FILTER states: on codes and bounds where the
    // plan can say it, else on a column that is computed for it.
    Result<PlacedCondition> condition(const Expression& expression);

  private:
    Result<std::optional<PlacedCondition>> plain_condition(const Expression& expression);
    Result<std::optional<PlacedCondition>> on_dimension(const Expression& call,
                                                        const ColumnRef& ref) const;
    std::optional<PlacedCondition> on_measure(const Expression& call, const ColumnRef& ref) const;
    Result<std::optional<PlacedCondition>> on_moment(const Expression& call,
                                                     const ColumnRef& ref) const;
    std::size_t place(Computed& computed) const;
    void note(const ColumnRef& ref);

    const Scope& scope_;
    Question& question_;
    std::vector<ColumnRead> columns_;
};

// The parts of a conjunction; of anything else itself.
std::vector<Expression> conjuncts(const std::vector<Expression>& expressions);

// How many combinations of values these columns have, private dimensions counted with all that they
// may have; empty when one is no dimension, or there are more than kMaxTuples.
std::optional<std::size_t> tuples_of(const std::vector<ColumnRef>& reads, const Schema& schema);

}  // namespace altis::cleanroom::sql
