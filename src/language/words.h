// Words of a running text, also in languages that are written without blanks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace altis::language {

// The folded words (fold.h) of a text in order, by the word boundaries of Unicode (UAX 29) and
// ICU's dictionaries for Chinese, Japanese and Thai. What has no letter and no number is no word.
// Empty for a text that is not UTF-8.
std::vector<std::string> words_of(std::string_view text, std::string_view language);

}  // namespace altis::language
