// A small blocking HTTP/1.1 client for the command line, the demo and tests. One thread per client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "server/http.h"
#include "server/limits.h"
#include "server/message_reader.h"

namespace altis::server {

// Keeps one connection open between requests.
class HttpClient {
  public:
    // Connects. Fails with "client.unknown_host" or "client.connect_failed".
    static Result<HttpClient> create(std::string host, std::uint16_t port,
                                     Duration deadline = milliseconds(kClientDeadlineMs));

    // Sends one request and waits for the whole answer, whatever its status. Host and
    // Content-Length are added. When the server had closed the kept connection and nothing of an
    // answer was read, connects again and sends once more. Fails with "client.connect_failed",
    // "client.timed_out" (no whole answer within the deadline), "client.connection_lost" or
    // "client.malformed_answer"; the request may have been carried out then, and whether to try
    // again is the caller's choice.
    Result<ClientResponse> send(Method method, std::string_view target, const Fields& headers = {},
                                std::string_view body = {});

    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;
    ~HttpClient();

  private:
    struct Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// One server-sent event. An event without an id (0) does not move the place to resume from.
struct StreamEvent {
    std::uint64_t id = 0;
    std::string event;  // its type, "message" when none was sent
    std::string data;
};

// Follows one event stream.
class EventStreamReader {
  public:
    // Connects and subscribes; after `after_id` when given, else from now on. Fails like
    // HttpClient, and with "client.stream_refused" when the server does not answer with a stream
    // (the message holds status and body).
    static Result<EventStreamReader> open(const std::string& host, std::uint16_t port,
                                          std::string_view target, const Fields& headers = {},
                                          std::optional<std::uint64_t> after_id = std::nullopt);

    // The next event; nothing when none came within `timeout`. Fails with "client.connection_lost"
    // when the stream has ended: open another one after last_id(). Heartbeats are skipped.
    Result<std::optional<StreamEvent>> next(Duration timeout);

    // Id of the last event that next() gave, or the one resumed from; 0 before any.
    std::uint64_t last_id() const;

    EventStreamReader(EventStreamReader&&) noexcept;
    EventStreamReader& operator=(EventStreamReader&&) noexcept;
    ~EventStreamReader();

  private:
    struct Impl;
    explicit EventStreamReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
