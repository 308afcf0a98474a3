// For this room alone: ICU's texts, from and to UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace altis::language {

inline std::string to_utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

// Malformed bytes become U+FFFD.
inline icu::UnicodeString from_utf8(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

inline icu::Locale locale_of(std::string_view language) {
    return icu::Locale(std::string(language).c_str());
}

}  // namespace altis::language
