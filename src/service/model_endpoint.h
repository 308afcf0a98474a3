// The server of the language model: any that speaks OpenAI's chat completions.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "server/outbound.h"

namespace altis::service {

constexpr std::int64_t kModelTimeoutMs = 300;

struct ModelServer {
    std::string url;  // "http://127.0.0.1:8080/v1/chat/completions"; https where it is elsewhere
    std::string key;  // sent as a bearer token; none when empty; stands in no error and no log
};

// Any thread; holds no connection between requests.
class ModelEndpoint {
  public:
    // Fails with "outbound.bad_url", "outbound.not_secure" (http to another machine) or
    // "model.key_malformed" (not one line of printable ASCII).
    static Result<ModelEndpoint> create(ModelServer server);

    // Sends one request (messages::ReplyFilter::request) and gives the text that the model wrote.
    // Fails with "model.status" for any status but 200, and like server::ask_outbound and
    // messages::ReplyFilter::text_of. `deadline` is of connecting and the whole answer; looking up
    // a name may take longer.
    Result<std::string> ask(const codec::Json& request, Duration deadline) const;

  private:
    ModelEndpoint(std::string key, server::OutboundUrl url)
        : key_(std::move(key)), url_(std::move(url)) {}

    std::string key_;
    server::OutboundUrl url_;
};

}  // namespace altis::service
