// The Model Context Protocol, as far as a server of tools needs it: which of its two generations a
// request speaks, and how answers look. Revisions up to 2025-11-25 open with `initialize`;
// 2026-07-28 is stateless: each request says its revision in `_meta`, and headers mirror the body.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "server/http.h"

namespace altis::service::mcp {

constexpr std::string_view kStatelessVersion = "2026-07-28";
constexpr std::array<std::string_view, 3> kHandshakeVersions = {"2025-11-25", "2025-06-18",
                                                                "2025-03-26"};
constexpr std::size_t kMaxMcpBytes = 64 * 1024;  // of one message

// Codes of JSON-RPC 2.0 and of the protocol.
enum class ErrorCode : int {
    kParse = -32700,
    kInvalidRequest = -32600,
    kMethodNotFound = -32601,
    kInvalidParams = -32602,
    kInternal = -32603,
    kHeaderMismatch = -32020,
    kUnsupportedVersion = -32022,
};

enum class Generation : std::uint8_t { kHandshake, kStateless };

// One message of a client.
struct Message {
    codec::Json id;  // text or number; null for a notification, which gets no answer
    std::string method;
    codec::Json params;
    Generation generation = Generation::kHandshake;
};

// What is wrong with a message. `id` is null where it could not be read.
struct Refusal {
    codec::Json id;
    ErrorCode code = ErrorCode::kInvalidRequest;
    std::string message;
    codec::Json data = {};
    Generation generation = Generation::kHandshake;
};

// Whether a page of this origin may ask: of this machine or of `public_url`, where people reach the
// server; so no page elsewhere that has its own name lead here can. Only browsers send an origin;
// without one (empty) it is none of them.
bool is_known_origin(std::string_view origin, std::string_view public_url);

// Reads a request to the endpoint: one JSON-RPC message (no batches), of a supported revision, with
// headers that agree with it.
tl::expected<Message, Refusal> read_message(const server::Request& request);

// 200 with a result; a stateless one is marked complete and says whose it is. `result` must be an
// object without "_meta".
server::Response answer(const Message& message, codec::Json result);

// The same with how long it may be kept, for results that the stateless revision lets clients keep.
server::Response cacheable_answer(const Message& message, codec::Json result, std::int64_t ttl_ms);

// An error: 404 for an unknown method and 400 for other errors of a stateless or unreadable
// message, as its transport wants; else 200.
server::Response refuse(const Refusal& refusal);

// Result of `initialize`: the client's revision where it is known, else the newest of its kind.
codec::Json initialize_result(const codec::Json& params);
// Result of `server/discover`.
codec::Json discover_result();

}  // namespace altis::service::mcp
