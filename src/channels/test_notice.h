// A notice to begin with, and a browser that reads what it is sent. Tests only.
#pragma once

#include <string>

#include "channels/notice.h"
#include "channels/web_push.h"
#include "codec/text.h"

namespace altis::channels {

inline Notice test_notice() {
    return {.id = "0123456789abcdef0123456789abcdef",
            .topic = "fedcba9876543210fedcba9876543210",
            .title = "Free skate",
            .text = "Kaori Sakamoto scored 147.67: silver.",
            .language = "en",
            .link = "https://games.example/results?unit=FSKWSINGLES&fan=none",
            .lifetime = seconds(3'600)};
}

// The subscription of RFC 8291, appendix A.
inline WebPushAddress test_address() {
    return {
        "https://push.example.net:8443/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg"};
}

// What a function that may fail said no with.
template <class T>
std::string reason_of(const Result<T>& result) {
    return result ? "accepted" : result.error().reason;
}

inline std::string header(const OutboundRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return "absent";
}

// Part 0 (header) or 1 (claims) of a JWT, or 2 (the signature).
inline std::string token_part(const std::string& token, int part) {
    std::size_t begin = 0;
    for (; part > 0; --part)
        begin = token.find('.', begin) + 1;
    return codec::from_base64url(token.substr(begin, token.find('.', begin) - begin)).value();
}

}  // namespace altis::channels
