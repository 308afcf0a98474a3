// The HTTP/1.1 server: keep-alive, gzip bodies, server-sent events. It knows routes, not systems.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/clock.h"
#include "server/event_stream.h"
#include "server/http.h"
#include "server/limits.h"
#include "server/metrics.h"
#include "server/router.h"

namespace altis::server {

// One finished request, for the access log. Nothing in it is about a person: the pattern, not the
// path.
struct Access {
    Method method;
    std::string_view route;  // pattern, "unmatched", or "malformed"
    int status;
    std::int64_t micros;  // from the last byte of the request to its answer
    std::string_view request_id;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    unsigned threads = 2;    // 1 to 64; each runs its share of the connections
    Limits limits = {};
    platform::Clock* clock = nullptr;              // outlives the server; null: the machine's
    std::shared_ptr<StreamHub> streams = nullptr;  // null: routes that answer a stream get 404
    std::shared_ptr<Metrics> metrics = nullptr;    // null: the server keeps its own
    std::function<void(const Access&)> access_log =
        nullptr;  // called on server threads; must not block
};

// Makes: altis_http_requests_total{route,method,status}, altis_http_request_seconds{route},
// altis_http_received_bytes_total, altis_http_sent_bytes_total, altis_http_connections,
// altis_http_connections_refused_total, altis_stream_clients, altis_stream_clients_dropped_total.
class HttpServer {
  public:
    // Binds and listens; clients wait in the backlog until start(). Fails with
    // "server.bad_address", "server.port_in_use" (names the port) or "server.listen_failed".
    static Result<std::unique_ptr<HttpServer>> create(ServerOptions options, Router router);

    // Calls stop().
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const;

    // Starts the threads; once.
    void start();

    // Stops accepting, closes streams and idle connections, lets requests in flight finish for up
    // to Limits::stop_deadline_ms, closes the rest and joins the threads. Not from a server thread.
    // Idempotent.
    void stop();

  private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
