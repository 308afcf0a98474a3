// The rules of the sports as data: which result is better, how it is rounded, who ranks ahead of
// whom, what a mark such as DNF means. A rule set is a JSON document of entries; README.md beside
// this file describes the form, default_rules.cpp holds the one that is built in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "codec/json.h"
#include "results/rsc.h"

namespace altis::results {

constexpr std::size_t kMaxRulesBytes = 256U << 10;  // of a rule set's JSON text
constexpr std::size_t kMaxRuleEntries = 500;        // of a rule set
constexpr std::size_t kMaxRuleItems = 100;          // marks, result types or sums of one entry
constexpr std::size_t kMaxSumParts = 20;            // that one sum adds, or takes off
constexpr std::size_t kMaxRuleTextBytes = 40;       // a name in a rule: a mark, a type, a code
constexpr std::int64_t kMaxRulesVersion = 1'000'000'000;

enum class Better : std::uint8_t { kHigher, kLower };
constexpr std::array<std::string_view, 2> kBetterNames = {"higher", "lower"};

// What decides between two results.
enum class Ranking : std::uint8_t {
    kValue,     // the result itself
    kAttempts,  // the best attempt, then the second best, and so on (jumps and throws)
    kHeights,   // the height, then failures at it, then all failures up to it (vertical jumps)
    kPanel,     // the points of a panel of judges
    kMatch,     // who beat whom: results say nothing about ranks
};
constexpr std::array<std::string_view, 5> kRankingNames = {"value", "attempts", "heights", "panel",
                                                           "match"};

// What happens when that does not decide. Behind a shared rank the next ones are always skipped.
enum class Ties : std::uint8_t {
    kShare,
    kDoubleBronze,  // no tie, but the rule: ranks 3, 3, 5, 5
    kBreak,         // parts of the result decide: UnitRules::tie_breaks
};
constexpr std::array<std::string_view, 3> kTiesNames = {"share", "double_bronze", "break"};

// Whether those behind a disqualified competitor move up.
enum class AfterDsq : std::uint8_t { kClose, kKeep };
constexpr std::array<std::string_view, 2> kAfterDsqNames = {"close", "keep"};

constexpr std::array<std::string_view, 3> kRoundingNames = {"half_up", "truncate", "up"};

// What a mark says, whatever a discipline spells it like.
enum class MarkMeaning : std::uint8_t {
    kDidNotStart,
    kDidNotFinish,
    kDisqualified,
    kStruckOut,  // disqualified for behaviour; the result is taken out of the lists
    kRetired,
    kWithdrawn,
    kNoMark,
    kLapped,
    kEliminated,
    kRelegated,
    kOverTime,
    kPenalised,
    kRedress,
    kWalkover,
    kForfeited,
    kInjured,
    kFalseStart,
    kFell,
    kUnderWeight,
    kOvertaken,
    kNotPermitted,
    kPending,
};
constexpr std::array<std::string_view, 22> kMarkMeaningNames = {
    "did_not_start", "did_not_finish", "disqualified",  "struck_out", "retired",     "withdrawn",
    "no_mark",       "lapped",         "eliminated",    "relegated",  "over_time",   "penalised",
    "redress",       "walkover",       "forfeited",     "injured",    "false_start", "fell",
    "under_weight",  "overtaken",      "not_permitted", "pending"};

// Names an extended value: "ER/SHORT" is type ER, code SHORT.
struct PartName {
    std::string type;
    std::string code;
    friend bool operator==(const PartName&, const PartName&) = default;
};

// Results of one type (TIME, DISTANCE, POINTS ...).
struct ValueRule {
    std::string type;
    Better better = Better::kHigher;
    std::optional<int> digits;  // at most so many behind the point
    Rounding rounding = Rounding::kHalfUp;
};

struct Mark {
    std::string spelling;
    MarkMeaning means = MarkMeaning::kDidNotFinish;
    int order = 0;          // lists go by it, behind everybody without a mark
    bool may_rank = false;  // a rank beside the mark is no contradiction
};

// The sum of some parts, minus others, is the result.
struct SumRule {
    std::vector<PartName> plus;
    std::vector<PartName> minus;
};

// At every position the parts so far add up to the running value: sections and intermediate times.
struct RunningRule {
    PartName parts;
    PartName sums;
};

// A part that decides between equal results, where all of them have it.
struct TieBreak {
    PartName part;
    Better better = Better::kHigher;
};

// What must hold beside a result so that it can be a record, e.g. the wind. A value over `max`
// makes it none; one that is missing is left for people to find out.
struct RecordCondition {
    PartName part;
    std::optional<Decimal> max;  // none: the value is kept with the record and forbids nothing
};

// How a panel's scores become one.
struct PanelRule {
    int drop = 1;    // leave out so many of the highest and of the lowest
    int digits = 2;  // of the mean and of its product with a factor
    Rounding rounding = Rounding::kHalfUp;
};

// Which of the editions in the store hold the competitions of a season: all of them, says whoever
// sets the rules. What is best of a season is said by this and the results (messages/claims.h).
struct SeasonRule {
    std::int64_t from = 0;              // its first day, in days since 1970-01-01
    std::vector<std::string> editions;  // beside the one that the rules are of
};

// All rules that hold for one unit.
struct UnitRules {
    Ranking ranking = Ranking::kValue;
    Ties ties = Ties::kShare;
    AfterDsq after_dsq = AfterDsq::kClose;
    std::vector<TieBreak> tie_breaks;  // the first that differs decides
    std::vector<ValueRule> values;
    std::vector<Mark> marks;
    std::vector<SumRule> totals;
    std::vector<RunningRule> running;
    std::optional<PartName> attempts;
    std::vector<RecordCondition> record_conditions;
    PanelRule panel;
    std::optional<SeasonRule> season;

    const ValueRule* value(std::string_view result_type) const;
    const Mark* mark(std::string_view spelling) const;
};

// One entry: for which units, and what it says about them. Lists that it does not have are empty.
struct RuleEntry {
    std::string pattern;  // a beginning of the RSC, '?' for any character; empty for every unit
    std::string phase;    // of the RSC; empty for every phase
    std::optional<Ranking> ranking;
    std::optional<Ties> ties;
    std::optional<AfterDsq> after_dsq;
    std::vector<TieBreak> tie_breaks;
    std::vector<ValueRule> values;
    std::vector<Mark> marks;
    std::vector<SumRule> totals;
    std::vector<RunningRule> running;
    std::optional<PartName> attempts;
    std::vector<RecordCondition> record_conditions;
    std::optional<PanelRule> panel;
    std::optional<SeasonRule> season;

    bool fits(const Rsc& unit) const;
};

// Immutable after it was parsed.
class RuleSet {
  public:
    // Fails with "results.rules_malformed", naming the place by its JSON pointer, or with
    // "results.rules_too_large".
    static Result<RuleSet> parse(std::string_view json);

    std::int64_t version() const { return version_; }
    const std::vector<RuleEntry>& entries() const { return entries_; }

    // The entries that fit, one over the other: what a later one names replaces what came before,
    // marks by spelling and values by result type.
    UnitRules for_unit(const Rsc& unit) const;

  private:
    static Result<RuleSet> read(const codec::Json& document);

    std::int64_t version_ = 0;
    std::vector<RuleEntry> entries_;
};

// The rule set that is built in; its version is 0.
const RuleSet& default_rules();
std::string_view default_rules_text();

}  // namespace altis::results
