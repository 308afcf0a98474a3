// Who is ahead of whom. Pure functions in exact decimals.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "results/scoring/rule_set.h"

namespace altis::results {

// What a competitor is ranked by: numbers compared from the first on, the higher being the better
// (what is better when lower stands there negated), a missing one being the worst. Comparing
// vectors makes that a strict weak order by construction. Empty: nothing to rank.
using Standing = std::vector<Decimal>;

Standing standing_by_value(Decimal value, Better better);

// Jumps and throws: the best mark, then the second best, and so on. What is no number ("X", "-",
// "P") is no mark.
Standing standing_by_attempts(const std::vector<std::string>& attempts);

// One height and what was tried at it: "O", "XO", "XX-", "R"; an 'O' clears it.
struct Jump {
    Decimal height;
    std::string tries;
};
// Vertical jumps: the best height, then fewer failures at it, then fewer up to and including it.
// The jumps may come in any order.
Standing standing_by_heights(const std::vector<Jump>& jumps);

// Ranks from 1; equal standings share one, and the next ranks are skipped. 0 for the empty ones.
std::vector<int> assign_ranks(const std::vector<Standing>& standings);

// A result as the rule publishes it: cut to its digits, or as it is where it names none.
Decimal round_result(const ValueRule& rule, Decimal value);

}  // namespace altis::results
