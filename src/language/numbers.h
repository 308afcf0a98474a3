// Numbers as a language writes them, from and to their exact text; never through binary floating
// point.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace altis::language {

// "1234.50" is "1,234.50" in English, "1 234,50" in French, "١٬٢٣٤٫٥٠" in Arabic. The text must be
// a well-formed decimal (asserted).
std::string format_decimal(std::string_view text, std::string_view language);

// "3:43.13" or "1:02:03": whole numbers between colons, the last with a fraction or none. Digits
// and decimal separator are those of the language; nothing else changes. The text must be a
// well-formed clock time (asserted).
std::string format_clock(std::string_view text, std::string_view language);

// True for [h:]m:ss[.f...]: at least one colon, two digits behind each, below 60.
bool is_clock(std::string_view text);

// The value of a number as a reader of the language understands it. Digits of any one script (as
// ASCII), and the language's own separators: groups as `format_decimal` writes them, or none.
// Nothing for leading zeros, irregular groups, other separators.
std::optional<Decimal> parse_decimal(std::string_view text, std::string_view language);

// The inverse of `format_clock`; nothing for what that would not write.
std::optional<std::string> parse_clock(std::string_view text, std::string_view language);

// The separators of a language, each at most one character, in UTF-8.
struct NumberSigns {
    std::string decimal;
    std::string group;
};
const NumberSigns& number_signs(std::string_view language);

}  // namespace altis::language
