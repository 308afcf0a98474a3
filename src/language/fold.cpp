#include "language/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "base/assert.h"
#include "language/icu_text.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

constexpr UChar32 kTatweel = 0x0640;

const icu::Normalizer2& compatibility_casefold() {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return *normalizer;
}

const icu::Normalizer2& decomposition() {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFDInstance(status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return *normalizer;
}

const icu::Normalizer2& composition() {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFCInstance(status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return *normalizer;
}

// Scripts in which a mark is an accent that people leave out, not a letter.
bool has_optional_marks(UScriptCode script) {
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
           script == USCRIPT_ARABIC;
}

UScriptCode script_of(UChar32 point) {
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(point, &status);
}

bool is_left_out(UChar32 point) {
    const auto kind = u_charType(point);
    return kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR || point == kTatweel;
}

UnicodeString without_optional_parts(const UnicodeString& text) {
    UnicodeString out;
    bool marks_are_optional = false;
    bool blank_is_due = false;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        UChar32 point = text.char32At(i);
        if (u_isUWhiteSpace(point)) {
            blank_is_due = !out.isEmpty();
            continue;
        }
        if (is_left_out(point)) continue;
        if (u_charType(point) == U_NON_SPACING_MARK) {
            if (marks_are_optional) continue;
        } else {
            marks_are_optional = has_optional_marks(script_of(point));
        }
        if (blank_is_due) out.append(u' ');
        blank_is_due = false;
        if (const std::int32_t digit = u_charDigitValue(point); digit >= 0) point = u'0' + digit;
        out.append(point);
    }
    return out;
}

}  // namespace

std::string fold(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString source = from_utf8(text);
    UnicodeString folded = compatibility_casefold().normalize(source, status);
    folded = without_optional_parts(decomposition().normalize(folded, status));
    folded = composition().normalize(folded, status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return to_utf8(folded);
}

}  // namespace altis::language
