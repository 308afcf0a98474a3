#include "results/rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace altis::results {
namespace {

// Which value is the better one.
enum class Better : std::uint8_t { kHigher, kLower };

struct RankRule {
    std::string_view discipline;  // "*" = all
    std::string_view result_type;
    Better better;
};
constexpr std::array kRankRules = {
    RankRule{"*", "TIME", Better::kLower},
    RankRule{"FSK", "POINTS", Better::kHigher},
};

// The values of these codes of one type add up to the result.
struct TotalRule {
    std::string_view discipline;
    std::string_view phase;
    std::string_view type;
    std::array<std::string_view, 2> codes;
};
constexpr std::array kTotalRules = {
    TotalRule{"FSK", "FNL", "ER", {"SHORT", "FREE"}},  // short program and free skating
};

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

const RankRule* rank_rule(const Rsc& unit, std::string_view result_type) {
    for (const RankRule& rule : kRankRules) {
        const bool fits = rule.discipline == "*" || rule.discipline == unit.discipline();
        if (fits && rule.result_type == result_type) return &rule;
    }
    return nullptr;
}

const std::string* value_of(const ResultLine& line, std::string_view type, std::string_view code) {
    for (const ExtendedValue& value : line.extended) {
        if (value.type == type && value.code == code && !value.value.empty()) return &value.value;
    }
    return nullptr;
}

Result<void> verify_total(const TotalRule& rule, const ResultLine& line) {
    if (line.result.empty()) return {};
    Decimal sum;
    std::string parts;
    for (const std::string_view code : rule.codes) {
        const std::string* text = value_of(line, rule.type, code);
        if (text == nullptr) return {};
        TRY(const Decimal value, parse_result_value(*text));
        sum = sum + value;
        parts += (parts.empty() ? "" : " + ") + std::string(code);
    }
    TRY(const Decimal total, parse_result_value(line.result));
    if (sum == total) return {};
    return fail(Code::kInvalid, "results.total_mismatch",
                "competitor " + line.competitor.code + ": " + parts + " = " + sum.to_string() +
                    ", but the result says " + total.to_string() +
                    "; it was held back, correct it and send a higher version");
}

struct RankedValue {
    int rank = 0;
    Decimal value;
    std::string_view competitor;
};

// The ranked lines that a rule can compare, by rank.
std::vector<RankedValue> comparable(const Rsc& unit, const std::vector<ResultLine>& lines,
                                    Better better) {
    std::vector<RankedValue> values;
    for (const ResultLine& line : lines) {
        if (line.rank == 0 || !line.irm.empty()) continue;
        const RankRule* rule = rank_rule(unit, line.result_type);
        const auto value = parse_result_value(line.result);
        if (rule == nullptr || rule->better != better || !value) continue;
        values.push_back({line.rank, *value, line.competitor.code});
    }
    std::stable_sort(values.begin(), values.end(),
                     [](const auto& a, const auto& b) { return a.rank < b.rank; });
    return values;
}

void check_order(const std::vector<RankedValue>& values, Better better,
                 std::vector<Warning>& warnings) {
    for (std::size_t i = 1; i < values.size(); ++i) {
        const RankedValue& ahead = values[i - 1];
        const RankedValue& behind = values[i];
        const bool same_rank = ahead.rank == behind.rank;
        const bool in_order =
            better == Better::kHigher ? ahead.value >= behind.value : ahead.value <= behind.value;
        if (same_rank ? ahead.value == behind.value : in_order) continue;
        warnings.push_back({"results.rank_order",
                            "rank " + std::to_string(ahead.rank) + " of " +
                                std::string(ahead.competitor) + " with " + ahead.value.to_string() +
                                " and rank " + std::to_string(behind.rank) + " of " +
                                std::string(behind.competitor) + " with " +
                                behind.value.to_string() + " contradict each other"});
    }
}

void check_skips(const std::vector<ResultLine>& lines, std::vector<Warning>& warnings) {
    std::vector<int> ranks;
    for (const ResultLine& line : lines) {
        if (line.rank > 0) ranks.push_back(line.rank);
    }
    std::sort(ranks.begin(), ranks.end());
    std::size_t group = 0;  // where the current group of equal ranks begins
    for (std::size_t i = 1; i < ranks.size(); ++i) {
        if (ranks[i] == ranks[group]) continue;
        const auto tied = static_cast<int>(i - group);
        if (ranks[i] < ranks[group] + tied) {
            warnings.push_back({"results.rank_not_skipped",
                                "rank " + std::to_string(ranks[group]) + " is held by " +
                                    std::to_string(tied) + ", so rank " + std::to_string(ranks[i]) +
                                    " behind it is too small"});
        }
        group = i;
    }
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
        total = total * Decimal(kSixty, 0) + *value;
        if (last) return total;
        rest.remove_prefix(colon + 1);
    }
}

Result<void> verify_totals(const Rsc& unit, const std::vector<ResultLine>& lines) {
    for (const TotalRule& rule : kTotalRules) {
        if (rule.discipline != unit.discipline() || rule.phase != unit.phase()) continue;
        for (const ResultLine& line : lines)
            TRY_VOID(verify_total(rule, line));
    }
    return {};
}

std::vector<Warning> check_ranks(const Rsc& unit, const std::vector<ResultLine>& lines) {
    std::vector<Warning> warnings;
    for (const Better better : {Better::kHigher, Better::kLower}) {
        check_order(comparable(unit, lines, better), better, warnings);
    }
    check_skips(lines, warnings);
    return warnings;
}

}  // namespace altis::results
