#include "results/rules.h"

#include <algorithm>
#include <optional>
#include <string>

namespace altis::results {
namespace {

constexpr Decimal kTooMuch(10'000'000, 0);
constexpr std::int64_t kSixty = 60;
constexpr std::size_t kMaxColons = 2;
constexpr std::size_t kShownBytes = 40;

tl::unexpected<Error> malformed(std::string_view text) {
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return fail(Code::kInvalid, "results.value_malformed",
                "the value '" + (plain ? std::string(text.substr(0, kShownBytes)) : "?") +
                    "' is not a number such as 226.79 or a time such as 1:00.05");
}

// Minutes or seconds behind a colon: two digits below 60, the last with a fraction or without.
bool is_sexagesimal(std::string_view part, Decimal value) {
    const std::size_t whole = std::min(part.find('.'), part.size());
    return whole == 2 && part.front() >= '0' && part.front() <= '9' && value < Decimal(kSixty, 0);
}

const std::string* value_of(const ResultLine& line, const PartName& part) {
    for (const ExtendedValue& value : line.extended) {
        const bool is_part = value.type == part.type && value.code == part.code;
        if (is_part && !value.value.empty()) return &value.value;
    }
    return nullptr;
}

// A sum and how it came about: "SHORT + FREE".
struct Recomputed {
    Decimal value;
    std::string from;
};

// Empty when the line lacks a part.
Result<std::optional<Recomputed>> sum_of(const SumRule& rule, const ResultLine& line) {
    Recomputed sum;
    const auto add = [&](const PartName& part, bool minus) -> Result<bool> {
        const std::string* text = value_of(line, part);
        if (text == nullptr) return false;
        TRY(const Decimal value, parse_result_value(*text));
        sum.value = minus ? sum.value - value : sum.value + value;
        sum.from += (sum.from.empty() ? "" : minus ? " - " : " + ") + part.code;
        return true;
    };
    for (const PartName& part : rule.plus) {
        TRY(const bool there, add(part, false));
        if (!there) return std::nullopt;
    }
    for (const PartName& part : rule.minus) {
        TRY(const bool there, add(part, true));
        if (!there) return std::nullopt;
    }
    return sum;
}

std::vector<const ExtendedValue*> attempts_of(const UnitRules& rules, const ResultLine& line) {
    std::vector<const ExtendedValue*> attempts;
    for (const ExtendedValue& value : line.extended) {
        if (!rules.attempts || value.type != rules.attempts->type) continue;
        if (value.code == rules.attempts->code) attempts.push_back(&value);
    }
    return attempts;
}

// Of jumps and throws by their marks, of vertical jumps by heights (the value) and tries (the
// second value). Empty without attempts and without a valid one.
Standing standing_by_series(const UnitRules& rules, const ResultLine& line) {
    const auto attempts = attempts_of(rules, line);
    if (rules.ranking == Ranking::kAttempts) {
        std::vector<std::string> marks;
        for (const ExtendedValue* attempt : attempts)
            marks.push_back(attempt->value);
        return standing_by_attempts(marks);
    }
    if (rules.ranking != Ranking::kHeights) return {};
    std::vector<Jump> jumps;
    for (const ExtendedValue* attempt : attempts) {
        const auto height = parse_result_value(attempt->value);
        if (height) jumps.push_back({*height, attempt->value2});
    }
    return standing_by_heights(jumps);
}

Result<std::optional<Recomputed>> recompute(const UnitRules& rules, const ResultLine& line) {
    for (const SumRule& rule : rules.totals) {
        TRY(auto sum, sum_of(rule, line));
        if (sum) return sum;
    }
    const Standing series = standing_by_series(rules, line);
    if (series.empty()) return std::nullopt;
    return Recomputed{series.front(), "the best attempt"};
}

Result<void> verify_total(const UnitRules& rules, const ResultLine& line) {
    if (line.result.empty() || !line.irm.empty()) return {};
    TRY(const auto recomputed, recompute(rules, line));
    if (!recomputed) return {};
    TRY(const Decimal total, parse_result_value(line.result));
    if (recomputed->value == total) return {};
    return fail(Code::kInvalid, "results.total_mismatch",
                "competitor " + line.competitor.code + ": " + recomputed->from + " = " +
                    recomputed->value.to_string() + ", but the result says " + total.to_string() +
                    "; it was held back, correct it and send a higher version");
}

bool is_compared(const ResultLine& line) {
    return line.rank > 0 && line.irm.empty();
}

Standing standing_by_result(const UnitRules& rules, const ResultLine& line,
                            const std::vector<TieBreak>& tie_breaks) {
    const ValueRule* rule = rules.value(line.result_type);
    const auto value = parse_result_value(line.result);
    if (rule == nullptr || !value) return {};
    Standing standing = standing_by_value(*value, rule->better);
    for (const TieBreak& tie_break : tie_breaks) {
        const auto part = parse_result_value(*value_of(line, tie_break.part));
        if (!part) return {};
        standing.push_back(standing_by_value(*part, tie_break.better).front());
    }
    return standing;
}

// Those of which every compared line has the part.
std::vector<TieBreak> usable_tie_breaks(const UnitRules& rules,
                                        const std::vector<ResultLine>& lines) {
    std::vector<TieBreak> usable;
    if (rules.ties != Ties::kBreak) return usable;
    for (const TieBreak& tie_break : rules.tie_breaks) {
        const bool everywhere = std::ranges::all_of(lines, [&](const ResultLine& line) {
            return !is_compared(line) || value_of(line, tie_break.part) != nullptr;
        });
        if (everywhere) usable.push_back(tie_break);
    }
    return usable;
}

}  // namespace

Result<Decimal> parse_result_value(std::string_view text) {
    Decimal total;
    std::string_view rest = text;
    for (std::size_t colons = 0;; ++colons) {
        const std::size_t colon = rest.find(':');
        const std::string_view part = rest.substr(0, colon);
        const auto value = Decimal::parse(part);
        const bool last = colon == std::string_view::npos;
        if (!value || colons > kMaxColons || *value >= kTooMuch || Decimal() - *value >= kTooMuch) {
            return malformed(text);
        }
        // A sign has no meaning before a colon, nor a fraction.
        if (!last && (value->scale() > 0 || part.front() < '0')) return malformed(text);
        if (colons > 0 && !is_sexagesimal(part, *value)) return malformed(text);
        const Decimal before = total * Decimal(kSixty, 0);
        if (before >= kTooMuch) return malformed(text);
        total = before + *value;
        if (total >= kTooMuch) return malformed(text);
        if (last) return total;
        rest.remove_prefix(colon + 1);
    }
}

Result<void> verify_totals(const UnitRules& rules, const std::vector<ResultLine>& lines) {
    for (const ResultLine& line : lines)
        TRY_VOID(verify_total(rules, line));
    return {};
}

std::vector<Standing> standings_of(const UnitRules& rules, const std::vector<ResultLine>& lines) {
    std::vector<Standing> standings(lines.size());
    if (rules.ranking == Ranking::kMatch) return standings;
    const bool by_series = std::ranges::all_of(lines, [&](const ResultLine& line) {
        return !is_compared(line) || !standing_by_series(rules, line).empty();
    });
    const auto tie_breaks = usable_tie_breaks(rules, lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!is_compared(lines[i])) continue;
        standings[i] = by_series ? standing_by_series(rules, lines[i])
                                 : standing_by_result(rules, lines[i], tie_breaks);
    }
    return standings;
}

int list_group(const UnitRules& rules, const ResultLine& line) {
    if (line.irm.empty() || line.rank > 0) return 0;
    const Mark* mark = rules.mark(line.irm);
    return 1 + (mark == nullptr ? 0 : mark->order);
}

}  // namespace altis::results
