// Words that state something by themselves, per language: medals, units, claims. What a text says
// with one of them must be a fact.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace altis::messages {

enum class WordKind : std::uint8_t { kMedal, kUnit, kClaim };

struct LexiconWord {
    WordKind kind;
    std::u32string_view word;  // lower case; a phrase has single blanks
    std::string_view meaning;  // text of a medal or claim fact, unit of a decimal fact
};

// Of two words that begin alike the longer comes first; none for an unknown language. Words of
// languages written with blanks (all but ja, zh, ko and ar, where articles and particles are
// attached) stand between characters that are no letters.
std::span<const LexiconWord> lexicon(std::string_view language);

bool is_written_with_blanks(std::string_view language);

}  // namespace altis::messages
