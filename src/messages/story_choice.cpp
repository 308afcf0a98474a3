#include "messages/story_choice.h"

#include <tuple>

namespace altis::messages {
namespace {

bool is_better(const Placing& a, const Placing& b) {
    const bool a_unranked = a.rank <= 0;
    const bool b_unranked = b.rank <= 0;
    return std::tie(a_unranked, a.rank, a.competitor) < std::tie(b_unranked, b.rank, b.competitor);
}

}  // namespace

std::optional<std::size_t> best_placing(std::span<const Placing> followed) {
    if (followed.empty()) return std::nullopt;
    std::size_t best = 0;
    for (std::size_t i = 1; i < followed.size(); ++i) {
        if (is_better(followed[i], followed[best])) best = i;
    }
    return best;
}

}  // namespace altis::messages
