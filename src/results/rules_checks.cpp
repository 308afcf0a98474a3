// What in a set of lines contradicts the rules but does not hold it back.
#include <algorithm>
#include <map>
#include <string>

#include "results/rules.h"

namespace altis::results {
namespace {

using Warnings = std::vector<Warning>;

struct RankedLine {
    const ResultLine* line = nullptr;
    Standing standing;
};

// The lines that can be compared with each other, by rank.
std::vector<std::vector<RankedLine>> comparable(const UnitRules& rules,
                                                const std::vector<ResultLine>& lines) {
    std::map<std::string_view, std::vector<RankedLine>> by_type;
    auto standings = standings_of(rules, lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (standings[i].empty()) continue;
        by_type[lines[i].result_type].push_back({&lines[i], std::move(standings[i])});
    }
    std::vector<std::vector<RankedLine>> groups;
    for (auto& [type, group] : by_type) {
        std::ranges::stable_sort(
            group, [](const auto& a, const auto& b) { return a.line->rank < b.line->rank; });
        groups.push_back(std::move(group));
    }
    return groups;
}

std::string described(const RankedLine& ranked) {
    const auto value = parse_result_value(ranked.line->result);
    return "rank " + std::to_string(ranked.line->rank) + " of " + ranked.line->competitor.code +
           " with " + (value ? value->to_string() : "its attempts");
}

void check_order(const std::vector<RankedLine>& group, Warnings& warnings) {
    for (std::size_t i = 1; i < group.size(); ++i) {
        const RankedLine& ahead = group[i - 1];
        const RankedLine& behind = group[i];
        const bool same_rank = ahead.line->rank == behind.line->rank;
        if (same_rank ? ahead.standing == behind.standing : ahead.standing >= behind.standing) {
            continue;
        }
        warnings.push_back({"results.rank_order", described(ahead) + " and " + described(behind) +
                                                      " contradict each other"});
    }
}

void check_sequence(const UnitRules& rules, const std::vector<ResultLine>& lines,
                    Warnings& warnings) {
    std::map<int, int> holders;  // by rank
    for (const ResultLine& line : lines) {
        if (line.rank > 0) ++holders[line.rank];
    }
    for (auto group = holders.begin(); group != holders.end(); ++group) {
        const auto next = std::next(group);
        if (next == holders.end()) break;
        const int expected = group->first + group->second;
        const std::string held = "rank " + std::to_string(group->first) + " is held by " +
                                 std::to_string(group->second) + ", so rank " +
                                 std::to_string(next->first) + " behind it is too ";
        if (next->first < expected)
            warnings.push_back({"results.rank_not_skipped", held + "small"});
        if (next->first > expected && rules.after_dsq == AfterDsq::kClose) {
            warnings.push_back({"results.rank_gap", held + "large"});
        }
    }
    if (rules.ties == Ties::kDoubleBronze && holders.contains(4)) {
        warnings.push_back({"results.fourth_rank",
                            "there is a rank 4, but the rule gives rank 3 twice and then rank 5"});
    }
}

void check_mark(const UnitRules& rules, const ResultLine& line, Warnings& warnings) {
    if (line.irm.empty()) return;
    const Mark* mark = rules.mark(line.irm);
    if (mark == nullptr) {
        warnings.push_back({"results.mark_unknown", "the mark of " + line.competitor.code +
                                                        " is not in the rules of the edition"});
    } else if (line.rank > 0 && !mark->may_rank) {
        warnings.push_back({"results.mark_ranked", line.competitor.code + " has rank " +
                                                       std::to_string(line.rank) + " beside " +
                                                       mark->spelling});
    }
}

void check_mark_order(const UnitRules& rules, const std::vector<ResultLine>& lines,
                      Warnings& warnings) {
    std::vector<const ResultLine*> listed;
    for (const ResultLine& line : lines) {
        if (line.sort_order > 0) listed.push_back(&line);
    }
    std::ranges::stable_sort(listed, {}, &ResultLine::sort_order);
    for (std::size_t i = 1; i < listed.size(); ++i) {
        if (list_group(rules, *listed[i - 1]) <= list_group(rules, *listed[i])) continue;
        warnings.push_back({"results.mark_order",
                            listed[i - 1]->competitor.code + " is listed ahead of " +
                                listed[i]->competitor.code + ", but its mark belongs behind"});
    }
}

void check_digits(const UnitRules& rules, const ResultLine& line, Warnings& warnings) {
    const ValueRule* rule = rules.value(line.result_type);
    const auto value = parse_result_value(line.result);
    if (rule == nullptr || !rule->digits || !value || value->scale() <= *rule->digits) return;
    warnings.push_back({"results.value_digits",
                        line.competitor.code + " has " + value->to_string() + ", but " +
                            rule->type + " is published with " + std::to_string(*rule->digits) +
                            " digits: " + round_result(*rule, *value).to_string()});
}

void check_splits(const RunningRule& rule, const ResultLine& line, Warnings& warnings) {
    std::map<std::string_view, Decimal> parts;  // by position
    for (const ExtendedValue& value : line.extended) {
        const auto number = parse_result_value(value.value);
        const bool is_part = PartName{value.type, value.code} == rule.parts;
        if (is_part && number) parts.emplace(value.pos, *number);
    }
    Decimal sum;
    for (const ExtendedValue& value : line.extended) {
        if (PartName{value.type, value.code} != rule.sums) continue;
        const auto part = parts.find(value.pos);
        const auto split = parse_result_value(value.value);
        if (part == parts.end() || !split) return;
        sum = sum + part->second;
        if (sum == *split) continue;
        warnings.push_back({"results.split_sum", "the sections of " + line.competitor.code +
                                                     " make " + sum.to_string() + ", not " +
                                                     split->to_string()});
        return;
    }
}

}  // namespace

std::vector<Warning> check_ranks(const UnitRules& rules, const std::vector<ResultLine>& lines) {
    Warnings warnings;
    for (const auto& group : comparable(rules, lines))
        check_order(group, warnings);
    check_sequence(rules, lines, warnings);
    return warnings;
}

std::vector<Warning> check_lines(const UnitRules& rules, const std::vector<ResultLine>& lines) {
    Warnings warnings;
    for (const ResultLine& line : lines) {
        check_mark(rules, line, warnings);
        check_digits(rules, line, warnings);
        for (const RunningRule& rule : rules.running)
            check_splits(rule, line, warnings);
    }
    check_mark_order(rules, lines, warnings);
    return warnings;
}

}  // namespace altis::results
