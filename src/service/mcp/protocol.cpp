#include "service/mcp/protocol.h"

#include <algorithm>

#include "server/outbound.h"

namespace altis::service::mcp {
namespace {

using codec::Json;
using server::Response;

constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kServerKey = "io.modelcontextprotocol/serverInfo";
constexpr std::string_view kVersionHeader = "MCP-Protocol-Version";

bool is_with_handshake(std::string_view version) {
    return std::ranges::find(kHandshakeVersions, version) != kHandshakeVersions.end();
}

Json supported_versions() {
    Json versions = Json::array({Json(kStatelessVersion)});
    for (const std::string_view version : kHandshakeVersions)
        versions.push(version);
    return versions;
}

using Read = tl::expected<Message, Refusal>;

tl::unexpected<Refusal> wrong(const Json& id, ErrorCode code, std::string message) {
    return tl::unexpected(Refusal{id, code, std::move(message)});
}

tl::unexpected<Refusal> unsupported(const Json& id, std::string_view version) {
    return tl::unexpected(
        Refusal{id, ErrorCode::kUnsupportedVersion, "this revision of the protocol is not spoken",
                Json::object({{"supported", supported_versions()}, {"requested", version}})});
}

tl::unexpected<Refusal> wrong_stateless(const Message& message, ErrorCode code, std::string why) {
    return tl::unexpected(Refusal{message.id, code, std::move(why), {}, Generation::kStateless});
}

Read check_stateless(const server::Request& request, Message message, std::string_view version) {
    message.generation = Generation::kStateless;
    const bool names_tool = message.method == "tools/call";
    const bool agrees =
        request.header(kVersionHeader) == version &&
        request.header("Mcp-Method") == message.method &&
        (!names_tool || request.header("Mcp-Name") == message.params["name"].as_string());
    if (!agrees) {
        return wrong_stateless(message, ErrorCode::kHeaderMismatch,
                               "MCP-Protocol-Version, Mcp-Method and, for a tool, Mcp-Name must be "
                               "sent and say what the body says");
    }
    if (version != kStatelessVersion) return unsupported(message.id, version);
    if (message.params["_meta"][kCapabilitiesKey].is_object()) return message;
    return wrong_stateless(message, ErrorCode::kInvalidParams,
                           "_meta must have the client's capabilities");
}

Read check_with_handshake(const server::Request& request, Message message) {
    const std::string_view header = request.header(kVersionHeader);
    if (header == kStatelessVersion) {
        return wrong_stateless(message, ErrorCode::kInvalidParams,
                               "a request of this revision says so in params._meta, too");
    }
    if (header.empty() || is_with_handshake(header)) return message;
    return unsupported(message.id, header);
}

Json server_info() {
    return Json::object({{"name", "altis"}, {"title", "Altis"}, {"version", "0.1.0"}});
}

Json capabilities() {
    return Json::object({{"tools", Json::object()}});
}

constexpr const char* kInstructions =
    "Official results, medals, schedule and athletes of the Games in this store. Every answer "
    "names "
    "the records behind it, their version and status; what is not in an answer is not known here.";

bool is_of_this_machine(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

}  // namespace

bool is_known_origin(std::string_view origin, std::string_view public_url) {
    if (origin.empty()) return true;
    const auto asks = server::parse_outbound_url(origin);
    if (!asks) return false;  // "null", too
    if (is_of_this_machine(asks->host)) return true;
    const auto home = server::parse_outbound_url(public_url);
    return home && home->is_secure == asks->is_secure && home->host == asks->host &&
           home->port == asks->port;
}

Read read_message(const server::Request& request) {
    if (request.body.size() > kMaxMcpBytes) {
        return wrong({}, ErrorCode::kInvalidRequest, "a message has at most 65,536 bytes");
    }
    const auto json = codec::parse_json(request.body);
    if (!json) return wrong({}, ErrorCode::kParse, "the body is no JSON");
    const Json& body = *json;
    Message message{body["id"], std::string(body["method"].as_string()), body["params"]};
    const bool has_id = message.id.is_string() || message.id.is_int() || message.id.is_null();
    if (body["jsonrpc"].as_string() != "2.0" || message.method.empty() || !has_id ||
        !(message.params.is_null() || message.params.is_object())) {
        return wrong(has_id ? message.id : Json(), ErrorCode::kInvalidRequest,
                     "the body is not one JSON-RPC 2.0 request or notification");
    }
    const Json& version = message.params["_meta"][kVersionKey];
    if (version.is_null()) return check_with_handshake(request, std::move(message));
    return check_stateless(request, std::move(message), version.as_string());
}

Response answer(const Message& message, Json result) {
    if (message.generation == Generation::kStateless) {
        result.set("resultType", "complete");
        result.set("_meta", Json::object({{std::string(kServerKey), server_info()}}));
    }
    return server::json_response(
        200, Json::object({{"jsonrpc", "2.0"}, {"id", message.id}, {"result", std::move(result)}}));
}

Response cacheable_answer(const Message& message, Json result, std::int64_t ttl_ms) {
    if (message.generation == Generation::kStateless)
        result.set("ttlMs", ttl_ms).set("cacheScope", "private");
    return answer(message, std::move(result));
}

Response refuse(const Refusal& refusal) {
    Json error = Json::object(
        {{"code", static_cast<std::int64_t>(refusal.code)}, {"message", refusal.message}});
    if (!refusal.data.is_null()) error.set("data", refusal.data);
    const bool is_of_transport = refusal.code == ErrorCode::kParse ||
                                 refusal.code == ErrorCode::kInvalidRequest ||
                                 refusal.code == ErrorCode::kHeaderMismatch ||
                                 refusal.code == ErrorCode::kUnsupportedVersion;
    const bool is_stateless = refusal.generation == Generation::kStateless;
    int status = 200;
    if (is_of_transport || is_stateless) status = 400;
    if (is_stateless && refusal.code == ErrorCode::kMethodNotFound) status = 404;
    return server::json_response(
        status,
        Json::object({{"jsonrpc", "2.0"}, {"id", refusal.id}, {"error", std::move(error)}}));
}

Json initialize_result(const Json& params) {
    const std::string_view wanted = params["protocolVersion"].as_string();
    return Json::object(
        {{"protocolVersion", is_with_handshake(wanted) ? wanted : kHandshakeVersions.front()},
         {"capabilities", capabilities()},
         {"serverInfo", server_info()},
         {"instructions", kInstructions}});
}

Json discover_result() {
    return Json::object({{"supportedVersions", supported_versions()},
                         {"capabilities", capabilities()},
                         {"instructions", kInstructions}});
}

}  // namespace altis::service::mcp
