// One spelling for what is typed in many: case, accents, punctuation, blanks, forms of dates.
#pragma once

#include <string>
#include <string_view>

#include "fans/matching/person_record.h"

namespace altis::fans::matching {

// Only this much of a normalised value is compared; longer text is cut off.
constexpr std::size_t kMaxComparedBytes = 64;

// Lower-case words with single blanks between; Latin letters lose their accents; other scripts stay
// as they are. "  O'Néill-Smith " gives "oneill smith".
std::string normalise_words(std::string_view text);

// Letters and digits alone: "AB 12-34" gives "ab1234".
std::string normalise_code(std::string_view text);

// "yyyymmdd" where the text is a date, else its digits. Where day and month cannot be told apart,
// day comes first.
std::string normalise_date(std::string_view text);

// The normalised value of a field; empty means "not known".
std::string normalise(PersonField field, std::string_view text);

}  // namespace altis::fans::matching
