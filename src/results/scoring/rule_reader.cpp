// Reads rule sets: every member is known, of the right type and within its limits, or refused.
#include <algorithm>
#include <span>

#include "results/scoring/rule_set.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr int kMaxOrder = 1'000;
constexpr int kMaxDrop = 10;
constexpr int kMaxPanelDigits = 4;  // so that the product of two such numbers is still exact

tl::unexpected<Error> refuse(std::string_view where, std::string_view why) {
    return fail(Code::kInvalid, "results.rules_malformed",
                "the rules at " + std::string(where.empty() ? "/" : where.substr(0, 100)) + " " +
                    std::string(why));
}

// A JSON pointer of what we name ourselves, or of keys that are checked before.
std::string below(std::string_view where, std::string_view key) {
    return std::string(where) + "/" + std::string(key);
}
std::string below(std::string_view where, std::size_t index) {
    return below(where, std::to_string(index));
}

bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= kMaxRuleTextBytes &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Result<void> check_members(const Json& json, std::string_view where,
                           std::span<const std::string_view> known) {
    if (!json.is_object()) return refuse(where, "must be an object");
    for (const auto& [key, value] : json.members()) {
        if (std::ranges::find(known, key) != known.end()) continue;
        std::string names;
        for (const std::string_view name : known)
            names += (names.empty() ? "" : ", ") + std::string(name);
        return refuse(where, "have an unknown member; known are " + names);
    }
    return {};
}

// The place of a text among the names of an enumeration.
template <class Enum, std::size_t kCount>
Result<Enum> read_name(const Json& json, std::string_view where,
                       const std::array<std::string_view, kCount>& names) {
    const auto found = std::ranges::find(names, json.as_string());
    if (json.is_string() && found != names.end()) return static_cast<Enum>(found - names.begin());
    std::string choices;
    for (const std::string_view name : names)
        choices += (choices.empty() ? "" : ", ") + std::string(name);
    return refuse(where, "must be one of " + choices);
}

template <class Enum, std::size_t kCount>
Result<void> read_optional(const Json& json, std::string_view where, std::string_view key,
                           const std::array<std::string_view, kCount>& names,
                           std::optional<Enum>& into) {
    if (!json.contains(key)) return {};
    TRY(into, (read_name<Enum>(json[key], below(where, key), names)));
    return {};
}

Result<int> read_number(const Json& json, std::string_view where, int max) {
    if (json.is_int() && json.as_int() >= 0 && json.as_int() <= max) {
        return static_cast<int>(json.as_int());
    }
    return refuse(where, "must be a whole number from 0 to " + std::to_string(max));
}

Result<PartName> read_part(const Json& json, std::string_view where) {
    const std::string_view text = json.as_string();
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view code = text.substr(std::min(slash + 1, text.size()));
    if (!is_plain(text.substr(0, slash)) || !is_plain(code)) {
        return refuse(where, "must name an extended value as TYPE/CODE, like ER/SHORT");
    }
    return PartName{std::string(text.substr(0, slash)), std::string(code)};
}

Result<const codec::JsonArray*> read_list(const Json& json, std::string_view where) {
    if (json.is_array() && json.items().size() <= kMaxRuleItems) return &json.items();
    return refuse(where, "must be a list of at most " + std::to_string(kMaxRuleItems));
}

Result<std::vector<PartName>> read_parts(const Json& json, std::string_view where) {
    TRY(const auto* list, read_list(json, where));
    if (list->size() > kMaxSumParts) {
        return refuse(where, "must be at most " + std::to_string(kMaxSumParts) + " parts");
    }
    std::vector<PartName> parts;
    for (std::size_t i = 0; i < list->size(); ++i) {
        TRY(PartName part, read_part((*list)[i], below(where, i)));
        parts.push_back(std::move(part));
    }
    return parts;
}

Result<ValueRule> read_value(const std::string& type, const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 3> kKnown = {"better", "digits", "rounding"};
    TRY_VOID(check_members(json, where, kKnown));
    ValueRule rule{type, Better::kHigher, std::nullopt, Rounding::kHalfUp};
    TRY(rule.better, read_name<Better>(json["better"], below(where, "better"), kBetterNames));
    if (json.contains("digits") != json.contains("rounding")) {
        return refuse(where, "must have both digits and rounding, or none of them");
    }
    if (!json.contains("digits")) return rule;
    TRY(rule.digits, read_number(json["digits"], below(where, "digits"), Decimal::kMaxScale));
    TRY(rule.rounding,
        read_name<Rounding>(json["rounding"], below(where, "rounding"), kRoundingNames));
    return rule;
}

