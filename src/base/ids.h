// UUIDs: version 7 (RFC 9562) sorts by the time it was made, so ids of one run stay together in
// indexes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace altis {

// 128 bits, big-endian as printed.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Builds a version 7 id from a time (millisecond precision; before 1970 counts as 1970) and 74 bits
// taken from `entropy`.
Uuid make_uuid7(Time time, const std::array<std::uint8_t, 10>& entropy);

// Lower-case 8-4-4-4-12 form.
std::string to_string(const Uuid& uuid);

// Reads the 8-4-4-4-12 form in either case. Fails with "uuid.malformed".
Result<Uuid> parse_uuid(std::string_view text);

}  // namespace altis
