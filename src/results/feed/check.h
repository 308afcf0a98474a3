// The check at the end of every message of a feed: whoever reads the text finds a changed byte in
// it, also where no document is concerned.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace altis::results::feed {

constexpr std::size_t kCheckDigits = 16;  // hex, of the SHA-256 of the text without the check

// The compact text of a JSON object with a last member "check".
std::string with_check(std::string json);

// True when the text ends in the check that belongs to it.
bool holds_check(std::string_view message);

}  // namespace altis::results::feed
