#include "language/numbers.h"

#include <algorithm>
#include <array>
#include <map>
#include <unicode/dcfmtsym.h>
#include <unicode/numberformatter.h>

#include "base/assert.h"
#include "language/icu_text.h"
#include "language/letters.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

// What a language's numbers are made of.
struct Writing {
    NumberSigns signs;
    std::string minus;
    std::array<std::string, 10> digits;
    std::size_t first_group = 3;    // digits before the decimal separator
    std::size_t other_groups = 3;   // and in each group before those
    std::size_t first_grouped = 4;  // numbers of fewer digits have no groups
};

// How many characters ICU writes for a whole number.
std::size_t length_of(const icu::number::LocalizedNumberFormatter& formatter, std::int64_t value) {
    UErrorCode status = U_ZERO_ERROR;
    const UnicodeString text = formatter.formatInt(value, status).toString(status);
    ALTIS_ASSERT(U_SUCCESS(status));
    return static_cast<std::size_t>(text.countChar32());
}

Writing writing_of(std::string_view language) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale locale = locale_of(language);
    const icu::DecimalFormatSymbols symbols(locale, status);
    Writing writing;
    using Symbols = icu::DecimalFormatSymbols;
    writing.signs = {to_utf8(symbols.getConstSymbol(Symbols::kDecimalSeparatorSymbol)),
                     to_utf8(symbols.getConstSymbol(Symbols::kGroupingSeparatorSymbol))};
    for (int digit = 0; digit < 10; ++digit)
        writing.digits[static_cast<std::size_t>(digit)] =
            to_utf8(symbols.getConstDigitSymbol(digit));
    writing.minus = to_utf8(symbols.getConstSymbol(Symbols::kMinusSignSymbol));
    ALTIS_ASSERT(U_SUCCESS(status));
    const auto formatter = icu::number::NumberFormatter::withLocale(locale);
    if (length_of(formatter, 1'234) == 4) writing.first_grouped = 5;
    // 12,34,56,789 has one separator more than 123,456,789.
    if (length_of(formatter, 123'456'789) == 12) writing.other_groups = 2;
    return writing;
}

// Made once for each thread and language.
const Writing& writing(std::string_view language) {
    thread_local std::map<std::string, Writing, std::less<>> known;
    const auto found = known.find(language);
    if (found != known.end()) return found->second;
    return known.emplace(language, writing_of(language)).first->second;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// ASCII digits for those of other scripts; the rest as it is. Nothing when scripts are mixed.
std::optional<std::string> with_ascii_digits(std::string_view text) {
    std::string out;
    char32_t zero = 0;
    const auto letters = letters_of(text);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const int digit = digit_value(letters[i].code);
        if (digit < 0) {
            const auto end = i + 1 < letters.size() ? letters[i + 1].begin : text.size();
            out += text.substr(letters[i].begin, end - letters[i].begin);
            continue;
        }
        const char32_t its_zero = letters[i].code - static_cast<char32_t>(digit);
        if (zero != 0 && zero != its_zero) return std::nullopt;
        zero = its_zero;
        out.push_back(static_cast<char>('0' + digit));
    }
    return out;
}

void erase_all(std::string& text, std::string_view part) {
    for (auto at = text.find(part); !part.empty() && at != std::string::npos; at = text.find(part))
        text.erase(at, part.size());
}

}  // namespace

const NumberSigns& number_signs(std::string_view language) {
    return writing(language).signs;
}

std::string format_decimal(std::string_view text, std::string_view language) {
    ALTIS_ASSERT(Decimal::parse(text));
    const Writing& how = writing(language);
    std::string out;
    if (text.front() == '-' || text.front() == '+') {
        if (text.front() == '-') out += how.minus;
        text.remove_prefix(1);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const bool is_grouped = point >= how.first_grouped;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == point) {
            out += how.signs.decimal;
            continue;
        }
        const std::size_t left = point - i;  // digits before the decimal separator
        const bool begins_group =
            left == how.first_group ||
            (left > how.first_group && (left - how.first_group) % how.other_groups == 0);
        if (is_grouped && i > 0 && i < point && begins_group) out += how.signs.group;
        out += how.digits[static_cast<std::size_t>(text[i] - '0')];
    }
    return out;
}

bool is_clock(std::string_view text) {
    const auto point = text.find('.');
    if (point != std::string_view::npos && !is_digits(text.substr(point + 1))) return false;
    std::string_view rest = text.substr(0, point);
    std::size_t colons = 0;
    for (auto colon = rest.rfind(':'); colon != std::string_view::npos; colon = rest.rfind(':')) {
        const std::string_view part = rest.substr(colon + 1);
        if (part.size() != 2 || !is_digits(part) || part > "59") return false;
        rest = rest.substr(0, colon);
        ++colons;
    }
    const bool has_leading_zero = rest.size() > 1 && rest.front() == '0';
    return (colons == 1 || colons == 2) && is_digits(rest) && rest.size() <= 4 && !has_leading_zero;
}

std::string format_clock(std::string_view text, std::string_view language) {
    ALTIS_ASSERT(is_clock(text));
    const Writing& signs = writing(language);
    std::string out;
    for (const char c : text) {
        if (c == ':') {
            out.push_back(c);
        } else {
            out += c == '.' ? signs.signs.decimal : signs.digits[static_cast<std::size_t>(c - '0')];
        }
    }
    return out;
}

std::optional<std::string> parse_clock(std::string_view text, std::string_view language) {
    auto ascii = with_ascii_digits(text);
    if (!ascii) return std::nullopt;
    const std::string& point = number_signs(language).decimal;
    if (const auto at = ascii->find(point); at != std::string::npos)
        ascii->replace(at, point.size(), ".");
    if (is_clock(*ascii) && format_clock(*ascii, language) == text) return ascii;
    return std::nullopt;
}

std::optional<Decimal> parse_decimal(std::string_view text, std::string_view language) {
    const auto ascii = with_ascii_digits(text);
    if (!ascii) return std::nullopt;
    const NumberSigns& signs = number_signs(language);
    const std::string_view sign = std::string_view(*ascii).substr(0, ascii->starts_with('-'));
    const std::string_view magnitude = std::string_view(*ascii).substr(sign.size());
    const auto point = magnitude.find(signs.decimal);
    std::string whole(magnitude.substr(0, point));
    const bool is_grouped = whole.find(signs.group) != std::string::npos;
    erase_all(whole, signs.group);
    if (!is_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    std::string plain = std::string(sign) + whole;
    if (point != std::string_view::npos) {
        const std::string_view fraction = magnitude.substr(point + signs.decimal.size());
        if (!is_digits(fraction)) return std::nullopt;
        plain += "." + std::string(fraction);
    }
    const auto value = Decimal::parse(plain);
    if (!value) return std::nullopt;
    if (is_grouped && with_ascii_digits(format_decimal(plain, language)) != ascii)
        return std::nullopt;
    return *value;
}

}  // namespace altis::language
