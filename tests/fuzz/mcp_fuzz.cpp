// Fuzzes service/mcp: a client's message of either generation is read or refused with a whole
// JSON-RPC error, a tool's arguments become questions within the interface or are refused, and no
// origin but those of this machine is known.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "codec/json.h"
#include "service/mcp/protocol.h"
#include "service/mcp/tools.h"

namespace {

// Headers that say what the body says, as a stateless request must have them.
altis::server::Fields mirrored(const std::string& body) {
    const auto json = altis::codec::parse_json(body);
    if (!json) return {};
    const auto& params = (*json)["params"];
    const auto version = params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_string();
    return {{"MCP-Protocol-Version", std::string(version)},
            {"Mcp-Method", std::string((*json)["method"].as_string())},
            {"Mcp-Name", std::string(params["name"].as_string())}};
}

void check_origin(const std::string& origin) {
    if (origin.empty()) return;
    if (!altis::service::mcp::is_known_origin(origin, "https://games.example")) return;
    std::string rest = origin.substr(origin.find("://") + 3);
    for (char& c : rest)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    bool is_ours = false;
    for (const std::string host : {"localhost", "127.0.0.1", "[::1]", "games.example"}) {
        if (!rest.starts_with(host)) continue;
        const std::string left = rest.substr(host.size());
        is_ours = is_ours || left.empty() || left.find_first_of(":/?") == 0;
    }
    ALTIS_ASSERT(is_ours);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    server::Request request;
    request.method = server::Method::kPost;
    request.body.assign(reinterpret_cast<const char*>(data), size);
    check_origin(request.body);
    if (size % 2 == 0) request.headers = mirrored(request.body);
    const auto message = service::mcp::read_message(request);
    if (!message) {
        const auto answer = service::mcp::refuse(message.error());
        const auto json = codec::parse_json(answer.body);
        ALTIS_ASSERT(json && (*json)["error"]["code"].is_int());
        return 0;
    }
    for (const auto& tool : service::mcp::tools()) {
        const auto questions = service::mcp::questions_of(tool, message->params["arguments"]);
        if (!questions) continue;
        for (const auto& question : *questions) {
            ALTIS_ASSERT(question.path.starts_with("/v1/results/") ||
                         question.path == "/v1/answers" || question.path.starts_with("/in-app/"));
            ALTIS_ASSERT((question.path + "/").find("/../") == std::string::npos);
            ALTIS_ASSERT(question.path.find_first_of(" ?#\r\n") == std::string::npos);
        }
    }
    return 0;
}
