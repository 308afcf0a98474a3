// Requests to servers that somebody else named: one POST to one URL, without ever reaching into
// the network that Altis itself stands in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "server/http.h"

namespace altis::server {

constexpr std::uint32_t kMaxOutboundHeadBytes = 16U << 10;  // of an answer; no body is read
constexpr std::int64_t kOutboundDeadlineMs = 10'000;        // connecting to the end of the answer

// An absolute URL of http or https.
struct OutboundUrl {
    bool is_secure = true;
    std::string host;  // lower case; without the brackets of an IPv6 address
    std::uint16_t port = 443;
    std::string target = "/";  // path and query, as written
};

// Fails with "outbound.bad_url" for anything but http(s)://host[:port][/path][?query]: no user
// names, no fragments, nothing but printable ASCII.
Result<OutboundUrl> parse_outbound_url(std::string_view url);

// Where a request may go. Of public addresses, only https is spoken.
enum class Reach : std::uint8_t {
    kPublic,   // https to public addresses
    kAnywhere  // also private ones, and http to the machine itself: for tests and closed networks
};

// Whether an IPv4 or IPv6 address (as text) is a public unicast one: not of a private, shared,
// link-local, loopback, documentation, multicast, translating or reserved range.
bool is_public_address(std::string_view address);

// Of a URL alone, before any name is looked up: the scheme, and an address in place of a name.
// Fails with "outbound.not_secure" or "outbound.private_address".
Result<void> require_reach(const OutboundUrl& url, Reach reach);

// Sends one POST and waits for the answer, whatever its status; a redirect is an answer. Host,
// Content-Length and Connection are added. Every address of the host is checked, and the one that
// was checked is connected to. Certificates are verified against the system's authorities
// (SSL_CERT_FILE names others). Any thread. Fails with "outbound.not_secure",
// "outbound.private_address", "outbound.unknown_host", "outbound.connect_failed",
// "outbound.certificate" (or another failure of TLS), "outbound.timed_out" or
// "outbound.connection_lost" (also an answer that is no HTTP). Gives the status.
Result<int> post_outbound(const OutboundUrl& url, Reach reach, const Fields& headers,
                          std::string_view body,
                          Duration deadline = milliseconds(kOutboundDeadlineMs));

// What a server answered.
struct OutboundAnswer {
    int status = 0;
    std::string body;
};

// The same, with the body of the answer, of at most `most_bytes`; a longer one fails with
// "outbound.connection_lost".
Result<OutboundAnswer> ask_outbound(const OutboundUrl& url, Reach reach, const Fields& headers,
                                    std::string_view body, std::size_t most_bytes,
                                    Duration deadline);

// True for failures that another attempt may not meet.
bool is_worth_retrying(const Error& error);

}  // namespace altis::server
