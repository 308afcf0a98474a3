#include "codec/phone.h"

namespace altis::codec {
namespace {

constexpr std::string_view kBetweenDigits = " \t\r.-/()";
constexpr std::string_view kTrunkPrefix = "(0)";

tl::unexpected<Error> malformed(std::string_view why) {
    return fail(Code::kInvalid, "phone.malformed",
                "The telephone number " + std::string(why) +
                    "; write it with its country, as in +33 1 23 45 67 89.");
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

Result<std::string> normalise_phone(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kBetweenDigits);
    if (begin == std::string_view::npos) return malformed("is empty");
    text.remove_prefix(begin);
    const bool is_plus = text.starts_with('+');
    if (!is_plus && !text.starts_with("00")) return malformed("has no country");
    text.remove_prefix(is_plus ? 1 : 2);
    std::string number = "+";
    while (!text.empty()) {
        if (number.size() > 1 && text.starts_with(kTrunkPrefix)) {
            text.remove_prefix(kTrunkPrefix.size());
            continue;
        }
        const char c = text.front();
        text.remove_prefix(1);
        if (is_digit(c)) {
            number += c;
        } else if (kBetweenDigits.find(c) == std::string_view::npos) {
            return malformed("holds something else than digits");
        }
    }
    if (number.size() > 1 && number[1] == '0') return malformed("has a country that begins with 0");
    if (number.size() < 1 + kMinPhoneDigits) return malformed("is too short");
    if (number.size() > 1 + kMaxPhoneDigits) return malformed("is too long");
    return number;
}

}  // namespace altis::codec
