// Points of a panel of judges, as in figure skating, in exact decimals and in the rule's order of
// rounding: rounding once at the end is wrong in half of all real performances.
#pragma once

#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "codec/json.h"
#include "results/scoring/rule_set.h"

namespace altis::results {

constexpr std::size_t kMaxPanelScores = 100;      // of one component
constexpr std::size_t kMaxPanelItems = 1'000;     // elements, or components, of one performance
constexpr int kMaxPanelPoints = 10'000;           // each score, base value and factor is below
constexpr std::size_t kMaxSheetBytes = 1U << 20;  // of a score sheet

struct PanelElement {
    Decimal base;
    Decimal grade;  // of execution, as the panel gave it
};

struct Component {
    std::vector<Decimal> scores;  // a score of 0 is an absent judge
    Decimal factor;
};

struct ScoreSheet {
    std::vector<PanelElement> elements;
    std::vector<Component> components;
    Decimal deductions;  // what is taken off, not negative
};

struct PanelScore {
    std::vector<Decimal> element_scores;    // base value and grade together
    std::vector<Decimal> component_scores;  // means of the panel, before the factor
    Decimal elements;
    Decimal components;
    Decimal total;
};

// The mean of the scores without those of absent judges and without the highest and lowest, rounded
// once. Fails with "results.panel_malformed" when none is left or one is out of range.
Result<Decimal> panel_mean(const PanelRule& rule, std::vector<Decimal> scores);

// Elements: base value and grade. Components: each mean times its factor, rounded, added up. The
// total is both less the deductions. Fails with "results.panel_malformed".
Result<PanelScore> score_panel(const PanelRule& rule, const ScoreSheet& sheet);

// {"elements": [{"base": "5.6", "grade": "0.77"}], "deductions": "1.00",
//  "components": [{"factor": "1.2", "scores": ["7.50", ...]}]}; numbers are texts, so they stay
// exact. Fails with "results.panel_malformed".
Result<ScoreSheet> read_sheet(std::string_view json);
codec::Json to_json(const PanelScore& score);

}  // namespace altis::results
