#include "server/client_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace altis::server {

namespace {

enum class Wait : std::uint8_t { kReady, kTimedOut };

// Waits until the socket can do what `events` says; errors show at the call that follows.
Wait wait_for(int handle, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd entry{handle, events, 0};
        const int ready =
            poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready > 0) return Wait::kReady;
        if (ready == 0) return Wait::kTimedOut;
        if (errno != EINTR) return Wait::kReady;
    }
}

tl::unexpected<Error> lost(int number) {
    return fail(Code::kUnavailable, "client.connection_lost",
                std::string("The connection to the server broke: ") +
                    std::generic_category().message(number) + ".");
}

tl::unexpected<Error> timed_out() {
    return fail(Code::kUnavailable, "client.timed_out", "The server took too long.");
}

// 0 or the error number.
int connect_one(int handle, const addrinfo& address, Deadline deadline) {
    if (::connect(handle, address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (wait_for(handle, POLLOUT, deadline) == Wait::kTimedOut) return ETIMEDOUT;
    int number = 0;
    socklen_t size = sizeof number;
    getsockopt(handle, SOL_SOCKET, SO_ERROR, &number, &size);
    return number;
}

}  // namespace

ClientSocket::~ClientSocket() {
    if (handle_ >= 0) ::close(handle_);
}

Result<ClientSocket> ClientSocket::connect(const std::string& host, std::uint16_t port,
                                           Deadline deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const std::string port_text = std::to_string(port);
    if (getaddrinfo(host.c_str(), port_text.c_str(), &hints, &list) != 0) {
        return fail(Code::kUnavailable, "client.unknown_host",
                    "\"" + host + "\" is no known host; check the address.");
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> held(list, freeaddrinfo);
    int number = 0;
    for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
        ClientSocket socket(
            ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (socket.handle_ < 0) {
            number = errno;
            continue;
        }
        number = connect_one(socket.handle_, *address, deadline);
        if (number != 0) continue;
        const int on = 1;
        setsockopt(socket.handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return socket;
    }
    return fail(Code::kUnavailable, "client.connect_failed",
                "Connecting to " + host + " port " + port_text + " failed: " +
                    std::generic_category().message(number) + "; is the server running?");
}

Result<void> ClientSocket::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return lost(errno);
        if (wait_for(handle_, POLLOUT, deadline) == Wait::kTimedOut) return timed_out();
    }
    return {};
}

Result<std::optional<std::size_t>> ClientSocket::read(std::span<char> room, Deadline deadline) {
    while (true) {
        const ssize_t size = ::recv(handle_, room.data(), room.size(), 0);
        if (size >= 0) return std::optional(static_cast<std::size_t>(size));
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return lost(errno);
        if (wait_for(handle_, POLLIN, deadline) == Wait::kTimedOut) {
            return std::optional<std::size_t>();
        }
    }
}

}  // namespace altis::server
