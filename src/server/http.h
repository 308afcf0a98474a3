// Requests and responses as plain values: what a handler reads and answers.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"

namespace altis::server {

enum class Method : std::uint8_t {
    kGet,
    kHead,
    kPost,
    kPut,
    kPatch,
    kDelete,
    kOptions,
    kOther,  // any other; no route has it
};

std::string_view to_string(Method method);

using Fields = std::vector<std::pair<std::string, std::string>>;

// A request whose head was well-formed and whose body was read and unpacked within the limits.
struct Request {
    Method method = Method::kGet;
    std::string path;        // as sent, without the query; starts with '/'
    std::string_view route;  // pattern of the route that took it, e.g. "/v1/rooms/{id}"
    Fields query;            // decoded, in sent order
    Fields headers;          // names as sent
    std::map<std::string, std::string, std::less<>> parameters;  // of the path, decoded
    std::string body;        // unpacked when it was gzip, whatever the headers claim
    std::string request_id;  // the client's X-Request-Id when it is a sane token, else a new UUIDv7
    Time received_at;        // when the last byte of it had arrived

    // First header of that name in any case; empty when absent.
    std::string_view header(std::string_view name) const;
    // First query parameter of that name; `fallback` when absent.
    std::string_view query_value(std::string_view name, std::string_view fallback = {}) const;
    // Path parameter; empty when the route has none of that name.
    std::string_view parameter(std::string_view name) const;
};

// What a handler answers. Content-Length, Date, Connection and X-Request-Id are added by the
// server.
struct Response {
    int status = 200;
    std::string content_type;  // left out of the head when empty
    std::string body;
    Fields headers = {};
    std::string stream =
        {};  // not empty: a success that turns into this event stream (see event_stream())
    std::shared_ptr<const std::atomic<bool>> stream_pass = nullptr;  // StreamPass; null: for good
};

Response json_response(int status, const codec::Json& body);
Response text_response(int status, std::string content_type, std::string body);
Response empty_response(int status = 204);

// Answers with the server-sent events of the hub's stream of that name, from where the client's
// Last-Event-ID header or `after` query parameter says, else from now on. A stream with a state
// (see StreamState) tells the state first, and goes over a WebSocket when the client asks for that.
Response event_stream(std::string stream, std::shared_ptr<const std::atomic<bool>> pass = nullptr);

// An error as RFC 9457 application/problem+json: {type: "/problems/<reason>", title, status, code:
// <reason>, detail}. Status by code: kInvalid 400, kUnauthenticated 401, kDenied 403, kNotFound
// 404, kConflict 409, kTooLarge 413, kOverloaded 429 with Retry-After: 1, kExhausted 403 (a spent
// budget is a refusal that retrying does not change), kUnavailable 507 when the reason ends in
// "disk_full" and else 500, kCorrupt 500. Never 503: some event clients give up on it, while all of
// them come back after a 429.
Response problem(const Error& error);
// The same with a status that no Code stands for (405, 408, 431 ...).
Response problem(int status, std::string_view reason, std::string_view detail);

// The standard phrase of a status, "Unknown" for others.
std::string_view status_phrase(int status);

// Takes the next item of a header's list from its front, without the white space around it.
std::string_view take_item(std::string_view& list, char separator);

// True when the client wants answers packed with gzip (RFC 9110, 12.5.3); not where it says
// nothing.
bool accepts_gzip(const Request& request);

// True when both are equal in ASCII, ignoring case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace altis::server
