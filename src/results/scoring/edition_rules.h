// Which rule set holds for which edition: the built-in one until its owner sets another.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/json.h"
#include "results/scoring/rule_set.h"

namespace altis::results {

namespace records {
// Payload: {"edition": ..., "rules": the document}. Topic: the edition.
constexpr std::string_view kRulesSet = "results.rules_set";
}  // namespace records

// Part of the results book's state.
class EditionRules {
  public:
    const RuleSet& in_force(std::string_view edition) const;
    // The document of it, as JSON text that `check` accepts with a higher version.
    std::string_view document(std::string_view edition) const;

    // The document's canonical text, when it may replace what is in force; empty when it is in
    // force already. Fails with "results.rules_stale" (its version is not higher) or the reasons
    // of RuleSet::parse.
    Result<std::string> check(std::string_view edition, const codec::Json& document) const;

    // Of a payload that a decision wrote.
    Result<void> apply(std::string_view payload);
    void save(ByteWriter& out) const;
    Result<void> load(ByteReader& in);

  private:
    struct Stored {
        std::string text;
        RuleSet rules;
    };
    std::map<std::string, Stored, std::less<>> by_edition_;
};

}  // namespace altis::results
