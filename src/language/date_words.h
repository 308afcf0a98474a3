// Words of the calendar, as ICU has them in a language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace altis::language {

// Names of weekdays and months, and days, weeks, months and years that are said from today's view
// ("yesterday", "last week"), in plain letters (letters.h) with single blanks. Abbreviations only
// from three letters on, and without the point; what has a digit or a numeral in it is left out.
std::vector<std::u32string> date_words(std::string_view language);

}  // namespace altis::language
