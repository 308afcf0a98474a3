// How far two spellings are apart. Integers only, so every machine gives the same answer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace altis::fans::matching {

// The least number of insertions, deletions, replacements and swaps of two neighbouring bytes that
// turn one text into the other, no byte touched twice (optimal string alignment). Texts of at most
// kMaxComparedBytes; `limit + 1` stands for everything above `limit`.
unsigned edit_distance(std::string_view left, std::string_view right, unsigned limit);

// How often each letter occurs, letters sharing 16 places.
using Letters = std::array<std::uint8_t, 16>;
Letters count_letters(std::string_view text);

// At most the edit distance of the two counted texts, and much cheaper to find.
unsigned least_edit_distance(const Letters& left, const Letters& right);

// Jaro's similarity with Winkler's bonus for a common beginning, in thousandths: 1000 is equal.
unsigned jaro_winkler_milli(std::string_view left, std::string_view right);

// A key that spellings of one sound share: at most 6 characters, empty for an empty word. Expects a
// normalised word.
std::string phonetic_key(std::string_view word);

}  // namespace altis::fans::matching
