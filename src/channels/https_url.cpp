#include "channels/https_url.h"

#include <algorithm>
#include <optional>

namespace altis::channels {
namespace {

constexpr std::string_view kScheme = "https://";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What RFC 3986 allows in a URL, but for the quotation marks of HTML.
bool is_url_character(char c) {
    return c > ' ' && c < 0x7F &&
           std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
}

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    if (host.front() == '[')
        return host.size() > 3 && host.back() == ']' &&
               host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") ==
                   std::string_view::npos;
    return host.front() != '.' && host.front() != '-' &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-' || c == '_';
           });
}

// Without leading zeros, so that one origin has one spelling.
bool is_port(std::string_view port) {
    return !port.empty() && port.size() <= 5 && port.front() != '0' &&
           std::all_of(port.begin(), port.end(), is_digit) &&
           std::stoi(std::string(port)) <= 65'535;
}

// The host and, behind its colon, the port of "host:port"; without one the port is 443.
std::optional<HttpsUrl> read_authority(std::string_view authority) {
    std::string text(authority);
    std::transform(text.begin(), text.end(), text.begin(), lower);
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.find(':', bracket == std::string::npos ? 0 : bracket);
    const std::string host = text.substr(0, colon);
    const std::string port = colon == std::string::npos ? "443" : text.substr(colon + 1);
    if (!is_host(host) || !is_port(port)) return std::nullopt;
    std::string origin = std::string(kScheme) + host;
    if (port != "443") origin += ":" + port;
    return HttpsUrl{std::move(origin), host};
}

}  // namespace

Result<HttpsUrl> read_https_url(std::string_view url) {
    if (url.starts_with(kScheme) && std::all_of(url.begin(), url.end(), is_url_character)) {
        const std::string_view rest = url.substr(kScheme.size());
        auto parts = read_authority(rest.substr(0, rest.find_first_of("/?#")));
        if (parts) return *std::move(parts);
    }
    return fail(Code::kInvalid, "url.not_https",
                "The address must be an absolute https URL in ASCII, without a user.");
}

}  // namespace altis::channels
