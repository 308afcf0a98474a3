#include "language/letters.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/utf8.h>

#include "language/icu_text.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

// What the linter dislikes here is in ICU's macro.
// NOLINTBEGIN(readability-function-size, bugprone-inc-dec-in-conditions)

// The code point at `i`, which then stands behind it; negative where the bytes are not UTF-8.
UChar32 next_code(const std::uint8_t* bytes, std::int32_t& i, std::int32_t size) {
    UChar32 code = 0;
    U8_NEXT(bytes, i, size, code);
    return code;
}

// NOLINTEND(readability-function-size, bugprone-inc-dec-in-conditions)

UChar32 of(char32_t code) {
    return static_cast<UChar32>(code);
}

bool is_direction_mark(UChar32 c) {
    const auto direction = u_charDirection(c);
    const bool is_control =
        direction == U_LEFT_TO_RIGHT_EMBEDDING || direction == U_LEFT_TO_RIGHT_OVERRIDE ||
        direction == U_RIGHT_TO_LEFT_EMBEDDING || direction == U_RIGHT_TO_LEFT_OVERRIDE ||
        direction == U_POP_DIRECTIONAL_FORMAT || direction == U_FIRST_STRONG_ISOLATE ||
        direction == U_LEFT_TO_RIGHT_ISOLATE || direction == U_RIGHT_TO_LEFT_ISOLATE ||
        direction == U_POP_DIRECTIONAL_ISOLATE;
    return is_control || c == 0x200E || c == 0x200F || c == 0x061C;
}

bool runs_against(UChar32 c, bool is_leftward) {
    const auto direction = u_charDirection(c);
    if (is_leftward) return direction == U_LEFT_TO_RIGHT;
    return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
}

}  // namespace

std::vector<Letter> letters_of(std::string_view text) {
    std::vector<Letter> letters;
    letters.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
        const auto begin = static_cast<std::size_t>(i);
        const UChar32 code = next_code(bytes, i, size);
        if (code < 0) return {};
        letters.push_back({static_cast<char32_t>(code), begin});
    }
    return letters;
}

int digit_value(char32_t code) {
    return u_charDigitValue(of(code));
}

bool is_numeric(char32_t code) {
    return u_getNumericValue(of(code)) != U_NO_NUMERIC_VALUE;
}

bool is_control(char32_t code) {
    const auto kind = u_charType(of(code));
    return kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR;
}

bool is_alphabetic(char32_t code) {
    return u_isalpha(of(code)) != 0;
}

bool is_alphanumeric(char32_t code) {
    return u_isalnum(of(code)) != 0;
}

char32_t lower_case(char32_t code) {
    return static_cast<char32_t>(u_tolower(of(code)));
}

bool is_right_to_left(std::string_view language) {
    return uloc_isRightToLeft(std::string(language).c_str()) != 0;
}

std::string presentable_name(std::string_view name, std::string_view language) {
    const icu::UnicodeString source = from_utf8(name);
    const bool is_leftward = is_right_to_left(language);
    UnicodeString shown;
    bool must_isolate = false;
    for (std::int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1)) {
        const UChar32 c = source.char32At(i);
        if (is_direction_mark(c)) continue;
        if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
            if (!shown.isEmpty() && !shown.endsWith(u" ", 1)) shown.append(u' ');
            continue;
        }
        must_isolate = must_isolate || runs_against(c, is_leftward);
        shown.append(c);
    }
    shown.trim();
    if (must_isolate) shown.insert(0, UChar32{0x2068}).append(UChar32{0x2069});
    return to_utf8(shown);
}

}  // namespace altis::language
