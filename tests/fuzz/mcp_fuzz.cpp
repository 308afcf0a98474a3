// Fuzzes service/mcp: a client's message is read or refused with a whole JSON-RPC error, and a
// tool's arguments become questions within the interface or are refused.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "codec/json.h"
#include "service/mcp/protocol.h"
#include "service/mcp/tools.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    server::Request request;
    request.method = server::Method::kPost;
    request.body.assign(reinterpret_cast<const char*>(data), size);
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
