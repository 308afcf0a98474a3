// A client of an Altis server's HTTP interface, for the command line and the demo.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "server/http.h"
#include "server/http_client.h"

namespace altis::app {

// Where a server is, and the key to use there.
struct Endpoint {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string key;
};

// Speaks JSON over one keep-alive connection. Not thread-safe. A problem document of the server
// comes back as the Error that it describes.
class Client {
  public:
    explicit Client(Endpoint endpoint);

    Result<codec::Json> get(std::string_view path);
    Result<codec::Json> post(std::string_view path, const codec::Json& body);
    Result<codec::Json> put(std::string_view path, const codec::Json& body);
    Result<codec::Json> remove(std::string_view path);

    // Any body of any kind; `content_type` as given; gzip is announced when `body` is gzip.
    Result<codec::Json> send(server::Method method, std::string_view path,
                             std::string_view content_type, std::string_view body);
    // The answer as it is: any body, and its header fields.
    Result<server::ClientResponse> fetch(std::string_view path);
    // The plain text of an answer.
    Result<std::string> get_text(std::string_view path);

    const Endpoint& endpoint() const { return endpoint_; }

  private:
    Result<server::ClientResponse> exchange(server::Method method, std::string_view path,
                                            std::string_view content_type, std::string_view body);

    Endpoint endpoint_;
    std::optional<server::HttpClient> http_;
};

// Percent-encodes one path segment.
std::string path_segment(std::string_view text);

}  // namespace altis::app
