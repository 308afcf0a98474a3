// E-mail addresses as a key for matching.
#pragma once

#include <string>
#include <string_view>

namespace altis::codec {

// Longest address that can be delivered to (RFC 5321).
constexpr std::size_t kMaxEmailBytes = 254;

// The form under which two owners' records of one person meet: white space around it cut off, ASCII
// letters in lower case, nothing else changed. Empty when it cannot be an address: no '@' with text
// on both sides, white space or control characters inside, or longer than kMaxEmailBytes.
std::string normalise_email(std::string_view text);

}  // namespace altis::codec
