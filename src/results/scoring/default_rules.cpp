// The rule set that is built in. Owners of an edition may replace it (`altis results rules`).
// Raw text: the same reader takes it that takes an owner's.
#include "base/assert.h"
#include "results/scoring/rule_set.h"

namespace altis::results {
namespace {

constexpr std::string_view kDefaultRules = R"json(
{
"version": 0,
"rules": [
{"for": "*", "ranking": "value", "ties": "share", "after_dsq": "close",
 "values": {
  "TIME": {"better": "lower"},
  "STROKES": {"better": "lower"},
  "DISTANCE": {"better": "higher"},
  "WEIGHT": {"better": "higher"},
  "PERCENT": {"better": "higher"}},
 "marks": {
  "OTL": {"means": "over_time", "order": 5, "may_rank": true},
  "LAP": {"means": "lapped", "order": 10, "may_rank": true},
  "OVL": {"means": "lapped", "order": 10, "may_rank": true},
  "NM": {"means": "no_mark", "order": 20},
  "NH": {"means": "no_mark", "order": 20},
  "JNS": {"means": "no_mark", "order": 20},
  "Fall": {"means": "fell", "order": 25, "may_rank": true},
  "FS": {"means": "false_start", "order": 26, "may_rank": true},
  "BUW": {"means": "under_weight", "order": 27, "may_rank": true},
  "REL": {"means": "relegated", "order": 28, "may_rank": true},
  "LOT": {"means": "overtaken", "order": 29, "may_rank": true},
  "WOT": {"means": "overtaken", "order": 0, "may_rank": true},
  "DNF": {"means": "did_not_finish", "order": 30, "may_rank": true},
  "ABD": {"means": "did_not_finish", "order": 30},
  "RET": {"means": "retired", "order": 32, "may_rank": true},
  "RT": {"means": "retired", "order": 32},
  "INJ": {"means": "injured", "order": 33, "may_rank": true},
  "EL": {"means": "eliminated", "order": 34},
  "DEF": {"means": "forfeited", "order": 36},
  "FORFEIT": {"means": "forfeited", "order": 36},
  "FORFEIT_2": {"means": "forfeited", "order": 36},
  "W/O": {"means": "walkover", "order": 38, "may_rank": true},
  "WO": {"means": "walkover", "order": 38, "may_rank": true},
  "DNS": {"means": "did_not_start", "order": 40, "may_rank": true},
  "NS": {"means": "did_not_start", "order": 40},
  "NPS": {"means": "not_permitted", "order": 42},
  "WD": {"means": "withdrawn", "order": 44},
  "WDN": {"means": "withdrawn", "order": 44},
  "WDR": {"means": "withdrawn", "order": 44},
  "DDW": {"means": "withdrawn", "order": 44},
  "EXC": {"means": "disqualified", "order": 50},
  "SUS": {"means": "not_permitted", "order": 48},
  "DSQ": {"means": "disqualified", "order": 50},
  "DQ": {"means": "disqualified", "order": 50},
  "DDQ": {"means": "disqualified", "order": 50},
  "DSQ-R": {"means": "disqualified", "order": 50},
  "DQIC": {"means": "disqualified", "order": 50},
  "DQB": {"means": "struck_out", "order": 60}}},

{"for": "ARC", "values": {"POINTS": {"better": "higher"}}},
{"for": "ALP", "values": {"TIME": {"better": "lower", "digits": 2, "rounding": "truncate"}}},
{"for": "ATH", "values": {
  "TIME": {"better": "lower", "digits": 2, "rounding": "up"},
  "DISTANCE": {"better": "higher", "digits": 2, "rounding": "truncate"},
  "POINTS": {"better": "higher"}}},
{"for": "ATH?LJ", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?TJ", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?SP", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?DT", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?100M",
 "record_conditions": [{"part": "ER/WIND", "max": "2.0"}, {"part": "ER/ALTITUDE"}]},
{"for": "ATH?110MH",
 "record_conditions": [{"part": "ER/WIND", "max": "2.0"}, {"part": "ER/ALTITUDE"}]},
{"for": "ATH?200M",
 "record_conditions": [{"part": "ER/WIND", "max": "2.0"}, {"part": "ER/ALTITUDE"}]},
{"for": "ATH?LJ",
 "record_conditions": [{"part": "ER/WIND", "max": "2.0"}, {"part": "ER/ALTITUDE"}]},
{"for": "ATH?TJ",
 "record_conditions": [{"part": "ER/WIND", "max": "2.0"}, {"part": "ER/ALTITUDE"}]},
{"for": "ATH?HT", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?JT", "ranking": "attempts", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?HJ", "ranking": "heights", "attempts": "PROGRESS/ATTEMPT"},
{"for": "ATH?PV", "ranking": "heights", "attempts": "PROGRESS/ATTEMPT"},
{"for": "BMF", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "BOB", "values": {"TIME": {"better": "lower", "digits": 2, "rounding": "truncate"}},
 "running": [{"parts": "PROGRESS/SECTION", "sums": "PROGRESS/INTERMEDIATE"}]},
{"for": "BOX", "ranking": "match", "ties": "double_bronze"},
{"for": "CLB", "values": {"POINTS": {"better": "higher"}}},
{"for": "CSL", "marks": {"DSQ-R": {"means": "penalised", "order": 28, "may_rank": true}}},
{"for": "CTR", "values": {"POINTS": {"better": "higher"}}},
{"for": "DIV", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "EQU", "values": {"POINTS": {"better": "lower"}}},
{"for": "FSK", "ranking": "panel",
 "values": {"POINTS": {"better": "higher", "digits": 2, "rounding": "half_up"}},
 "panel": {"drop": 1, "digits": 2, "rounding": "half_up"}},
{"for": "FSK", "phase": "QUAL",
 "totals": [{"plus": ["ER/ELEMENTS", "ER/COMPONENTS"], "minus": ["ER/DEDUCTIONS"]}],
 "ties": "break",
 "tie_break": [{"part": "ER/ELEMENTS", "better": "higher"}]},
{"for": "FSK", "phase": "FNL", "ties": "break",
 "tie_break": [{"part": "ER/FREE", "better": "higher"},
               {"part": "ER/COMPONENTS", "better": "higher"}],
 "totals": [{"plus": ["ER/SHORT", "ER/FREE"]},
            {"plus": ["ER/ELEMENTS", "ER/COMPONENTS"], "minus": ["ER/DEDUCTIONS"]}]},
{"for": "GAR", "ranking": "panel", "values": {
  "POINTS": {"better": "higher", "digits": 3, "rounding": "truncate"}}},
{"for": "GTR", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "JUD", "ranking": "match", "ties": "double_bronze"},
{"for": "LUG", "values": {"TIME": {"better": "lower", "digits": 3, "rounding": "truncate"}}},
{"for": "MPN", "values": {"POINTS": {"better": "higher"}}},
{"for": "SAL", "values": {
  "POINTS": {"better": "lower"},
  "IRM_POINTS": {"better": "lower"}},
 "marks": {
  "RDG": {"means": "redress", "order": 1, "may_rank": true},
  "DPI": {"means": "penalised", "order": 2, "may_rank": true},
  "SCP": {"means": "penalised", "order": 2, "may_rank": true},
  "STP": {"means": "penalised", "order": 2, "may_rank": true},
  "ZFP": {"means": "penalised", "order": 2, "may_rank": true},
  "DNC": {"means": "did_not_start", "order": 45},
  "OCS": {"means": "false_start", "order": 46},
  "BFD": {"means": "disqualified", "order": 50},
  "UFD": {"means": "disqualified", "order": 50},
  "DNE": {"means": "disqualified", "order": 55},
  "DGM": {"means": "struck_out", "order": 60}}},
{"for": "SHO", "values": {
  "POINTS": {"better": "higher"},
  "IRM_POINTS": {"better": "higher"}}},
{"for": "SKB", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "SRF", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "STK", "marks": {
  "PEN": {"means": "penalised", "order": 50},
  "YC": {"means": "penalised", "order": 52},
  "RC": {"means": "struck_out", "order": 60}}},
{"for": "SWA", "ranking": "panel", "values": {"POINTS": {"better": "higher"}}},
{"for": "SWM", "values": {"TIME": {"better": "lower", "digits": 2, "rounding": "truncate"}},
 "marks": {"pd": {"means": "pending", "order": 48, "may_rank": true}}},
{"for": "TKW", "ranking": "match", "ties": "double_bronze"},
{"for": "WRE", "ranking": "match", "ties": "double_bronze"}
]})json";

}  // namespace

std::string_view default_rules_text() {
    return kDefaultRules;
}

const RuleSet& default_rules() {
    static const RuleSet rules = [] {
        auto parsed = RuleSet::parse(kDefaultRules);
        ALTIS_ASSERT(parsed.has_value());
        return *std::move(parsed);
    }();
    return rules;
}

}  // namespace altis::results
