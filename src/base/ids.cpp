#include "base/ids.h"

namespace altis {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool dash_before(std::size_t byte_index) {
    return byte_index == 4 || byte_index == 6 || byte_index == 8 || byte_index == 10;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Uuid make_uuid7(Time time, const std::array<std::uint8_t, 10>& entropy) {
    Uuid uuid;
    const auto ms = static_cast<std::uint64_t>(time.us > 0 ? time.us / 1000 : 0);
    for (std::size_t i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    }
    for (std::size_t i = 0; i < entropy.size(); ++i)
        uuid.bytes[6 + i] = entropy[i];
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x70);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
    return uuid;
}

std::string to_string(const Uuid& uuid) {
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (dash_before(i)) text.push_back('-');
        text.push_back(kHexDigits[uuid.bytes[i] >> 4]);
        text.push_back(kHexDigits[uuid.bytes[i] & 0x0F]);
    }
    return text;
}

Result<Uuid> parse_uuid(std::string_view text) {
    Uuid uuid;
    std::size_t at = 0;
    bool ok = text.size() == 36;
    for (std::size_t i = 0; ok && i < uuid.bytes.size(); ++i) {
        if (dash_before(i)) ok = text[at++] == '-';
        const int high = hex_value(text[at]);
        const int low = hex_value(text[at + 1]);
        ok = ok && high >= 0 && low >= 0;
        uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    if (!ok) {
        return fail(Code::kInvalid, "uuid.malformed", "not a UUID in its 8-4-4-4-12 form");
    }
    return uuid;
}

}  // namespace altis
