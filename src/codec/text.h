// Checks and encodings of text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

// True for well-formed UTF-8 (no surrogates, no overlong forms). Fast (SIMD).
bool is_utf8(std::string_view text);

// Appends a Unicode scalar value.
void append_utf8(std::string& out, std::uint32_t point);

std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);     // "hex.malformed"
std::string to_base64(std::string_view bytes);           // RFC 4648 with padding
Result<std::string> from_base64(std::string_view text);  // "base64.malformed"

// The alphabet with '-' and '_', without padding (RFC 4648 section 5; RFC 7515): web push, tokens.
std::string to_base64url(std::string_view bytes);
Result<std::string> from_base64url(std::string_view text);  // "base64url.malformed"

// Where a text stands in HTML or XML.
enum class MarkupPlace : std::uint8_t { kContent, kAttribute };

// Appends a text so that it is read as it is and brings no markup: &, <, > and " as entities, and
// in an attribute also tab, line feed and carriage return, which readers would fold.
void append_markup(std::string& out, std::string_view text, MarkupPlace place);

}  // namespace altis::codec
