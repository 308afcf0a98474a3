// Many clients of one feed, in a process of their own: `feed_clients KIND PORT TARGET COUNT [KEY]`,
// KIND sse, ws or nats (there TARGET is the subject). Says "ready" when all of them follow, then
// obeys standard input: "reset" forgets what was measured, "report" prints it as JSON, the end ends
// it.
//
// A message says when it was sent: "~T<nanoseconds of the monotonic clock>~". Payloads are not
// parsed, so that the clients cost the machine as little as possible. Measured is when the kernel
// had the bytes for the client, and when this process, which shares the server's cores, read them.
// Of messages that are read together the last one's arrival counts.
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t kConnectAtOnce = 256;
constexpr std::size_t kReadBytes = 1U << 20;
constexpr int kEvents = 1'024;
constexpr int kPortsPerAddress = 10'000;  // connections from one address of loopback

std::int64_t ns_of(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t now_ns(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return ns_of(now);
}

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "feed_clients: %s\n", why.c_str());
    std::exit(1);
}

struct Options {
    std::string kind;
    std::uint16_t port = 0;
    std::string target;
    std::size_t count = 0;
    std::string key;
};

struct Client {
    int handle = -1;
    bool is_following = false;
    std::string tail;  // what may be the beginning of a mark
};

// Of the monotonic clock.
struct Times {
    std::int64_t arrived_ns = 0;
    std::int64_t read_ns = 0;
};

// recv() that also says when the kernel got the last bytes of it.
ssize_t receive(int handle, std::vector<char>& buffer, Times& times) {
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
    iovec into{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(handle, &message, 0);
    if (size <= 0) return size;
    times.read_ns = times.arrived_ns = now_ns(CLOCK_MONOTONIC);
    const cmsghdr* stamp = CMSG_FIRSTHDR(&message);
    if (stamp == nullptr || stamp->cmsg_type != SCM_TIMESTAMPNS) return size;
    timespec arrived{};
    std::memcpy(&arrived, CMSG_DATA(stamp), sizeof arrived);
    times.arrived_ns -= now_ns(CLOCK_REALTIME) - ns_of(arrived);
    return size;
}

std::uint32_t microseconds(std::int64_t nanoseconds) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(nanoseconds, 0) / 1'000);
}

class Clients {
  public:
    explicit Clients(Options options) : options_(std::move(options)) {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        buffer_.resize(kReadBytes);
        clients_.resize(options_.count);
    }

