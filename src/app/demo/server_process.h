// The demo's server: the same program, started as a child with `serve`.
#pragma once

#include <memory>
#include <string>

#include "app/client.h"
#include "base/result.h"
#include "platform/process.h"

namespace altis::app::demo {

class ServerProcess {
  public:
    // Starts a server over a data folder on a free port and waits until it answers.
    static Result<std::unique_ptr<ServerProcess>> start(const std::string& data_directory);

    // Host, port and the first admin key.
    const Endpoint& endpoint() const { return endpoint_; }

    // SIGKILL, as a power cut would; then starts again on the same port. Gives the time from the
    // start of the new process until it answers, in milliseconds.
    Result<std::int64_t> kill_and_restart();

    // SIGTERM, and waits for the end.
    Result<void> stop();

    // After stop(), on the same port.
    Result<void> start_again();

    const std::string& data_directory() const { return data_directory_; }

    // Lets the child run on after this object is gone.
    void leave_running() { static_cast<void>(process_.release()); }

    int pid() const { return process_->pid(); }

  private:
    explicit ServerProcess(std::string data_directory)
        : data_directory_(std::move(data_directory)) {}
    Result<void> spawn(std::uint16_t port);
    Result<void> wait_until_ready();

    std::string data_directory_;
    Endpoint endpoint_;
    std::unique_ptr<platform::Process> process_;
};

}  // namespace altis::app::demo
