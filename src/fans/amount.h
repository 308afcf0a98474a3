// Amounts of money as apps write them, exactly: never through a binary float.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::fans {

// What a currency is taken for when an event names none.
constexpr std::string_view kDefaultCurrency = "USD";

// Three capital letters.
bool is_currency(std::string_view code);

// "35", "35.0" or "35.00" in minor units: cents, or whole units for currencies without minor units
// (JPY, KRW, ...). Fails with "event.bad_amount" (no plain decimal number, too many digits after
// the point) or "event.negative_amount".
Result<std::int64_t> parse_minor(std::string_view text, std::string_view currency);

// The inverse, with the currency: "35.00 USD", "1200 JPY"; also below zero.
std::string format_minor(std::int64_t minor, std::string_view currency);

}  // namespace altis::fans
