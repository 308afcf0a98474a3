#include "fans/matching/normalise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace altis::fans::matching {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

// The plain letters of U+00C0 to U+017F, one per code point; '.' stands for "leave as it is".
constexpr std::string_view kPlainLatin =
    "aaaaaaaceeeeiiiidnooooo.ouuuuyts"   // U+00C0: capitals
    "aaaaaaaceeeeiiiidnooooo.ouuuuyty"   // U+00E0: small letters
    "aaaaaaccccccccddddeeeeeeeeeegggg"   // U+0100
    "gggghhhhiiiiiiiiiiiijjkkklllllll"   // U+0120
    "lllnnnnnnnnnoooooooorrrrrrssssss"   // U+0140
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";  // U+0160
static_assert(kPlainLatin.size() == 192);

// Appends the character at the front of `text`, in lower case and plain; gives its length in bytes.
std::size_t append_plain(std::string& out, std::string_view text) {
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte < 0x80) {
        out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : text[0];
        return 1;
    }
    if (byte >= 0xC3 && byte <= 0xC5 && text.size() > 1) {
        const std::size_t code =
            ((byte & 0x1FU) << 6U) | (static_cast<unsigned char>(text[1]) & 0x3FU);
        const char plain = kPlainLatin[code - 0xC0];
        if (plain != '.') {
            out += plain;
            return 2;
        }
    }
    // Accents written as characters of their own (U+0300 to U+036F).
    if (text.size() > 1 && (byte == 0xCC || (byte == 0xCD && text[1] < '\xB0'))) return 2;
    out += text[0];
    return 1;
}

std::string plain_lower(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty())
        text.remove_prefix(append_plain(plain, text));
    return plain;
}

bool is_word_byte(char c) {
    return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

void cut(std::string& text) {
    if (text.size() > kMaxComparedBytes) text.resize(kMaxComparedBytes);
}

struct Date {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
};

bool is_plausible(const Date& date) {
    return date.year >= 1850 && date.year <= 2100 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= 31;
}

unsigned number(std::string_view digits) {
    unsigned value = 0;
    for (char digit : digits)
        value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
}

std::string digits_of(const Date& date) {
    const unsigned value = date.year * 10'000 + date.month * 100 + date.day;
    return std::to_string(value);
}

// Day first, else month first.
Date year_last(unsigned first, unsigned second, unsigned year) {
    const Date day_first{year, second, first};
    return is_plausible(day_first) ? day_first : Date{year, first, second};
}

std::vector<std::string_view> digit_groups(std::string_view text) {
    std::vector<std::string_view> groups;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t start = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        if (at > start) groups.push_back(text.substr(start, at - start));
        if (at == start) ++at;
    }
    return groups;
}

Date read_groups(const std::vector<std::string_view>& groups) {
    const bool short_enough =
        std::all_of(groups.begin(), groups.end(), [](auto group) { return group.size() <= 4; });
    if (!short_enough) return {};
    if (groups[0].size() == 4) return {number(groups[0]), number(groups[1]), number(groups[2])};
    return year_last(number(groups[0]), number(groups[1]), number(groups[2]));
}

Date read_eight_digits(std::string_view digits) {
    const Date year_first{number(digits.substr(0, 4)), number(digits.substr(4, 2)),
                          number(digits.substr(6, 2))};
    if (is_plausible(year_first)) return year_first;
    return year_last(number(digits.substr(0, 2)), number(digits.substr(2, 2)),
                     number(digits.substr(4, 4)));
}

// "the hill st" and "the hill street" are one street.
std::string with_long_street_type(std::string line) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes = {{
        {"st", "street"},
        {"str", "street"},
        {"rd", "road"},
        {"ave", "avenue"},
        {"av", "avenue"},
        {"pl", "place"},
        {"ct", "court"},
        {"cres", "crescent"},
        {"cct", "circuit"},
        {"dr", "drive"},
        {"ln", "lane"},
        {"blvd", "boulevard"},
    }};
    const std::size_t blank = line.rfind(' ');
    if (blank == std::string::npos) return line;
    const std::string last = line.substr(blank + 1);
    for (const auto& [brief, full] : kTypes) {
        if (last != brief) continue;
        line.replace(blank + 1, last.size(), full);
        cut(line);
        break;
    }
    return line;
}

}  // namespace

std::string normalise_words(std::string_view text) {
    std::string words;
    bool apart = false;
    for (char c : plain_lower(text)) {
        if (is_word_byte(c)) {
            if (apart && !words.empty()) words += ' ';
            words += c;
            apart = false;
        } else if (c != '\'' && c != '.') {
            apart = true;
        }
    }
    cut(words);
    return words;
}

std::string normalise_code(std::string_view text) {
    std::string code = plain_lower(text);
    std::erase_if(code, [](char c) { return !is_word_byte(c); });
    cut(code);
    return code;
}

std::string normalise_date(std::string_view text) {
    const std::vector<std::string_view> groups = digit_groups(text);
    Date date;
    if (groups.size() >= 3) date = read_groups(groups);
    if (groups.size() == 1 && groups[0].size() == 8) date = read_eight_digits(groups[0]);
    if (is_plausible(date)) return digits_of(date);
    std::string digits;
    for (std::string_view group : groups)
        digits += group;
    cut(digits);
    return digits;
}

std::string normalise(PersonField field, std::string_view text) {
    switch (field) {
        case PersonField::kBirthDate:
            return normalise_date(text);
        case PersonField::kStreetNumber:
        case PersonField::kPostcode:
        case PersonField::kState:
        case PersonField::kNationalId:
        case PersonField::kPhone:
            return normalise_code(text);
        case PersonField::kEmail: {
            std::string email = plain_lower(text);
            std::erase(email, ' ');
            cut(email);
            return email;
        }
        case PersonField::kAddressLine1:
        case PersonField::kAddressLine2:
            return with_long_street_type(normalise_words(text));
        case PersonField::kGivenName:
        case PersonField::kSurname:
        case PersonField::kSuburb:
            return normalise_words(text);
    }
    return {};
}

}  // namespace altis::fans::matching
