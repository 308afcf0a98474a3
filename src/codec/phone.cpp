#include "codec/phone.h"

#include <algorithm>

namespace altis::codec {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_separator(char c) {
    return std::string_view(" \t\r-./()").find(c) != std::string_view::npos;
}

// What countries dial before a national number where that is not 0 (ITU-T, National Numbering
// Plans). It is there when the number has more digits than a national one; 0: whenever it begins
// so.
struct Trunk {
    std::string_view calling_code;
    std::string_view prefix;
    std::size_t national_digits;
};
constexpr Trunk kTrunks[] = {
    {"+1", "1", 10}, {"+7", "8", 10}, {"+36", "06", 0}, {"+370", "8", 8}, {"+370", "0", 8},
};
// Here a number's leading 0 is dialled from abroad, too.
constexpr std::string_view kKeepsZero[] = {"+39", "+225", "+242", "+378", "+379"};

std::string_view without_trunk(std::string_view national, std::string_view calling_code) {
    if (std::ranges::find(kKeepsZero, calling_code) != std::end(kKeepsZero)) return national;
    bool is_listed = false;
    for (const Trunk& trunk : kTrunks) {
        if (trunk.calling_code != calling_code) continue;
        is_listed = true;
        if (national.starts_with(trunk.prefix) && national.size() > trunk.national_digits)
            return national.substr(trunk.prefix.size());
    }
    return !is_listed && national.starts_with('0') ? national.substr(1) : national;
}

tl::unexpected<Error> malformed() {
    return fail(Code::kInvalid, "phone.malformed",
                "The phone number holds something else than digits and - . / ( ); write it like "
                "+41 79 123 45 67.");
}

// The digits, and a + before them when there was one. "(0)" is dialled within the country alone.
Result<std::string> bare(std::string_view text) {
    std::string digits;
    while (!text.empty()) {
        const bool is_international = digits.starts_with('+') || digits.starts_with("00");
        if (is_international && text.starts_with("(0)")) {
            text.remove_prefix(3);
            continue;
        }
        const char c = text.front();
        text.remove_prefix(1);
        if (is_separator(c)) continue;
        if (!is_digit(c) && !(c == '+' && digits.empty())) return malformed();
        digits.push_back(c);
    }
    return digits.starts_with("00") ? "+" + digits.substr(2) : digits;
}

}  // namespace

bool is_calling_code(std::string_view text) {
    return text.size() >= 2 && text.size() <= 4 && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), is_digit);
}

Result<std::string> normalise_phone(std::string_view text, std::string_view calling_code) {
    TRY(const std::string written, bare(text));
    const bool is_national = written.empty() || written[0] != '+';
    if (is_national && calling_code.empty()) {
        return fail(Code::kInvalid, "phone.national",
                    "The phone number has no +; write it in the international form, or give the "
                    "key's \"calling_code\".");
    }
    std::string number(is_national ? calling_code : std::string_view());
    number += is_national ? without_trunk(written, calling_code) : std::string_view(written);
    const std::size_t digits = number.size() - 1;
    if (digits < kMinPhoneDigits || digits > kMaxPhoneDigits || number.starts_with("+0")) {
        return fail(Code::kInvalid, "phone.length",
                    "The phone number has no country's code, or not 7 to 15 digits with it.");
    }
    return number;
}

}  // namespace altis::codec
