// Telephone numbers as identifiers: one spelling per number (ITU-T E.164), so that owners can match
// them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

constexpr std::size_t kMinPhoneDigits = 7;   // with the country's
constexpr std::size_t kMaxPhoneDigits = 15;  // E.164

// "+" and digits, of a number in international form: it begins with "+" or "00", and may hold
// spaces, ".", "-", "/", parentheses, and "(0)", which is dropped. Numbers without a country are
// refused, because they mean different people in different places. Fails with "phone.malformed".
// The message never repeats the number.
Result<std::string> normalise_phone(std::string_view text);

}  // namespace altis::codec
