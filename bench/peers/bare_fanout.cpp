// What the kernel alone takes for a fan-out: `bare_fanout` answers GET as an event stream, and
// sends the body of each POST to all streams with send(), half of them from each of two threads,
// and nothing else. Prints its port; ends with its publisher.
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr int kBacklog = 4'096;
constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
constexpr std::string_view kDone = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

void send_all(int handle, std::string_view bytes) {
    // A client that does not keep up misses the rest; the clients' count shows it.
    static_cast<void>(::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

int listen_on_loopback() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener, kBacklog) != 0) {
        std::perror("bare_fanout");
        std::exit(1);
    }
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

// One request with its body; empty at the end of the connection.
std::string read_request(int handle) {
    std::string text;
    std::size_t whole = 0;  // unknown yet
    char buffer[4'096];
    while (whole == 0 || text.size() < whole) {
        const ssize_t size = ::recv(handle, buffer, sizeof buffer, 0);
        if (size <= 0) return {};
        text.append(buffer, static_cast<std::size_t>(size));
        const std::size_t head = text.find("\r\n\r\n");
        if (head == std::string::npos) continue;
        const std::size_t length = text.find("Content-Length: ");
        whole = head + 4;
        if (length < head) whole += std::strtoull(text.data() + length + 16, nullptr, 10);
    }
    return text;
}

void publish(const std::vector<int>& clients, std::string_view body) {
    const std::string event = "data: " + std::string(body) + "\n\n";
    const auto send_half = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            send_all(clients[i], event);
    };
    std::thread other(send_half, 0, clients.size() / 2);
    send_half(clients.size() / 2, clients.size());
    other.join();
}

}  // namespace

int main() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);  // the starter has raised the hard limit
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    const int listener = listen_on_loopback();
    std::vector<int> clients;
    while (true) {
        const int handle = ::accept(listener, nullptr, nullptr);
        if (handle < 0) return 1;
        std::string request = read_request(handle);
        if (request.starts_with("GET ")) {
            send_all(handle, kStreamHead);
            clients.push_back(handle);
            continue;
        }
        for (; !request.empty(); request = read_request(handle)) {
            publish(clients, std::string_view(request).substr(request.find("\r\n\r\n") + 4));
            send_all(handle, kDone);
        }
        return 0;
    }
}
