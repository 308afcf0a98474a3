// Points in time: UTC microseconds since 1970-01-01T00:00:00Z, without leap seconds. Zones live at
// the edges.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis {

// A length of time in microseconds.
struct Duration {
    std::int64_t us = 0;
    friend constexpr auto operator<=>(Duration, Duration) = default;
};

constexpr Duration milliseconds(std::int64_t n) {
    return {n * 1000};
}
constexpr Duration seconds(std::int64_t n) {
    return {n * 1'000'000};
}
constexpr Duration days(std::int64_t n) {
    return {n * 86'400'000'000};
}

// A point in time.
struct Time {
    std::int64_t us = 0;
    friend constexpr auto operator<=>(Time, Time) = default;
    friend constexpr Time operator+(Time t, Duration d) { return {t.us + d.us}; }
    friend constexpr Time operator-(Time t, Duration d) { return {t.us - d.us}; }
    friend constexpr Duration operator-(Time a, Time b) { return {a.us - b.us}; }
};

// Writes RFC 3339 in UTC with microseconds, e.g. "2026-02-19T21:04:05.000000Z".
std::string format_rfc3339(Time time);

// Reads RFC 3339 (any offset, up to 9 fraction digits of which 6 are kept, "T", "t" or a space, or
// a date alone = midnight UTC). A second 60 counts as second 0 of the next minute. Years 0001 to
// 9999, in UTC too. Fails with "time.malformed".
Result<Time> parse_rfc3339(std::string_view text);

// Midnight UTC of a civil date (proleptic Gregorian). Month 1 to 12, day 1 to 31; not checked
// further.
Time civil_date(int year, int month, int day);

}  // namespace altis
