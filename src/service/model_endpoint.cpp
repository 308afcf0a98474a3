#include "service/model_endpoint.h"

#include <algorithm>

#include "messages/model_reply.h"

namespace altis::service {

Result<ModelEndpoint> ModelEndpoint::create(ModelServer server) {
    TRY(auto url, server::parse_outbound_url(server.url));
    const bool is_this_machine =
        url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
    if (!url.is_secure && !is_this_machine) {
        return fail(Code::kInvalid, "outbound.not_secure",
                    "http is spoken with the machine itself alone; use https for the model");
    }
    const bool is_plain =
        std::ranges::all_of(server.key, [](char c) { return c > ' ' && c < '\x7f'; });
    if (is_plain) return ModelEndpoint(std::move(server.key), std::move(url));
    return fail(Code::kInvalid, "model.key_malformed",
                "the key of the model's server must be one line of letters, digits and signs");
}

Result<std::string> ModelEndpoint::ask(const codec::Json& request, Duration deadline) const {
    server::Fields headers = {{"Content-Type", "application/json"}};
    if (!key_.empty()) headers.push_back({"Authorization", "Bearer " + key_});
    TRY(const auto answer,
        server::ask_outbound(url_, server::Reach::kAnywhere, headers, request.to_string(),
                             messages::kMaxReplyBodyBytes, deadline));
    constexpr int kOk = 200;
    if (answer.status == kOk) return messages::ReplyFilter::text_of(answer.body);
    return fail(Code::kUnavailable, "model.status",
                "the model's server answered " + std::to_string(answer.status));
}

}  // namespace altis::service
