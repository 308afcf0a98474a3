#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "server/outbound.h"

namespace altis::server {
namespace {

namespace ip = boost::asio::ip;

tl::unexpected<Error> bad_url() {
    return fail(Code::kInvalid, "outbound.bad_url",
                "the URL must be like https://receiver.example.org/path, without user name and "
                "fragment");
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

Result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return bad_url();
    return port;
}

// "host", "host:port", "[v6]", "[v6]:port".
Result<void> parse_authority(std::string_view text, OutboundUrl& url) {
    std::string_view host = text.substr(0, text.find(':'));
    std::string_view rest = text.substr(host.size());
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return bad_url();
        host = text.substr(1, close - 1);
        rest = text.substr(close + 1);
    }
    std::ranges::transform(host, std::back_inserter(url.host), lower);
    boost::system::error_code error;
    const bool is_v6 = text.starts_with('[');
    if (is_v6) {
        ip::make_address_v6(url.host, error);
    } else if (url.host.empty() || !std::ranges::all_of(url.host, is_host_letter)) {
        return bad_url();
    }
    if (error) return bad_url();
    if (rest.empty()) return {};
    if (!rest.starts_with(':')) return bad_url();
    TRY(url.port, parse_port(rest.substr(1)));
    return {};
}

struct Range {
    const char* first;
    unsigned bits;
};

// IANA's registry of special-purpose IPv4 addresses; and multicast and what is reserved.
constexpr Range kSpecialV4[] = {{"0.0.0.0", 8},       {"10.0.0.0", 8},     {"100.64.0.0", 10},
                                {"127.0.0.0", 8},     {"169.254.0.0", 16}, {"172.16.0.0", 12},
                                {"192.0.0.0", 24},    {"192.0.2.0", 24},   {"192.31.196.0", 24},
                                {"192.52.193.0", 24}, {"192.88.99.0", 24}, {"192.168.0.0", 16},
                                {"192.175.48.0", 24}, {"198.18.0.0", 15},  {"198.51.100.0", 24},
                                {"203.0.113.0", 24},  {"224.0.0.0", 3}};

// Of IPv6 global unicast: protocol assignments with Teredo, documentation, 6to4, documentation.
constexpr Range kSpecialV6[] = {{"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};
constexpr Range kGlobalV6 = {"2000::", 3};

template <class Bytes>
bool is_within(const Bytes& address, const Bytes& first, unsigned bits) {
    for (unsigned bit = 0; bit < bits; ++bit) {
        const unsigned shift = 7 - bit % 8;
        if (((address[bit / 8] ^ first[bit / 8]) >> shift & 1U) != 0) return false;
    }
    return true;
}

bool is_within_v4(const ip::address_v4& address, const Range& range) {
    return is_within(address.to_bytes(), ip::make_address_v4(range.first).to_bytes(), range.bits);
}

bool is_within_v6(const ip::address_v6& address, const Range& range) {
    return is_within(address.to_bytes(), ip::make_address_v6(range.first).to_bytes(), range.bits);
}

}  // namespace

Result<OutboundUrl> parse_outbound_url(std::string_view text) {
    constexpr std::string_view kSecure = "https://";
    constexpr std::string_view kPlain = "http://";
    const auto is_printable = [](char c) { return c > ' ' && c < '\x7F'; };
    if (!std::ranges::all_of(text, is_printable)) return bad_url();
    if (text.find_first_of("#@\\\"<>") != std::string_view::npos) return bad_url();
    OutboundUrl url;
    url.is_secure = text.starts_with(kSecure);
    if (!url.is_secure && !text.starts_with(kPlain)) return bad_url();
    if (!url.is_secure) url.port = 80;
    text.remove_prefix(url.is_secure ? kSecure.size() : kPlain.size());
    const std::string_view authority = text.substr(0, text.find_first_of("/?"));
    TRY_VOID(parse_authority(authority, url));
    text.remove_prefix(authority.size());
    url.target.clear();
    if (!text.starts_with('/')) url.target.push_back('/');
    url.target.append(text);
    return url;
}

bool is_public_address(std::string_view text) {
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    if (error) return false;
    if (address.is_v4()) {
        return std::ranges::none_of(kSpecialV4, [v4 = address.to_v4()](const Range& range) {
            return is_within_v4(v4, range);
        });
    }
    const auto v6 = address.to_v6();
    return is_within_v6(v6, kGlobalV6) &&
           std::ranges::none_of(kSpecialV6,
                                [&v6](const Range& range) { return is_within_v6(v6, range); });
}

Result<void> require_reach(const OutboundUrl& url, Reach reach) {
    if (reach == Reach::kAnywhere) return {};
    if (!url.is_secure) {
        return fail(Code::kInvalid, "outbound.not_secure", "the URL must begin with https://");
    }
    boost::system::error_code error;
    static_cast<void>(ip::make_address(url.host, error));
    if (!error && !is_public_address(url.host)) {
        return fail(Code::kDenied, "outbound.private_address",
                    "the URL leads into a private network, where Altis sends nothing; name a "
                    "public receiver");
    }
    return {};
}

bool is_worth_retrying(const Error& error) {
    return error.reason == "outbound.unknown_host" || error.reason == "outbound.connect_failed" ||
           error.reason == "outbound.timed_out" || error.reason == "outbound.connection_lost";
}

}  // namespace altis::server
