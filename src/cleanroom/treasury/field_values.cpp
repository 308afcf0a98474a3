#include "cleanroom/treasury/field_values.h"

#include <algorithm>

namespace altis::cleanroom {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// `lower` in any case.
bool is_word(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
    });
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return is_word(text, word); });
}

// Saturates: no more than 19 digits are ever added.
void add_digit(std::int64_t& value, int digit) {
    constexpr std::int64_t kFull = (INT64_MAX - 9) / 10;
    value = value > kFull ? INT64_MAX : value * 10 + digit;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::optional<bool> parse_yes_or_no(std::string_view text) {
    text = trimmed(text);
    if (text.empty() || is_one_of(text, {"0", "false", "no", "n"})) return false;
    if (is_one_of(text, {"1", "true", "yes", "y"})) return true;
    return std::nullopt;
}

std::optional<std::int64_t> parse_fixed(std::string_view text, int decimals) {
    text = trimmed(text);
    if (text.empty()) return 0;
    const bool is_negative = text.front() == '-';
    if (is_negative || text.front() == '+') text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
    if (whole.empty() || (point < text.size() && fraction.empty()) ||
        !std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit)) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (const char c : whole)
        add_digit(value, c - '0');
    const auto places = static_cast<std::size_t>(decimals);
    for (std::size_t i = 0; i < places; ++i)
        add_digit(value, i < fraction.size() ? fraction[i] - '0' : 0);
    if (fraction.size() > places && fraction[places] >= '5' && value < INT64_MAX) ++value;
    return is_negative ? -value : value;
}

}  // namespace altis::cleanroom
