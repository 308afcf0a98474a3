// What the rules of a sport say about the result lines of a unit, before they are published.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "results/model.h"
#include "results/scoring/rule_set.h"
#include "results/scoring/standing.h"

namespace altis::results {

// Reads a published result as an exact number: "226.79", "+0.12", or a time "1:00.05", "2:01:15.3"
// in seconds. Amounts below 10,000,000. Fails with "results.value_malformed".
Result<Decimal> parse_result_value(std::string_view text);

// Recomputes each result in exact decimals from its parts: by the first sum of the rules whose
// parts the line has, or from its attempts. A line that lacks the parts or has a mark instead of a
// result is not checked. Fails with "results.total_mismatch" (names competitor and both numbers) or
// "results.value_malformed".
Result<void> verify_totals(const UnitRules& rules, const std::vector<ResultLine>& lines);

// What each line is ranked by; empty where the rules cannot tell. Attempts count when every ranked
// line has some, else the results do; a tie break counts when every ranked line has that part.
std::vector<Standing> standings_of(const UnitRules& rules, const std::vector<ResultLine>& lines);

// Where a line belongs in a list: 0 with whoever is ranked or valid, behind them by its mark.
int list_group(const UnitRules& rules, const ResultLine& line);

// Compares the ranks with the results. The published rank stays authoritative: equal displayed
// values may have different ranks. Gives
//   "results.rank_order"        a better rank has the worse result, or a shared one another result
//   "results.rank_not_skipped"  the rank behind a tie is too small
//   "results.rank_gap"          ranks are missing though those behind move up
//   "results.fourth_rank"       a rank 4 where the rule gives two of rank 3
std::vector<Warning> check_ranks(const UnitRules& rules, const std::vector<ResultLine>& lines);

// The rest that a line can tell about itself. Gives
//   "results.mark_unknown", "results.mark_ranked" (a rank beside a mark that has none),
//   "results.mark_order" (listed ahead of who belongs before it), "results.value_digits" (more
//   digits than the rule publishes), "results.split_sum" (sections do not add up to a split)
std::vector<Warning> check_lines(const UnitRules& rules, const std::vector<ResultLine>& lines);

}  // namespace altis::results
