#include "app/nearest_word.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace altis::app {
namespace {

// Levenshtein's distance, one row of his table at a time.
std::size_t edits_between(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (const char letter : from) {
        std::size_t diagonal = row[0]++;
        for (std::size_t i = 0; i < to.size(); ++i) {
            const std::size_t replaced = diagonal + (letter == to[i] ? 0 : 1);
            diagonal = row[i + 1];
            row[i + 1] = std::min({replaced, row[i] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest_word(std::string_view typed, std::span<const std::string> known) {
    std::size_t fewest = typed.size() / 2 + 1;
    std::string nearest;
    for (const std::string& word : known) {
        const std::size_t edits = edits_between(typed, word);
        if (edits >= fewest) continue;
        fewest = edits;
        nearest = word;
    }
    return nearest;
}

}  // namespace altis::app
