#include "servers/peers.h"

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

namespace altis::bench {
namespace {

// The first program of that name on the PATH; empty when there is none.
std::string find_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = folder + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

// A port of the loopback that nobody uses now; 0 when there is none.
std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound =
        ::bind(probe, plain, size) == 0 && ::getsockname(probe, plain, &size) == 0;
    ::close(probe);
    return is_bound ? ntohs(address.sin_port) : 0;
}

}  // namespace

Result<std::unique_ptr<NodeCollector>> NodeCollector::start(const std::string& script,
                                                            const std::string& file) {
    platform::ProcessOptions options;
    options.program = find_program("node");
    if (options.program.empty()) {
        return fail(Code::kNotFound, "bench.no_node", "node is not installed");
    }
    options.arguments = {script, file};
    options.output = platform::ProcessOutput::kPipe;
    auto collector = std::make_unique<NodeCollector>();
    TRY(collector->process_, platform::Process::spawn(options));
    TRY(const std::string port, collector->process_->read_output(64));
    collector->port_ = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
    if (collector->port_ != 0) return collector;
    return fail(Code::kUnavailable, "bench.no_node", "the collector of bench/peers did not start");
}

Result<std::unique_ptr<RedisServer>> RedisServer::start(const std::string& folder) {
    platform::ProcessOptions options;
    options.program = find_program("redis-server");
    if (options.program.empty()) {
        return fail(Code::kNotFound, "bench.no_redis", "redis-server is not installed");
    }
    auto redis = std::make_unique<RedisServer>();
    redis->port_ = free_port();
    // No snapshots, and no rewriting of the log under way: nothing but the synced log.
    options.arguments = {"--port",
                         std::to_string(redis->port_),
                         "--bind",
                         "127.0.0.1",
                         "--dir",
                         folder,
                         "--appendonly",
                         "yes",
                         "--appendfsync",
                         "always",
                         "--save",
                         "",
                         "--auto-aof-rewrite-percentage",
                         "0"};
    options.output = platform::ProcessOutput::kPipe;
    TRY(redis->process_, platform::Process::spawn(options));
    for (std::string log; log.find("Ready to accept connections") == std::string::npos;) {
        TRY(const std::string more, redis->process_->read_output(4096));
        if (more.empty()) {
            return fail(Code::kUnavailable, "bench.no_redis", "redis-server did not start: " + log);
        }
        log += more;
    }
    return redis;
}

}  // namespace altis::bench
