// One form of a text for comparing: how a person typed a name or a word makes no difference.
#pragma once

#include <string>
#include <string_view>

namespace altis::language {

// Compatibility-decomposed, case-folded, without accents and other combining marks of Latin, Greek
// and Cyrillic, without Arabic vowel signs and tatweel; digits of all scripts as ASCII; control and
// direction marks removed; blanks made single and none at the ends. Marks of scripts in which they
// are letters (Devanagari, kana, Hangul) stay; those texts come out composed (NFC). Malformed UTF-8
// is read as U+FFFD. Idempotent.
std::string fold(std::string_view text);

}  // namespace altis::language
