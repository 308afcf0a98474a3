// For tests: a raw TCP client on loopback that sends any bytes, and a server with a few routes.
#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "base/assert.h"
#include "server/http_client.h"
#include "server/http_server.h"

namespace altis::server {

constexpr int kRawTimeoutMs = 5'000;

class RawClient {
  public:
    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0) {
        handle_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (receive_buffer_bytes > 0) {
            setsockopt(handle_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                       sizeof receive_buffer_bytes);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(handle_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    RawClient(RawClient&& other) noexcept
        : handle_(std::exchange(other.handle_, -1)), connected_(other.connected_) {}

    bool connected() const { return connected_; }

    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // What came until `done` says so, the server closed, or the time is over.
    std::string read_until(const std::function<bool(const std::string&)>& done,
                           int timeout_ms = kRawTimeoutMs) {
        std::string got;
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        while (!done(got)) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd entry{handle_, POLLIN, 0};
            if (left.count() <= 0 || poll(&entry, 1, static_cast<int>(left.count())) <= 0) break;
            char buffer[65'536];
            const ssize_t size = ::recv(handle_, buffer, sizeof buffer, 0);
            if (size <= 0) {
                closed_ = true;
                reset_ = size < 0;
                break;
            }
            got.append(buffer, static_cast<std::size_t>(size));
        }
        return got;
    }
    std::string read_all(int timeout_ms = kRawTimeoutMs) {
        return read_until([](const std::string&) { return false; }, timeout_ms);
    }
    std::string read_until_text(const std::string& text, int timeout_ms = kRawTimeoutMs) {
        return read_until(
            [&](const std::string& got) { return got.find(text) != std::string::npos; },
            timeout_ms);
    }

    void finish_sending() const { ::shutdown(handle_, SHUT_WR); }
    bool closed_by_server() const { return closed_; }
    bool reset_by_server() const { return reset_; }

    void close() {
        if (handle_ >= 0) ::close(handle_);
        handle_ = -1;
    }

  private:
    int handle_ = -1;
    bool connected_ = false;
    bool closed_ = false;
    bool reset_ = false;
};

inline int count_of(const std::string& text, std::string_view part) {
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

// Starts a server on a free port; asserts that it works.
inline std::unique_ptr<HttpServer> start_server(Router router, ServerOptions options = {}) {
    auto server = HttpServer::create(std::move(options), std::move(router));
    ALTIS_ASSERT(server.has_value());
    (*server)->start();
    return std::move(*server);
}

// Routes: GET /hello, POST /echo (answers the body), POST /v1/batch (length, cross-origin).
inline Router test_router() {
    Router router;
    router.add(Method::kGet, "/hello", [](Request&&, const Responder& respond) {
        respond(text_response(200, "text/plain", "hello"));
    });
    router.add(Method::kPost, "/echo", [](Request&& request, const Responder& respond) {
        respond(text_response(200, "text/plain", std::move(request.body)));
    });
    router.add(
        Method::kPost, "/v1/batch",
        [](Request&& request, const Responder& respond) {
            const auto size = static_cast<std::int64_t>(request.body.size());
            respond(json_response(200, codec::Json::object({{"size", size}})));
        },
        CrossOrigin::kYes);
    return router;
}

}  // namespace altis::server
