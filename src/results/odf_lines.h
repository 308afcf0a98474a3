// The inside of ODF messages: result lines and scheduled units. Used by odf.cpp alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/xml.h"
#include "results/odf.h"
#include "results/odf_reading.h"

namespace altis::results::odf {

// The first characters of a text from outside, in quotes, for error messages.
std::string quoted(std::string_view text);

// The failures that reading ODF knows; each names the attribute.
tl::unexpected<Error> missing(std::string_view attribute);
tl::unexpected<Error> malformed(std::string_view attribute, std::string_view text,
                                std::string_view rule);
tl::unexpected<Error> too_large(std::string_view what, std::size_t limit, std::string_view unit);

// A mandatory attribute (a view into the document), or "odf.attribute_missing" or "odf.too_large".
Result<std::string_view> require(Reading& element, std::string_view attribute);

// Digits alone, up to 999,999,999; nothing for any other text.
std::optional<int> parse_count(std::string_view text);

// Reads all Result elements into `message.results`, and checks them against each other.
Result<void> read_results(Reading& competition, OdfMessage& message);

// Reads all Unit elements into `message.units`.
Result<void> read_units(Reading& competition, OdfMessage& message);

}  // namespace altis::results::odf
