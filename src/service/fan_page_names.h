// The names of a fan's values in the languages of the own page, and the values as people read them.
#pragma once

#include <string>
#include <string_view>

#include "codec/json.h"

namespace altis::service {

// Of a member of the profile or of an identifier: "first_seen"; also of what it counts by, such as
// "ticket". Empty when the name has no words: those of applications' own kinds, and codes.
std::string_view value_name(std::string_view language, std::string_view name);

// A value of a member of the profile, as plain text: moments to the minute, lengths of time in
// minutes and seconds, sums of money with their currency, yes and no; else as the data have it.
// `by` is what it is counted by ("merchandise/USD"), or empty. Takes any value.
std::string value_text(std::string_view language, std::string_view name, std::string_view by,
                       const codec::Json& value);

}  // namespace altis::service
