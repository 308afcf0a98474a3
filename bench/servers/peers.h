// The peers under measurement, as child processes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "platform/process.h"

namespace altis::bench {

// The collector in bench/peers, writing to `file`.
class NodeCollector {
  public:
    // Fails with "bench.no_node" when Node is not installed.
    static Result<std::unique_ptr<NodeCollector>> start(const std::string& script,
                                                        const std::string& file);
    std::uint16_t port() const { return port_; }
    int pid() const { return process_->pid(); }

  private:
    std::unique_ptr<platform::Process> process_;
    std::uint16_t port_ = 0;
};

// redis-server that syncs its log before it answers, in a folder of its own.
class RedisServer {
  public:
    // Fails with "bench.no_redis" when it is not installed or does not start.
    static Result<std::unique_ptr<RedisServer>> start(const std::string& folder);
    std::uint16_t port() const { return port_; }
    int pid() const { return process_->pid(); }

  private:
    std::unique_ptr<platform::Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace altis::bench
