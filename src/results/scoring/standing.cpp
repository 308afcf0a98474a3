#include "results/scoring/standing.h"

#include <algorithm>
#include <numeric>

namespace altis::results {
namespace {

Decimal negated(Decimal value) {
    return Decimal() - value;
}

int failures(std::string_view tries) {
    return static_cast<int>(std::ranges::count(tries, 'X'));
}

bool is_cleared(const Jump& jump) {
    return jump.tries.find('O') != std::string::npos;
}

}  // namespace

Standing standing_by_value(Decimal value, Better better) {
    return {better == Better::kHigher ? value : negated(value)};
}

Standing standing_by_attempts(const std::vector<std::string>& attempts) {
    Standing marks;
    for (const std::string& attempt : attempts) {
        const auto mark = Decimal::parse(attempt);
        if (mark) marks.push_back(*mark);
    }
    std::ranges::sort(marks, std::greater{});
    return marks;
}

Standing standing_by_heights(const std::vector<Jump>& jumps) {
    const Jump* best = nullptr;
    for (const Jump& jump : jumps) {
        if (is_cleared(jump) && (best == nullptr || jump.height > best->height)) best = &jump;
    }
    if (best == nullptr) return {};
    int all = 0;
    for (const Jump& jump : jumps) {
        if (jump.height <= best->height) all += failures(jump.tries);
    }
    return {best->height, Decimal(-failures(best->tries), 0), Decimal(-all, 0)};
}

std::vector<int> assign_ranks(const std::vector<Standing>& standings) {
    std::vector<std::size_t> order(standings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return standings[a] > standings[b]; });
    std::vector<int> ranks(standings.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (standings[order[i]].empty()) break;  // the empty ones are last
        const bool shares = i > 0 && standings[order[i]] == standings[order[i - 1]];
        ranks[order[i]] = shares ? ranks[order[i - 1]] : static_cast<int>(i) + 1;
    }
    return ranks;
}

Decimal round_result(const ValueRule& rule, Decimal value) {
    return rule.digits ? value.round(*rule.digits, rule.rounding) : value;
}

}  // namespace altis::results
