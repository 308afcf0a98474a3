// How many fans a Boolean expression over sets of fans selects: exactly, and without making a set.
#pragma once

#include <cstdint>
#include <vector>

#include "fans/fan_set.h"

namespace altis::fans {

// Built in postfix order: operands are pushed, operators take the newest ones. Sets are borrowed
// and must outlive it. Not for two threads at once.
class SetExpression {
  public:
    void push(const FanSet& set);
    void negate();     // the newest operand
    void intersect();  // the two newest
    void unite();      // the two newest

    // How many of `all` fans are selected; every set holds some of these. One operand must be left.
    // Takes about a pass over the sets' memory, which stays in the processor's caches in between.
    std::uint64_t size(std::uint64_t all) const;

  private:
    // What is done with a block of each of the two newest operands.
    enum class Step : std::uint8_t { kPush, kBoth, kEither, kFirstOnly, kSecondOnly };

    struct Evaluation;

    std::vector<const FanSet*> sets_;  // in the order of the kPush steps
    std::vector<Step> steps_;
    // Complements are never made: operators are chosen such that only the result may be one.
    std::vector<bool> negated_;
};

}  // namespace altis::fans
