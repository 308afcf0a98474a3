#include "results/scoring/edition_rules.h"

#include <utility>

namespace altis::results {

const RuleSet& EditionRules::in_force(std::string_view edition) const {
    const auto found = by_edition_.find(edition);
    return found == by_edition_.end() ? default_rules() : found->second.rules;
}

std::string_view EditionRules::document(std::string_view edition) const {
    const auto found = by_edition_.find(edition);
    return found == by_edition_.end() ? default_rules_text() : found->second.text;
}

Result<std::string> EditionRules::check(std::string_view edition,
                                        const codec::Json& document) const {
    std::string text = document.to_string();
    TRY(const RuleSet rules, RuleSet::parse(text));
    const auto found = by_edition_.find(edition);
    if (found != by_edition_.end() && found->second.text == text) return std::string();
    const std::int64_t known = in_force(edition).version();
    if (rules.version() > known) return text;
    return fail(Code::kConflict, "results.rules_stale",
                "the rules of the edition have version " + std::to_string(known) +
                    "; read them, and send the change with a higher version");
}

Result<void> EditionRules::apply(std::string_view payload) {
    TRY(const codec::Json json, codec::parse_json(payload));
    std::string text = json["rules"].to_string();
    TRY(RuleSet rules, RuleSet::parse(text));
    by_edition_.insert_or_assign(std::string(json["edition"].as_string()),
                                 Stored{std::move(text), std::move(rules)});
    return {};
}

void EditionRules::save(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(by_edition_.size()));
    for (const auto& [edition, stored] : by_edition_) {
        out.put_text(edition);
        out.put_text(stored.text);
    }
}

Result<void> EditionRules::load(ByteReader& in) {
    by_edition_.clear();
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        const std::string edition(in.get_text());
        std::string text(in.get_text());
        if (!in.ok()) break;  // said by the book
        TRY(RuleSet rules, RuleSet::parse(text));
        by_edition_.insert_or_assign(edition, Stored{std::move(text), std::move(rules)});
    }
    return {};
}

}  // namespace altis::results