Result<Mark> read_mark(const std::string& spelling, const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 3> kKnown = {"means", "order", "may_rank"};
    TRY_VOID(check_members(json, where, kKnown));
    Mark mark{spelling, MarkMeaning::kDidNotFinish, 0, false};
    TRY(mark.means,
        read_name<MarkMeaning>(json["means"], below(where, "means"), kMarkMeaningNames));
    TRY(mark.order, read_number(json["order"], below(where, "order"), kMaxOrder));
    if (json.contains("may_rank") && !json["may_rank"].is_bool()) {
        return refuse(below(where, "may_rank"), "must be true or false");
    }
    mark.may_rank = json["may_rank"].as_bool();
    const bool never =
        mark.means == MarkMeaning::kDisqualified || mark.means == MarkMeaning::kStruckOut;
    if (mark.may_rank && never) return refuse(where, "give a rank to the disqualified");
    return mark;
}

// An object whose members are items by name.
template <class Item>
Result<void> read_named(const Json& json, std::string_view where, std::vector<Item>& into,
                        Result<Item> (*read)(const std::string&, const Json&, std::string_view)) {
    if (json.is_null()) return {};
    if (!json.is_object() || json.members().size() > kMaxRuleItems) {
        return refuse(where, "must be an object of at most " + std::to_string(kMaxRuleItems));
    }
    for (const auto& [name, value] : json.members()) {
        if (!is_plain(name)) return refuse(where, "have a name that is no plain short text");
        TRY(Item item, read(name, value, below(where, name)));
        into.push_back(std::move(item));
    }
    return {};
}

Result<SumRule> read_sum(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 2> kKnown = {"plus", "minus"};
    TRY_VOID(check_members(json, where, kKnown));
    SumRule rule;
    TRY(rule.plus, read_parts(json["plus"], below(where, "plus")));
    if (json.contains("minus")) {
        TRY(rule.minus, read_parts(json["minus"], below(where, "minus")));
    }
    if (rule.plus.empty()) return refuse(where, "add up nothing");
    return rule;
}

Result<RunningRule> read_running(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 2> kKnown = {"parts", "sums"};
    TRY_VOID(check_members(json, where, kKnown));
    RunningRule rule;
    TRY(rule.parts, read_part(json["parts"], below(where, "parts")));
    TRY(rule.sums, read_part(json["sums"], below(where, "sums")));
    return rule;
}

template <class Item>
Result<void> read_items(const Json& json, std::string_view where, std::vector<Item>& into,
                        Result<Item> (*read)(const Json&, std::string_view)) {
    if (json.is_null()) return {};
    TRY(const auto* list, read_list(json, where));
    for (std::size_t i = 0; i < list->size(); ++i) {
        TRY(Item item, read((*list)[i], below(where, i)));
        into.push_back(std::move(item));
    }
    return {};
}

Result<TieBreak> read_tie_break(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 2> kKnown = {"part", "better"};
    TRY_VOID(check_members(json, where, kKnown));
    TieBreak rule;
    TRY(rule.part, read_part(json["part"], below(where, "part")));
    TRY(rule.better, read_name<Better>(json["better"], below(where, "better"), kBetterNames));
    return rule;
}

Result<RecordCondition> read_record_condition(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 2> kKnown = {"part", "max"};
    TRY_VOID(check_members(json, where, kKnown));
    RecordCondition condition;
    TRY(condition.part, read_part(json["part"], below(where, "part")));
    if (!json.contains("max")) return condition;
    const auto max = Decimal::parse(json["max"].as_string());
    if (!max) return refuse(below(where, "max"), "must be a number in quotes, like \"2.0\"");
    condition.max = *max;
    return condition;
}

Result<PanelRule> read_panel(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 3> kKnown = {"drop", "digits", "rounding"};
    TRY_VOID(check_members(json, where, kKnown));
    PanelRule rule;
    TRY(rule.drop, read_number(json["drop"], below(where, "drop"), kMaxDrop));
    TRY(rule.digits, read_number(json["digits"], below(where, "digits"), kMaxPanelDigits));
    TRY(rule.rounding,
        read_name<Rounding>(json["rounding"], below(where, "rounding"), kRoundingNames));
    return rule;
}

