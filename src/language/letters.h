// Unicode properties of single characters, and UTF-8 read one character at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace altis::language {

// A character and the byte at which it begins.
struct Letter {
    char32_t code = 0;
    std::size_t begin = 0;
    friend bool operator==(const Letter&, const Letter&) = default;
};

// The characters of a text; empty for a text that is not UTF-8 (and for an empty one).
std::vector<Letter> letters_of(std::string_view text);

// 0 to 9 for a decimal digit of any script, else -1.
int digit_value(char32_t code);
// True for what stands for a number: digits, fractions, Roman and Chinese numerals.
bool is_numeric(char32_t code);
bool is_control(char32_t code);  // control and format characters, direction marks among them
bool is_alphabetic(char32_t code);
bool is_alphanumeric(char32_t code);
char32_t lower_case(char32_t code);

// True for languages written from right to left, e.g. Arabic; by the tag of BCP 47.
bool is_right_to_left(std::string_view language);
// True for what words are made of: letters, and the marks on them.
bool is_alphabetic_or_mark(char32_t code);

// The letter for comparing words, one character at a time: lower case, without the accents of
// Latin, Greek and Cyrillic, the hamza of Arabic and the nukta of Devanagari; forms of one Arabic
// or Devanagari letter that writers exchange are one, and so are blanks, apostrophes and hyphens. 0
// for a mark that says nothing then.
char32_t plain_letter(char32_t code);

// True when texts of the language are written with this character: of its own scripts, of Latin, or
// of no script (signs, digits, blanks). True of all characters for an unknown language.
bool is_written_in(char32_t code, std::string_view language);

// A name fit to stand in running text of a language: control and direction marks removed, blanks
// made single, and isolated (U+2068, U+2069) when it runs against the language's direction. Empty
// when nothing is left.
std::string presentable_name(std::string_view name, std::string_view language);

}  // namespace altis::language
