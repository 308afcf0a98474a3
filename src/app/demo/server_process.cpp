#include "app/demo/server_process.h"

#include <csignal>
#include <thread>

#include "app/data_folder.h"
#include "platform/clock.h"
#include "platform/file.h"

namespace altis::app::demo {
namespace {

constexpr Duration kStartTimeout = seconds(60);
constexpr Duration kStopTimeout = seconds(60);

Time now() {
    platform::SystemClock clock;
    return clock.now();
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const std::string& data_directory) {
    std::unique_ptr<ServerProcess> server(new ServerProcess(data_directory));
    TRY_VOID(server->spawn(0));
    TRY_VOID(server->wait_until_ready());
    return server;
}

Result<void> ServerProcess::spawn(std::uint16_t port) {
    // The old port file must not be mistaken for the new one.
    auto& files = platform::real_file_system();
    const std::string port_file = port_file_path(data_directory_);
    TRY(const bool stale, files.exists(port_file));
    if (stale) TRY_VOID(files.remove(port_file));
    platform::ProcessOptions options;
    options.program = platform::this_program();
    options.arguments = {"serve", "--data", data_directory_, "--port", std::to_string(port)};
    options.output = platform::ProcessOutput::kFile;
    options.output_path = data_directory_ + "/server.log";
    TRY_VOID(files.create_directories(data_directory_));
    TRY(process_, platform::Process::spawn(options));
    return {};
}

Result<void> ServerProcess::wait_until_ready() {
    const Time give_up = now() + kStartTimeout;
    while (now() < give_up) {
        if (process_->wait(Duration{0})) {
            return fail(Code::kUnavailable, "demo.server_ended",
                        "the server stopped at once; see " + data_directory_ + "/server.log");
        }
        auto endpoint = read_endpoint(platform::real_file_system(), data_directory_);
        if (endpoint) {
            endpoint_ = std::move(*endpoint);
            Client client(endpoint_);
            if (client.get("/healthz")) return {};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return fail(Code::kUnavailable, "demo.server_silent",
                "the server did not answer within 60 s; see " + data_directory_ + "/server.log");
}

Result<std::int64_t> ServerProcess::kill_and_restart() {
    process_->kill(SIGKILL);
    process_->wait(kStopTimeout);
    const Time started = now();
    TRY_VOID(start_again());
    return (now() - started).us / 1000;
}

Result<void> ServerProcess::start_again() {
    TRY_VOID(spawn(endpoint_.port));
    return wait_until_ready();
}

Result<void> ServerProcess::stop() {
    process_->kill(SIGTERM);
    const auto status = process_->wait(kStopTimeout);
    if (status && *status == 0) return {};
    return fail(Code::kUnavailable, "demo.server_did_not_stop",
                "the server did not stop cleanly; see " + data_directory_ + "/server.log");
}

}  // namespace altis::app::demo
