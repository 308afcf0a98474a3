// Checks and encodings of text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

// True for well-formed UTF-8 (no surrogates, no overlong forms). Fast (SIMD).
bool is_utf8(std::string_view text);

std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);     // "hex.malformed"
std::string to_base64(std::string_view bytes);           // RFC 4648 with padding
Result<std::string> from_base64(std::string_view text);  // "base64.malformed"

}  // namespace altis::codec
