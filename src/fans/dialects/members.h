// What dialects share: finding members of JSON objects, and making the values that EventText wants.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/json_scan.h"
#include "fans/signal_reader.h"

namespace altis::fans {

// Members of an object by name. Of what is no object none is there. Fails with "event.malformed"
// when one of them stands twice.
Result<void> find_members(std::string_view object, std::span<const std::string_view> names,
                          std::span<codec::ScanValue> values);

template <std::size_t N>
Result<std::array<codec::ScanValue, N>> members(std::string_view object,
                                                const std::array<std::string_view, N>& names) {
    std::array<codec::ScanValue, N> values;
    TRY_VOID(find_members(object, names, values));
    return values;
}

// A text value; `quoted` carries its quotes and escapes.
constexpr codec::ScanValue text_value(std::string_view quoted) {
    return {codec::ScanKind::kString, quoted};
}

// The names of the calls as JSON texts, by EventType.
constexpr std::array<std::string_view, 6> kQuotedTypes = {
    "\"track\"", "\"identify\"", "\"page\"", "\"screen\"", "\"group\"", "\"alias\""};

// A text value that holds a time, kept in the store.
codec::ScanValue time_value(Time time, TextReader& texts);

// Whole milliseconds, at most 13 digits; nothing for any other text.
std::optional<std::int64_t> whole_ms(std::string_view text);

// base64 in either alphabet, with or without its padding. Fails with "base64.malformed".
Result<std::string> decode_base64(std::string_view text);

// A value of a form: %XX and '+'. Fails with "form.malformed".
Result<std::string> decode_form(std::string_view text);

}  // namespace altis::fans
