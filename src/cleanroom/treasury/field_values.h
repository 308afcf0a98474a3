// Values as they stand in customer files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace altis::cleanroom {

// Without the white space around it.
std::string_view trimmed(std::string_view text);

// 1, true, yes, y or 0, false, no, n in any case; empty means no.
std::optional<bool> parse_yes_or_no(std::string_view text);

// A decimal number in units of 10^-decimals, half units rounded away from zero; beyond about
// 9 * 10^18 units it stays there. Empty means 0. Nothing for what is no decimal number, as
// exponents and separators of thousands.
std::optional<std::int64_t> parse_fixed(std::string_view text, int decimals);

}  // namespace altis::cleanroom
