// Names of persons as sources drift: accents, order, hyphens, initials, a letter more or less.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace altis::results {

// How alike two names are, from the same to unlike.
enum class Likeness : std::uint8_t {
    kSame,       // but for case and accents
    kReordered,  // the same words in another order, or joined otherwise
    kNear,       // a letter differs in some words, or a word is an initial
    kPart,       // all words of one are among those of the other, which has more
    kUnlike,
};
constexpr std::array<std::string_view, 5> kLikenessNames = {"same", "reordered", "near", "part",
                                                            "unlike"};
std::string_view to_string(Likeness likeness);

// Lower-case words without accents, apostrophes and full stops; letters beyond Latin stay as they
// are. "Min-jung O'NEIL" gives {"min", "jung", "oneil"}.
std::vector<std::string> name_words(std::string_view name);

Likeness compare_names(std::string_view a, std::string_view b);

}  // namespace altis::results
