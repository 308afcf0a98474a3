#include "codec/email.h"

#include <algorithm>

namespace altis::codec {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Not allowed inside an address: white space and control characters.
bool is_forbidden(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_domain(std::string_view domain) {
    return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
           domain.find("..") == std::string_view::npos;
}

tl::unexpected<Error> malformed(std::string_view why) {
    return fail(Code::kInvalid, "email.malformed",
                "The e-mail address " + std::string(why) + "; write it as name@domain.");
}

}  // namespace

Result<std::string> normalise_email(std::string_view text) {
    const std::string_view address = trim(text);
    const std::size_t at = address.find('@');
    if (at == std::string_view::npos) return malformed("has no @");
    if (address.find('@', at + 1) != std::string_view::npos)
        return malformed("has more than one @");
    if (at == 0) return malformed("has nothing before the @");
    if (!is_domain(address.substr(at + 1))) return malformed("has no valid domain");
    if (std::any_of(address.begin(), address.end(), is_forbidden)) {
        return malformed("contains a space or a control character");
    }
    if (address.size() > kMaxEmailBytes || at > kMaxEmailLocalBytes) {
        return fail(Code::kInvalid, "email.too_long",
                    "The e-mail address is longer than 254 bytes, or than 64 before the @.");
    }
    std::string normalised(address);
    std::transform(normalised.begin(), normalised.end(), normalised.begin(), to_lower);
    return normalised;
}

}  // namespace altis::codec
