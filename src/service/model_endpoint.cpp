#include "service/model_endpoint.h"

#include "messages/model_reply.h"
#include "server/http_client.h"
#include "server/outbound.h"

namespace altis::service {

Result<ModelEndpoint> ModelEndpoint::create(ModelServer server) {
    TRY(auto url, server::parse_outbound_url(server.url));
    const bool is_local = url.host == "127.0.0.1" || url.host == "::1" || url.host == "localhost";
    if (is_local && !url.is_secure) {
        return ModelEndpoint(std::move(server), std::move(url.host), url.port,
                             std::move(url.target));
    }
    return fail(Code::kInvalid, "model.not_local",
                "the model's url must be http to this machine (127.0.0.1, [::1] or localhost); for "
                "a server elsewhere name a proxy here that speaks TLS");
}

Result<std::string> ModelEndpoint::ask(const codec::Json& request) const {
    TRY(auto client, server::HttpClient::create(host_, port_, server_.timeout));
    server::Fields headers = {{"Content-Type", "application/json"}};
    if (!server_.key.empty()) headers.push_back({"Authorization", "Bearer " + server_.key});
    TRY(const auto response,
        client.send(server::Method::kPost, target_, headers, request.to_string()));
    if (response.status != 200) {
        return fail(Code::kUnavailable, "model.status",
                    "the model's server answered " + std::to_string(response.status));
    }
    return messages::ReplyFilter::text_of(response.body);
}

}  // namespace altis::service