    void connect_all() {
        std::size_t begun = 0;
        while (following_ < clients_.size()) {
            while (begun < clients_.size() && begun - following_ < kConnectAtOnce)
                connect(begun++);
            wait(1'000);
        }
    }

    // Until standard input ends.
    void follow() {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = UINT64_MAX;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
        while (!is_over_)
            wait(1'000);
    }

  private:
    std::string request() const {
        if (options_.kind == "nats")
            return "CONNECT {\"verbose\":false}\r\nSUB " + options_.target + " 1\r\nPING\r\n";
        std::string text = "GET " + options_.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        if (!options_.key.empty()) text += "Authorization: Bearer " + options_.key + "\r\n";
        if (options_.kind == "sse") return text + "Accept: text/event-stream\r\n\r\n";
        return text +
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    void connect(std::size_t index) {
        Client& client = clients_[index];
        client.handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (client.handle < 0) give_up("no socket; raise `ulimit -n`");
        // Loopback has many addresses, each with its own ports.
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr =
            htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(index) / kPortsPerAddress);
        const int later = 1;  // the port is chosen for the whole pair of addresses
        ::setsockopt(client.handle, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
        ::bind(client.handle, reinterpret_cast<sockaddr*>(&own), sizeof own);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(client.handle, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            give_up(std::string("no connection: ") + std::strerror(errno));
        const int stamps = 1;
        ::setsockopt(client.handle, SOL_SOCKET, SO_TIMESTAMPNS, &stamps, sizeof stamps);
        const std::string text = request();
        if (::send(client.handle, text.data(), text.size(), MSG_NOSIGNAL) < 0)
            give_up("the server closed at once");
        ::fcntl(client.handle, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.handle, &event);
    }

    void wait(int timeout_ms) {
        epoll_event events[kEvents];
        const int count = ::epoll_wait(epoll_, events, kEvents, timeout_ms);
        for (int i = 0; i < count; ++i) {
            if (events[i].data.u64 == UINT64_MAX) {
                obey();
            } else {
                read(clients_[events[i].data.u64]);
            }
        }
    }

    void read(Client& client) {
        Times times;
        const ssize_t size = receive(client.handle, buffer_, times);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) {
            ++closed_;
            ::close(client.handle);
            client.handle = -1;
            if (!client.is_following) give_up("a client was refused");
            return;
        }
        std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
        bytes_ += bytes.size();
        if (!client.is_following) begin(client, bytes);
        if (client.tail.empty()) return search(client, bytes, times);
        const std::string joined = client.tail + std::string(bytes);
        client.tail.clear();
        search(client, joined, times);
    }

    void begin(Client& client, std::string_view bytes) {
        const bool is_refused = options_.kind != "nats" && bytes.substr(0, 12) != "HTTP/1.1 200" &&
                                bytes.substr(0, 12) != "HTTP/1.1 101";
        if (is_refused) give_up("a client got " + std::string(bytes.substr(0, 200)));
        if (options_.kind == "nats" && bytes.find("PONG") == std::string_view::npos) return;
        client.is_following = true;
        ++following_;
    }

    void search(Client& client, std::string_view bytes, const Times& times) {
        while (true) {
            const void* found = ::memmem(bytes.data(), bytes.size(), "~T", 2);
            if (found == nullptr) break;
            bytes.remove_prefix(
                static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()));
            const std::size_t end = bytes.find('~', 2);
            if (end == std::string_view::npos) {
                client.tail = bytes;
                return;
            }
            std::int64_t sent = 0;
            std::from_chars(bytes.data() + 2, bytes.data() + end, sent);
            arrived_us_.push_back(microseconds(times.arrived_ns - sent));
            read_us_.push_back(microseconds(times.read_ns - sent));
            bytes.remove_prefix(end + 1);
        }
        if (!bytes.empty() && bytes.back() == '~') client.tail = "~";
    }

    void obey() {
        char text[64];
        const ssize_t size = ::read(STDIN_FILENO, text, sizeof text);
        if (size <= 0) {
            is_over_ = true;
        } else if (text[0] == 'r' && text[2] == 's') {
            arrived_us_.clear();
            read_us_.clear();
            bytes_ = 0;
            std::printf("{}\n");
        } else {
            report();
        }
        std::fflush(stdout);
    }

    static double quantile_ms(const std::vector<std::uint32_t>& sorted_us, double share) {
        if (sorted_us.empty()) return 0;
        return sorted_us[static_cast<std::size_t>(share *
                                                  static_cast<double>(sorted_us.size() - 1))] /
               1e3;
    }

    void report() {
        std::sort(arrived_us_.begin(), arrived_us_.end());
        std::sort(read_us_.begin(), read_us_.end());
        std::printf(
            "{\"deliveries\": %zu, \"bytes\": %zu, \"closed\": %zu, \"p50_ms\": %.3f, "
            "\"p99_ms\": %.3f, \"read_p50_ms\": %.3f, \"read_p99_ms\": %.3f}\n",
            read_us_.size(), bytes_, closed_, quantile_ms(arrived_us_, 0.5),
            quantile_ms(arrived_us_, 0.99), quantile_ms(read_us_, 0.5),
            quantile_ms(read_us_, 0.99));
    }

    Options options_;
    int epoll_;
    std::vector<char> buffer_;
    std::vector<Client> clients_;
    std::size_t following_ = 0;
    std::size_t closed_ = 0;
    std::size_t bytes_ = 0;
    std::vector<std::uint32_t> arrived_us_;
    std::vector<std::uint32_t> read_us_;
    bool is_over_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr, "usage: feed_clients sse|ws|nats PORT TARGET COUNT [KEY]\n");
        return 2;
    }
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);  // the starter has raised the hard limit
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    Clients clients({argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])), argv[3],
                     static_cast<std::size_t>(std::atoll(argv[4])), argc > 5 ? argv[5] : ""});
    clients.connect_all();
    std::printf("ready\n");
    std::fflush(stdout);
    clients.follow();
    return 0;
}
