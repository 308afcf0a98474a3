#include "results/scoring/rule_set.h"

#include <algorithm>

namespace altis::results {
namespace {

// Puts `items` over `known`: those of the same key are replaced.
template <class Item>
void overlay(std::vector<Item>& known, const std::vector<Item>& items, std::string Item::* key) {
    known.reserve(known.size() + items.size());
    for (const Item& item : items) {
        const auto same = std::ranges::find(known, item.*key, key);
        if (same == known.end()) {
            known.push_back(item);
        } else {
            *same = item;
        }
    }
}

template <class Value>
void overlay(Value& known, const std::optional<Value>& value) {
    if (value) known = *value;
}

template <class Item>
void replace(std::vector<Item>& known, const std::vector<Item>& items) {
    if (!items.empty()) known = items;
}

}  // namespace

const ValueRule* UnitRules::value(std::string_view result_type) const {
    const auto found = std::ranges::find(values, result_type, &ValueRule::type);
    return found == values.end() ? nullptr : &*found;
}

const Mark* UnitRules::mark(std::string_view spelling) const {
    const auto found = std::ranges::find(marks, spelling, &Mark::spelling);
    return found == marks.end() ? nullptr : &*found;
}

bool RuleEntry::fits(const Rsc& unit) const {
    const std::string_view code = unit.text();
    if (!phase.empty() && phase != unit.phase()) return false;
    return pattern.size() <= code.size() &&
           std::equal(pattern.begin(), pattern.end(), code.begin(),
                      [](char wanted, char c) { return wanted == '?' || wanted == c; });
}

UnitRules RuleSet::for_unit(const Rsc& unit) const {
    UnitRules rules;
    for (const RuleEntry& entry : entries_) {
        if (!entry.fits(unit)) continue;
        overlay(rules.ranking, entry.ranking);
        overlay(rules.ties, entry.ties);
        overlay(rules.after_dsq, entry.after_dsq);
        overlay(rules.panel, entry.panel);
        if (entry.attempts) rules.attempts = entry.attempts;
        if (entry.season) rules.season = entry.season;
        overlay(rules.values, entry.values, &ValueRule::type);
        overlay(rules.marks, entry.marks, &Mark::spelling);
        replace(rules.tie_breaks, entry.tie_breaks);
        replace(rules.totals, entry.totals);
        replace(rules.running, entry.running);
        replace(rules.record_conditions, entry.record_conditions);
    }
    return rules;
}

}  // namespace altis::results
