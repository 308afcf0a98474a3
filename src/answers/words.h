// Questions, headers and cells as words that can be compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace altis::answers {

// The words of a text, folded (language/fold.h): letters and digits, with the signs that hold a
// number or a clock time together ("1:53.94", "1,332"). An English 's is left out, abbreviations
// lose their points ("u.s." is "us"), and a character of a script without blanks (Han, kana), or
// with particles tied to words (Hangul), is a word of its own.
std::vector<std::string> words(std::string_view text);

// Words joined by single blanks.
std::string joined(const std::vector<std::string>& words, std::size_t begin, std::size_t end);

// Changes of one letter (another, one more, one less, two exchanged) from one word to the other,
// in Unicode characters; `limit + 1` when there are more than `limit`.
std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t limit);

}  // namespace altis::answers
