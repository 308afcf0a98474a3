// The rules of the sports, as data, and what they say about a set of result lines.
#pragma once

#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "results/model.h"
#include "results/rsc.h"

namespace altis::results {

// Reads a published result as an exact number: "226.79", "+0.12", or a time "1:00.05", "2:01:15.3"
// in seconds. Amounts below 10,000,000. Fails with "results.value_malformed".
Result<Decimal> parse_result_value(std::string_view text);

// Recomputes totals wherever the rule of the unit's discipline names their parts, in exact
// decimals. A line that lacks a part is not checked. Fails with "results.total_mismatch" (names
// competitor and both numbers) or "results.value_malformed".
Result<void> verify_totals(const Rsc& unit, const std::vector<ResultLine>& lines);

// Compares the ranks with the results. The published rank stays authoritative: equal displayed
// values may have different ranks. Gives "results.rank_order" where a better rank has a worse
// value, and "results.rank_not_skipped" where the rank behind a tie is too small.
std::vector<Warning> check_ranks(const Rsc& unit, const std::vector<ResultLine>& lines);

}  // namespace altis::results
