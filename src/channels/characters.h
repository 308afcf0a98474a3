// Which characters a text is made of: what stands in URLs and headers is checked by them.
#pragma once

#include <algorithm>
#include <string_view>

namespace altis::channels {

constexpr bool is_letter_or_digit(char c) {  // of ASCII
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// True for one or more letters and digits of ASCII, and `others`.
constexpr bool consists_of(std::string_view text, std::string_view others) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [others](char c) {
        return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
    });
}

}  // namespace altis::channels