Result<SeasonRule> read_season(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 2> kKnown = {"from", "editions"};
    TRY_VOID(check_members(json, where, kKnown));
    const auto from = parse_rfc3339(json["from"].as_string());
    if (!from || json["from"].as_string().size() != std::string_view("2025-07-01").size()) {
        return refuse(below(where, "from"), "must be a day, like \"2025-07-01\"");
    }
    SeasonRule rule;
    rule.from = from->us / days(1).us;
    TRY(const auto* list, read_list(json["editions"], below(where, "editions")));
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string_view edition = (*list)[i].as_string();
        if (!is_plain(edition)) {
            return refuse(below(below(where, "editions"), i), "must be the id of an edition");
        }
        rule.editions.emplace_back(edition);
    }
    return rule;
}

Result<void> read_selection(const Json& json, std::string_view where, RuleEntry& entry) {
    const std::string_view pattern = json["for"].as_string();
    const bool fits = std::ranges::all_of(pattern, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '?';
    });
    if (pattern != "*" && (pattern.empty() || pattern.size() > kRscCharacters || !fits)) {
        return refuse(below(where, "for"),
                      "must be * or the beginning of a unit's code, like FSK or ATH?LJ");
    }
    if (pattern != "*") entry.pattern = pattern;
    if (!json.contains("phase")) return {};
    entry.phase = json["phase"].as_string();
    if (!is_plain(entry.phase)) return refuse(below(where, "phase"), "must be a phase, like FNL");
    return {};
}

Result<RuleEntry> read_entry(const Json& json, std::string_view where) {
    constexpr std::array<std::string_view, 14> kKnown = {
        "for",   "phase",  "ranking", "ties",     "tie_break", "after_dsq",         "values",
        "marks", "totals", "running", "attempts", "panel",     "record_conditions", "season"};
    TRY_VOID(check_members(json, where, kKnown));
    RuleEntry entry;
    TRY_VOID(read_selection(json, where, entry));
    TRY_VOID(read_optional(json, where, "ranking", kRankingNames, entry.ranking));
    TRY_VOID(read_optional(json, where, "ties", kTiesNames, entry.ties));
    TRY_VOID(read_optional(json, where, "after_dsq", kAfterDsqNames, entry.after_dsq));
    TRY_VOID(read_named(json["values"], below(where, "values"), entry.values, read_value));
    TRY_VOID(read_named(json["marks"], below(where, "marks"), entry.marks, read_mark));
    TRY_VOID(read_items(json["totals"], below(where, "totals"), entry.totals, read_sum));
    TRY_VOID(read_items(json["running"], below(where, "running"), entry.running, read_running));
    if (json.contains("attempts")) {
        TRY(entry.attempts, read_part(json["attempts"], below(where, "attempts")));
    }
    TRY_VOID(read_items(json["record_conditions"], below(where, "record_conditions"),
                        entry.record_conditions, read_record_condition));
    if (json.contains("panel")) {
        TRY(entry.panel, read_panel(json["panel"], below(where, "panel")));
    }
    if (json.contains("season")) {
        TRY(entry.season, read_season(json["season"], below(where, "season")));
    }
    TRY_VOID(
        read_items(json["tie_break"], below(where, "tie_break"), entry.tie_breaks, read_tie_break));
    if ((entry.ties == Ties::kBreak) == entry.tie_breaks.empty()) {
        return refuse(where, "must have both ties: break and tie_break, or none of them");
    }
    return entry;
}

}  // namespace

Result<RuleSet> RuleSet::parse(std::string_view json) {
    if (json.size() > kMaxRulesBytes) {
        return fail(Code::kTooLarge, "results.rules_too_large",
                    "a rule set has at most " + std::to_string(kMaxRulesBytes) + " bytes");
    }
    TRY(const Json document, codec::parse_json(json));
    return read(document);
}

Result<RuleSet> RuleSet::read(const Json& document) {
    constexpr std::array<std::string_view, 2> kKnown = {"version", "rules"};
    TRY_VOID(check_members(document, "", kKnown));
    RuleSet set;
    set.version_ = document["version"].as_int(-1);
    if (set.version_ < 0 || set.version_ > kMaxRulesVersion) {
        return refuse("/version", "must be a whole number from 0 to 1000000000");
    }
    const Json& rules = document["rules"];
    if (!rules.is_array() || rules.items().empty() || rules.items().size() > kMaxRuleEntries) {
        return refuse("/rules",
                      "must be a list of 1 to " + std::to_string(kMaxRuleEntries) + " entries");
    }
    for (std::size_t i = 0; i < rules.items().size(); ++i) {
        TRY(RuleEntry entry, read_entry(rules.items()[i], below("/rules", i)));
        set.entries_.push_back(std::move(entry));
    }
    return set;
}

}  // namespace altis::results
