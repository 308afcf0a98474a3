#include "load/send.h"

#include <arpa/inet.h>
#include <charconv>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "servers/process_cost.h"

namespace altis::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr double kMaxSilence_s = 60;
constexpr int kSilenceCheckMs = 1'000;
constexpr int kTickMs = 1;  // how exactly a pace is kept; finer would cost more wake-ups
constexpr int kMaxReady = 64;

double seconds_between(SteadyClock::time_point start, SteadyClock::time_point end) {
    return std::chrono::duration<double>(end - start).count();
}

tl::unexpected<Error> broken(std::string what) {
    return fail(Code::kUnavailable, "bench.connection", std::move(what));
}

// Knows the two ways in which servers tell the length.
Answer http_answer(std::string_view bytes) {
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return {};
    const std::string_view headers = bytes.substr(0, head);
    const bool is_good = headers.substr(0, 12).ends_with(" 200");
    std::size_t at = headers.find("ontent-Length: ");
    if (at == std::string_view::npos) at = headers.find("ontent-length: ");
    if (at == std::string_view::npos) {
        constexpr std::string_view kLastChunk = "\r\n0\r\n\r\n";
        const std::size_t last = bytes.find(kLastChunk, head);
        if (last == std::string_view::npos) return {};
        return {last + kLastChunk.size(), is_good};
    }
    std::size_t length = 0;
    std::from_chars(headers.data() + at + 15, headers.data() + headers.size(), length);
    const std::size_t end = head + 4 + length;
    return end <= bytes.size() ? Answer{end, is_good} : Answer{};
}

// ":5\r\n", or "-ERR why\r\n".
Answer redis_answer(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return {};
    return {end + 2, bytes.starts_with(':')};
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

    Result<void> send(const Protocol& protocol, const std::string& body,
                      SteadyClock::time_point planned) {
        planned_ = planned;
        out_.assign(protocol.before_length)
            .append(std::to_string(body.size()))
            .append(protocol.before_body)
            .append(body)
            .append(protocol.after_body);
        for (std::size_t done = 0; done < out_.size();) {
            const auto put = ::send(socket_, out_.data() + done, out_.size() - done, MSG_NOSIGNAL);
            if (put <= 0) return broken("a connection broke while sending");
            done += static_cast<std::size_t>(put);
        }
        return {};
    }

    // Takes what has come.
    Result<Answer> receive(const Protocol& protocol) {
        char chunk[8192];
        const auto got = ::recv(socket_, chunk, sizeof(chunk), 0);
        if (got <= 0) return broken("a connection broke while waiting for an answer");
        in_.append(chunk, static_cast<std::size_t>(got));
        const Answer answer = protocol.front(in_);
        in_.erase(0, answer.bytes);
        return answer;
    }

    double waited_ms() const { return seconds_between(planned_, SteadyClock::now()) * 1000; }

  private:
    int socket_ = -1;
    std::string out_;
    std::string in_;
    SteadyClock::time_point planned_;
};

class Sender {
  public:
    // `per_second` of 0: no pace.
    Sender(const Target& target, const std::vector<std::string>& bodies, double per_second)
        : target_(target),
          bodies_(bodies),
          per_second_(per_second),
          poll_(::epoll_create1(EPOLL_CLOEXEC)),
          connections_(target.connections) {
        result_.latencies_ms.reserve(bodies.size());
    }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    ~Sender() { ::close(poll_); }

    Result<LoadResult> run() {
        for (Connection& connection : connections_) {
            TRY_VOID(connection.open(target_.port));
            epoll_event wanted{};
            wanted.events = EPOLLIN;
            wanted.data.ptr = &connection;
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.number(), &wanted);
            idle_.push_back(&connection);
        }
        const double cpu = thread_cpu_seconds();
        start_ = last_answer_ = SteadyClock::now();
        while (result_.latencies_ms.size() < bodies_.size()) {
            TRY_VOID(send_due());
            TRY_VOID(wait());
        }
        result_.wall_s = seconds_between(start_, SteadyClock::now());
        result_.cpu_s = thread_cpu_seconds() - cpu;
        return std::move(result_);
    }

  private:
    SteadyClock::time_point planned(std::size_t request, SteadyClock::time_point now) const {
        if (per_second_ == 0) return now;
        const std::chrono::duration<double> after(static_cast<double>(request) / per_second_);
        return start_ + std::chrono::duration_cast<SteadyClock::duration>(after);
    }

    bool may_send() const { return !idle_.empty() && next_ < bodies_.size(); }

    Result<void> send_due() {
        for (; may_send(); ++next_) {
            const auto now = SteadyClock::now();
            const auto due = planned(next_, now);
            if (due > now) return {};
            Connection* const connection = idle_.back();
            idle_.pop_back();
            TRY_VOID(connection->send(target_.protocol, bodies_[next_], due));
        }
        return {};
    }

    // For answers; with a free connection only until the next request may be due.
    Result<void> wait() {
        epoll_event ready[kMaxReady];
        const int count =
            ::epoll_wait(poll_, ready, kMaxReady, may_send() ? kTickMs : kSilenceCheckMs);
        const auto now = SteadyClock::now();
        const bool is_waiting = idle_.size() < connections_.size();
        if (count > 0 || !is_waiting) last_answer_ = now;
        if (count < 0 || seconds_between(last_answer_, now) > kMaxSilence_s) {
            return broken("the server has not answered for 60 s");
        }
        for (int i = 0; i < count; ++i)
            TRY_VOID(take(*static_cast<Connection*>(ready[i].data.ptr)));
        return {};
    }

    Result<void> take(Connection& connection) {
        TRY(const Answer answer, connection.receive(target_.protocol));
        if (answer.bytes == 0) return {};
        result_.latencies_ms.push_back(connection.waited_ms());
        result_.refused += answer.is_good ? 0 : 1;
        idle_.push_back(&connection);
        return {};
    }

    const Target& target_;
    const std::vector<std::string>& bodies_;
    const double per_second_;
    const int poll_;
    std::vector<Connection> connections_;
    std::vector<Connection*> idle_;
    std::size_t next_ = 0;
    SteadyClock::time_point start_;
    SteadyClock::time_point last_answer_;
    LoadResult result_;
};

}  // namespace

Protocol batches_over_http(const std::string& authorization, Packing packing) {
    Protocol protocol;
    protocol.before_length =
        "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    if (packing == Packing::kGzip) protocol.before_length += "Content-Encoding: gzip\r\n";
    if (!authorization.empty()) {
        protocol.before_length += "Authorization: " + authorization + "\r\n";
    }
    protocol.before_length += "Content-Length: ";
    protocol.before_body = "\r\n\r\n";
    protocol.front = http_answer;
    return protocol;
}

Protocol pushes_to_redis(const std::string& list) {
    const std::string length = std::to_string(list.size());
    return {"*3\r\n$5\r\nRPUSH\r\n$" + length + "\r\n" + list + "\r\n$", "\r\n", "\r\n",
            redis_answer};
}

Result<LoadResult> send_all(const Target& target, const std::vector<std::string>& bodies) {
    return Sender(target, bodies, 0).run();
}

Result<LoadResult> send_paced(const Target& target, const std::vector<std::string>& bodies,
                              double per_second) {
    return Sender(target, bodies, per_second).run();
}

Result<void> check(const LoadResult& load) {
    if (load.refused == 0) return {};
    return fail(Code::kInvalid, "bench.refused",
                std::to_string(load.refused) + " requests were refused");
}

}  // namespace altis::bench
