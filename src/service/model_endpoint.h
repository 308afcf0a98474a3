// The server of the language model: any that speaks OpenAI's chat completions, on this machine. To
// one elsewhere a proxy on this machine speaks TLS.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"

namespace altis::service {

constexpr std::int64_t kModelTimeoutMs = 300;

struct ModelServer {
    std::string url;  // "http://127.0.0.1:8080/v1/chat/completions"
    std::string key;  // sent as a bearer token; none when empty
    Duration timeout = milliseconds(kModelTimeoutMs);  // of connecting, and of the whole answer
};

// Any thread; holds no connection between requests.
class ModelEndpoint {
  public:
    // Fails with "outbound.bad_url" or "model.not_local" (not http to 127.0.0.1, [::1] or
    // localhost).
    static Result<ModelEndpoint> create(ModelServer server);

    // Sends one request (messages::ReplyFilter::request) and gives the text that the model wrote.
    // Fails with "model.status" for any status but 200, and like server::HttpClient and
    // messages::ReplyFilter::text_of.
    Result<std::string> ask(const codec::Json& request) const;

  private:
    ModelEndpoint(ModelServer server, std::string host, std::uint16_t port, std::string target)
        : server_(std::move(server)),
          host_(std::move(host)),
          port_(port),
          target_(std::move(target)) {}

    ModelServer server_;
    std::string host_;
    std::uint16_t port_;
    std::string target_;
};

}  // namespace altis::service
