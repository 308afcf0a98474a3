#include "codec/email.h"

namespace altis::codec {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool may_be_address(std::string_view text) {
    if (text.size() > kMaxEmailBytes) return false;
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return false;
    }
    return true;
}

}  // namespace

std::string normalise_email(std::string_view text) {
    const std::string_view trimmed = trim(text);
    if (!may_be_address(trimmed)) return {};
    std::string result(trimmed);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

}  // namespace altis::codec
