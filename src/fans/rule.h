// The rule language of cohorts and segments: one line of text that says who belongs.
//
//   rule       = all { "or" all }
//   all        = one { "and" one }
//   one        = "not" one | "(" rule ")" | comparison
//   comparison = sum [ ( ">=" | ">" | "<=" | "<" | "=" | "!=" ) sum ]      a sum alone means "> 0"
//              | ( "area" | "language" | "zone" ) ( "=" | "!=" ) text
//              | "in" "(" text ")"                                 who is in a cohort or segment
//   sum        = product { "+" product }
//   product    = [ integer "*" ] measure | number
//   measure    = dwell(kind) | views(kind) | watched(sport) | shares() | sessions() | active_days()
//              | bought(category [, sport]) | spent(category [, currency])
//              | attended(sport) | opened() | orders() | follows(athlete)
//              | follows_sport(sport) | score(id)
//   text       = '"' characters other than '"' '"'; inside a measure also a bare word
//   [A-Za-z0-9_.-]
//
// Units: dwell in milliseconds, spent in the currency's own units ("50.00", USD unless named),
// scores in parts per million, the others in pieces. One comparison holds measures of one unit (and
// one currency) only. For example:
//
//   bought(ticket, volleyball) >= 1 and spent(merchandise) >= 50.00 and area = "los-angeles"
//
// `in` belongs to questions; a definition does not depend on other definitions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fans/features.h"

namespace altis::fans {

constexpr std::size_t kMaxRuleBytes = 4096;
constexpr std::size_t kMaxPredicates = 64;  // comparisons in one rule
constexpr int kMaxRuleDepth = 24;           // levels of parentheses and "not"
constexpr std::int64_t kMaxCoefficient = 1'000'000;

enum class Comparator : std::uint8_t { kAtLeast, kAbove, kAtMost, kBelow, kEqual, kUnequal };
constexpr std::string_view kComparatorSigns[] = {">=", ">", "<=", "<", "=", "!="};

bool compare(Comparator comparator, std::int64_t left, std::int64_t right);

// coefficient * value of a feature.
struct Term {
    std::int64_t coefficient = 1;
    Measure measure = Measure::kDwell;
    std::string first;
    std::string second;
};

// Sum of terms plus a constant, in the smallest unit.
struct Sum {
    std::vector<Term> terms;
    std::int64_t constant = 0;
};

// One comparison: of sums, of a remembered text (`measure` is_text), or membership.
struct Predicate {
    std::string text;  // as written, white space made single
    Comparator comparator = Comparator::kAbove;
    Sum left;
    Sum right;
    Measure measure = Measure::kDwell;
    std::string expected;
    std::string segment;  // in(segment); else empty

    bool is_text() const { return fans::is_text(measure); }
};

// A step of a rule in postfix order.
struct Step {
    enum class Kind : std::uint8_t { kPredicate, kAnd, kOr, kNot };
    Kind kind = Kind::kPredicate;
    std::uint32_t predicate = 0;
};

// A rule, ready to be evaluated.
struct Rule {
    std::string text;
    std::vector<Predicate> predicates;
    std::vector<Step> steps;

    // `truth(i)` tells whether predicate i holds.
    template <class Truth>
    bool evaluate(const Truth& truth) const;
};

// The term of a measure with these arguments. Fails with "fans.rule_malformed", saying how to write
// it.
Result<Term> make_term(std::string_view measure, std::vector<std::string> arguments);

// Fails with "fans.rule_malformed"; the message names the column, counted from 1, and the remedy.
Result<Rule> parse_rule(std::string_view text);

template <class Truth>
bool Rule::evaluate(const Truth& truth) const {
    std::uint64_t stack = 0;  // one bit per open operand, the newest lowest
    for (const Step& step : steps) {
        const std::uint64_t top = stack & 1U;
        const std::uint64_t below = stack >> 1;
        switch (step.kind) {
            case Step::Kind::kPredicate:
                stack = (stack << 1) | (truth(step.predicate) ? 1U : 0U);
                break;
            case Step::Kind::kNot:
                stack ^= 1U;
                break;
            case Step::Kind::kAnd:
                stack = (below & ~std::uint64_t{1}) | (below & top);
                break;
            case Step::Kind::kOr:
                stack = below | top;
                break;
        }
    }
    return (stack & 1U) != 0;
}

}  // namespace altis::fans
