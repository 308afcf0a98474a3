#include "spine/load.h"

#include <arpa/inet.h>
#include <charconv>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace altis::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kMaxSilenceMs = 60'000;
constexpr int kMaxReady = 64;

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

tl::unexpected<Error> broken(std::string what) {
    return fail(Code::kUnavailable, "bench.connection", std::move(what));
}

// Where the answer at the front of `bytes` ends; nothing while it is not whole. Knows the two ways
// in which servers tell the length.
std::optional<std::size_t> end_of_answer(std::string_view bytes) {
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return std::nullopt;
    const std::string_view headers = bytes.substr(0, head);
    std::size_t at = headers.find("ontent-Length: ");
    if (at == std::string_view::npos) at = headers.find("ontent-length: ");
    if (at == std::string_view::npos) {
        constexpr std::string_view kLastChunk = "\r\n0\r\n\r\n";
        const std::size_t last = bytes.find(kLastChunk, head);
        if (last == std::string_view::npos) return std::nullopt;
        return last + kLastChunk.size();
    }
    std::size_t length = 0;
    std::from_chars(headers.data() + at + 15, headers.data() + headers.size(), length);
    const std::size_t end = head + 4 + length;
    return end <= bytes.size() ? std::optional(end) : std::nullopt;
}

// One keep-alive connection with at most one request under way.
class Connection {
  public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (socket_ >= 0) ::close(socket_);
    }

    Result<void> open(std::uint16_t port) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
            return broken("nobody listens on port " + std::to_string(port));
        }
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        return {};
    }

    int number() const { return socket_; }

    Result<void> send(const std::string& head, const std::string& body) {
        sent_ = SteadyClock::now();
        out_.assign(head).append(std::to_string(body.size())).append("\r\n\r\n").append(body);
        for (std::size_t done = 0; done < out_.size();) {
            const auto put = ::send(socket_, out_.data() + done, out_.size() - done, MSG_NOSIGNAL);
            if (put <= 0) return broken("a connection broke while sending");
            done += static_cast<std::size_t>(put);
        }
        return {};
    }

    // Takes what has come; the status once the answer is whole, else 0.
    Result<int> receive() {
        char chunk[8192];
        const auto got = ::recv(socket_, chunk, sizeof(chunk), 0);
        if (got <= 0) return broken("a connection broke while waiting for an answer");
        in_.append(chunk, static_cast<std::size_t>(got));
        const auto end = end_of_answer(in_);
        if (!end) return 0;
        int status = -1;
        if (in_.size() > 12) std::from_chars(in_.data() + 9, in_.data() + 12, status);
        in_.erase(0, *end);
        return status;
    }

    double waited_ms() const { return seconds_since(sent_) * 1000; }

  private:
    int socket_ = -1;
    std::string out_;
    std::string in_;
    SteadyClock::time_point sent_;
};

class Load {
  public:
    Load(const Target& target, const std::vector<std::string>& bodies)
        : bodies_(bodies), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        head_ =
            "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            "Content-Encoding: gzip\r\n";
        if (!target.authorization.empty()) {
            head_ += "Authorization: " + target.authorization + "\r\n";
        }
        head_ += "Content-Length: ";
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    ~Load() { ::close(poll_); }

    Result<LoadResult> run(std::uint16_t port, std::uint32_t connections) {
        std::vector<Connection> all(connections);
        for (Connection& connection : all) {
            TRY_VOID(connection.open(port));
            epoll_event wanted{};
            wanted.events = EPOLLIN;
            wanted.data.ptr = &connection;
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.number(), &wanted);
        }
        const auto start = SteadyClock::now();
        for (Connection& connection : all)
            TRY_VOID(send_next(connection));
        while (result_.latencies_ms.size() < bodies_.size())
            TRY_VOID(wait());
        result_.wall_s = seconds_since(start);
        return std::move(result_);
    }

  private:
    Result<void> send_next(Connection& connection) {
        if (next_ == bodies_.size()) return {};
        return connection.send(head_, bodies_[next_++]);
    }

    Result<void> wait() {
        epoll_event ready[kMaxReady];
        const int count = ::epoll_wait(poll_, ready, kMaxReady, kMaxSilenceMs);
        if (count <= 0) return broken("the server has not answered for 60 s");
        for (int i = 0; i < count; ++i)
            TRY_VOID(take(*static_cast<Connection*>(ready[i].data.ptr)));
        return {};
    }

    Result<void> take(Connection& connection) {
        TRY(const int status, connection.receive());
        if (status == 0) return {};
        result_.latencies_ms.push_back(connection.waited_ms());
        result_.refused += status == 200 ? 0 : 1;
        return send_next(connection);
    }

    const std::vector<std::string>& bodies_;
    int poll_;
    std::string head_;
    std::size_t next_ = 0;
    LoadResult result_;
};

}  // namespace

Result<LoadResult> post_all(const Target& target, const std::vector<std::string>& bodies,
                            std::uint32_t connections) {
    return Load(target, bodies).run(target.port, connections);
}

}  // namespace altis::bench
