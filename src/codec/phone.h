// Phone numbers as identifiers: E.164, so that owners who write them in their own ways can match.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

constexpr std::size_t kMinPhoneDigits = 7;   // with the country's calling code
constexpr std::size_t kMaxPhoneDigits = 15;  // E.164

// True for "+" and 1 to 3 digits that do not begin with 0, e.g. "+41".
bool is_calling_code(std::string_view text);

// "+41791234567" from "+41 (0)79 123 45 67", "0041 79 123 45 67" or, with the calling code "+41" of
// the place where the list was written, "079 123 45 67". Spaces, hyphens, points, slashes and
// brackets are ignored. The prefix with which a country dials within itself is left out (0, or what
// the country uses instead). Without a calling code (empty) national numbers are refused. Fails
// with "phone.malformed", "phone.national" or "phone.length". The message never repeats the number.
Result<std::string> normalise_phone(std::string_view text, std::string_view calling_code);

}  // namespace altis::codec
