#include "fans/dialects/members.h"

#include <charconv>

#include "codec/text.h"

namespace altis::fans {

using codec::ScanValue;

Result<void> find_members(std::string_view object, std::span<const std::string_view> names,
                          std::span<ScanValue> values) {
    if (!object.starts_with('{')) return {};
    const auto found = codec::pick_members(object, names, values);
    if (found) return {};
    return fail(Code::kInvalid, "event.malformed", found.error().message);
}

ScanValue time_value(Time time, TextReader& texts) {
    return text_value(texts.keep('"' + format_rfc3339(time) + '"'));
}

std::optional<std::int64_t> whole_ms(std::string_view text) {
    constexpr std::size_t kMaxDigits = 13;  // until 2286
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || text.size() > kMaxDigits || number < 0) {
        return std::nullopt;
    }
    return number;
}

Result<std::string> decode_base64(std::string_view text) {
    std::string standard(text.substr(0, text.find_last_not_of("=\r\n") + 1));
    for (char& c : standard) {
        if (c == '-' || c == ' ') c = '+';  // a form may have made the sign a space
        if (c == '_') c = '/';
    }
    standard.append((4 - standard.size() % 4) % 4, '=');
    return codec::from_base64(standard);
}

Result<std::string> decode_form(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto byte = codec::from_hex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1) {
            return fail(Code::kInvalid, "form.malformed",
                        "the form holds a '%' without two hexadecimal digits; encode it again");
        }
        decoded += *byte;
        i += 2;
    }
    return decoded;
}

}  // namespace altis::fans
