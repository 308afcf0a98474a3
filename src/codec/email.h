// E-mail addresses as identifiers: one spelling per mailbox, so that owners can match them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

constexpr std::size_t kMaxEmailBytes = 254;  // RFC 5321
constexpr std::size_t kMaxEmailLocalBytes = 64;

// Trims ASCII white space and lower-cases ASCII letters on both sides of the "@"; nothing else is
// changed (dots and "+tags" stay: only the provider knows what they mean). Fails with
// "email.malformed" (no or several "@", an empty side, white space or control characters inside, a
// domain with an empty label) or "email.too_long". The message never repeats the address.
Result<std::string> normalise_email(std::string_view text);

}  // namespace altis::codec
