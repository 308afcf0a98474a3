#include "results/formats/texts.h"

#include <algorithm>
#include <array>
#include <vector>

#include "results/odf_lines.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

constexpr int kMinute = 60;
constexpr int kHour = 3600;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string padded(std::string_view text, std::size_t size, char fill) {
    std::string out(text.substr(0, size));
    out.resize(size, fill);
    return out;
}

std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// Whole part and fraction with its point; the fraction may be empty.
std::optional<std::pair<int, std::string>> split_decimal(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto whole = odf::parse_count(text.substr(0, point));
    const std::string_view fraction = text.substr(point);
    if (!whole || fraction == "." ||
        !std::all_of(fraction.begin() + (fraction.empty() ? 0 : 1), fraction.end(), is_digit)) {
        return std::nullopt;
    }
    return std::pair(*whole, std::string(fraction));
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (std::size_t end = text.find(by); end != std::string_view::npos; end = text.find(by)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

// Seconds and fraction of "1:02:03.5", of up to three parts.
std::optional<std::pair<int, std::string>> seconds_of(std::string_view clock) {
    const auto parts = split(clock, ':');
    if (parts.size() > 3) return std::nullopt;
    int seconds = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto part = odf::parse_count(parts[i]);
        if (!part || *part > kHour) return std::nullopt;
        seconds = (seconds + *part) * kMinute;
    }
    const auto last = split_decimal(parts.back());
    if (!last || last->first > 1000 * kHour) return std::nullopt;
    return std::pair(seconds + last->first, last->second);
}

std::string clock_of(int seconds, std::string_view fraction) {
    const int hours = seconds / kHour;
    const int minutes = seconds / kMinute % kMinute;
    const std::string rest = two_digits(seconds % kMinute) + std::string(fraction);
    if (hours > 0) return std::to_string(hours) + ":" + two_digits(minutes) + ":" + rest;
    if (minutes > 0) return std::to_string(minutes) + ":" + rest;
    return std::to_string(seconds) + std::string(fraction);
}

}  // namespace

std::string code_text(std::string_view text, std::size_t size) {
    std::string code;
    for (char c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        const bool fits = (c >= 'A' && c <= 'Z') || is_digit(c);
        if (fits && code.size() < size) code += c;
    }
    return code;
}

Result<std::string> build_rsc(std::string_view discipline, char gender, std::string_view event,
                              std::string_view modifier, std::string_view phase,
                              std::size_t number) {
    constexpr std::size_t kEvent = 18;  // type and modifier together
    constexpr std::size_t kType = 8;
    std::string name = modifier.empty() ? code_text(event, kEvent)
                                        : padded(code_text(event, kType), kType, '-') +
                                              code_text(modifier, kEvent - kType);
    std::string unit = std::to_string(number);
    unit.insert(0, unit.size() < 4 ? 4 - unit.size() : 0, '0');
    TRY(const Rsc rsc, Rsc::parse(padded(discipline, 3, '-') + gender + padded(name, kEvent, '-') +
                                  padded(phase, 4, '-') + padded(unit + "00", 8, '-')));
    return rsc.text();
}

std::string short_time(std::string_view text) {
    const auto seconds = seconds_of(text);
    return seconds ? clock_of(seconds->first, seconds->second) : std::string(text);
}

std::string long_time(std::string_view text) {
    const auto seconds = seconds_of(text);
    if (!seconds) return std::string(text);
    const int whole = seconds->first;
    return two_digits(whole / kHour) + ":" + two_digits(whole / kMinute % kMinute) + ":" +
           two_digits(whole % kMinute) + (seconds->second.empty() ? ".00" : seconds->second);
}

std::optional<std::string> clock_of_seconds(std::string_view seconds) {
    const auto parts = split_decimal(seconds);
    if (!parts) return std::nullopt;
    return clock_of(parts->first, parts->second);
}

std::optional<std::string> seconds_of_clock(std::string_view clock) {
    const auto seconds = seconds_of(clock);
    if (!seconds) return std::nullopt;
    return std::to_string(seconds->first) + seconds->second;
}

std::pair<std::string, std::string> split_capital_name(std::string_view name) {
    std::string given;
    std::string family;
    for (const std::string_view word : split(name, ' ')) {
        const bool capitals = word.size() > 1 && std::none_of(word.begin(), word.end(), [](char c) {
                                  return c >= 'a' && c <= 'z';
                              });
        std::string& part = capitals && given.empty() ? family : given;
        part += (part.empty() ? "" : " ") + std::string(word);
    }
    if (family.empty()) std::swap(given, family);
    return {given, family};
}

bool is_split(const ExtendedValue& value) {
    return value.code == "SPLIT" || value.code == "INTERMEDIATE";
}

}  // namespace altis::results::formats
