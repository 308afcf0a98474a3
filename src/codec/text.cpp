#include "codec/text.h"

#include <array>
#include <cstdint>
#include <simdjson.h>

namespace altis::codec {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using DigitValues = std::array<std::int8_t, 256>;  // -1 for a character that is no digit

constexpr DigitValues kHexValues = [] {
    DigitValues values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 16; ++i) {
        const char c = kHexDigits[i];
        values[static_cast<unsigned char>(c)] = static_cast<std::int8_t>(i);
        if (c >= 'a') values[static_cast<unsigned char>(c - 32)] = static_cast<std::int8_t>(i);
    }
    return values;
}();

constexpr DigitValues values_of(std::string_view digits) {
    DigitValues values{};
    values.fill(-1);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}
constexpr DigitValues kBase64Values = values_of(kBase64Digits);
constexpr DigitValues kBase64UrlValues = values_of(kBase64UrlDigits);

constexpr std::size_t kShortBytes = 32;  // up to here a call of simdjson costs more than it saves

bool is_ascii(std::string_view text) {
    unsigned char bits = 0;
    for (const char c : text)
        bits |= static_cast<unsigned char>(c);
    return bits < 0x80;
}

int value_of(const DigitValues& values, char c) {
    return values[static_cast<unsigned char>(c)];
}

tl::unexpected<Error> malformed_base64() {
    return fail(Code::kInvalid, "base64.malformed",
                "not base64 with its padding (RFC 4648, alphabet with '+' and '/')");
}

// Groups of three bytes as four digits; the last group as many digits as it needs.
std::string encode64(std::string_view bytes, std::string_view digits) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group <<= 8;
            if (at + i < bytes.size()) group |= static_cast<unsigned char>(bytes[at + i]);
        }
        for (int shift = 18; shift >= 0; shift -= 6)
            text += digits[(group >> shift) & 63];
    }
    text.resize((bytes.size() * 4 + 2) / 3);
    return text;
}

// False for a character that is no digit, for a digit too many, and for left-over bits that are
// not zero, or two texts would mean the same bytes.
bool decode64(std::string_view text, const DigitValues& values, std::string& bytes) {
    if (text.size() % 4 == 1) return false;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char c : text) {
        const int value = value_of(values, c);
        if (value < 0) return false;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFF;
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        bytes.push_back(static_cast<char>(bits >> bit_count & 0xFF));
    }
    return (bits & ((1U << bit_count) - 1)) == 0;
}

std::size_t padding_of(std::string_view text) {
    if (text.ends_with("==")) return 2;
    return text.ends_with('=') ? 1 : 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    if (text.size() <= kShortBytes && is_ascii(text)) return true;
    return simdjson::validate_utf8(text.data(), text.size());
}

std::string to_hex(std::string_view bytes) {
    std::string text(bytes.size() * 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text[2 * i] = kHexDigits[byte >> 4];
        text[2 * i + 1] = kHexDigits[byte & 0x0F];
    }
    return text;
}

Result<std::string> from_hex(std::string_view text) {
    std::string bytes(text.size() / 2, '\0');
    bool ok = text.size() % 2 == 0;
    for (std::size_t i = 0; ok && i < bytes.size(); ++i) {
        const int high = value_of(kHexValues, text[2 * i]);
        const int low = value_of(kHexValues, text[2 * i + 1]);
        ok = high >= 0 && low >= 0;
        bytes[i] = static_cast<char>(high * 16 + low);
    }
    if (ok) return bytes;
    return fail(Code::kInvalid, "hex.malformed", "not an even number of hexadecimal digits");
}

std::string to_base64(std::string_view bytes) {
    std::string text = encode64(bytes, kBase64Digits);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

Result<std::string> from_base64(std::string_view text) {
    std::string bytes;
    if (text.size() % 4 != 0) return malformed_base64();
    text.remove_suffix(padding_of(text));
    if (!decode64(text, kBase64Values, bytes)) return malformed_base64();
    return bytes;
}

std::string to_base64url(std::string_view bytes) {
    return encode64(bytes, kBase64UrlDigits);
}

Result<std::string> from_base64url(std::string_view text) {
    std::string bytes;
    if (decode64(text, kBase64UrlValues, bytes)) return bytes;
    return fail(Code::kInvalid, "base64url.malformed",
                "not base64url without padding (RFC 4648 section 5, alphabet with '-' and '_')");
}

namespace {

// Empty when the character stands for itself.
std::string_view reference_of(char c, MarkupPlace place) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        default:
            break;
    }
    if (place == MarkupPlace::kContent) return {};
    if (c == '\t') return "&#9;";
    if (c == '\n') return "&#10;";
    return c == '\r' ? "&#13;" : std::string_view();
}

}  // namespace

void append_markup(std::string& out, std::string_view text, MarkupPlace place) {
    for (const char c : text) {
        const std::string_view reference = reference_of(c, place);
        if (reference.empty()) {
            out.push_back(c);
        } else {
            out.append(reference);
        }
    }
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto tail = [point](int shift) {
        return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
    };
    if (point < 0x80) {
        out.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
        out.push_back(static_cast<char>(0xC0U | (point >> 6)));
        out.push_back(tail(0));
    } else if (point < 0x10000) {
        out.push_back(static_cast<char>(0xE0U | (point >> 12)));
        out.push_back(tail(6));
        out.push_back(tail(0));
    } else {
        out.push_back(static_cast<char>(0xF0U | (point >> 18)));
        out.push_back(tail(12));
        out.push_back(tail(6));
        out.push_back(tail(0));
    }
}

}  // namespace altis::codec
