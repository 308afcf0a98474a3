#include "altis_server.h"

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "app/data_folder.h"
#include "codec/compress.h"
#include "platform/clock.h"
#include "platform/file.h"

namespace altis::e2e {
namespace {

constexpr Duration kStartTimeout = seconds(120);
constexpr Duration kStopTimeout = seconds(120);

std::string field_of(const server::Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields) {
        if (server::equal_ignoring_case(key, name)) return value;
    }
    return {};
}

Reply reply_of(const Result<server::ClientResponse>& response) {
    if (!response) return {0, "", response.error().reason + ": " + response.error().message, {}};
    Reply reply{response->status,
                field_of(response->headers, "Content-Type"),
                response->body,
                {},
                response->headers};
    if (auto json = codec::parse_json(response->body)) reply.json = std::move(*json);
    return reply;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
    return field_of(headers, name);
}

Reply Caller::send(server::Method method, std::string_view path, std::string_view content_type,
                   std::string_view body) {
    if (!http_) {
        auto connected = server::HttpClient::create("127.0.0.1", port_);
        if (!connected) return reply_of(tl::unexpected<Error>(connected.error()));
        http_.emplace(std::move(*connected));
    }
    server::Fields headers;
    if (!key_.empty()) headers.emplace_back("Authorization", "Bearer " + key_);
    if (!content_type.empty()) headers.emplace_back("Content-Type", content_type);
    if (codec::looks_like_gzip(body)) headers.emplace_back("Content-Encoding", "gzip");
    Reply reply = reply_of(http_->send(method, path, headers, body));
    if (reply.status == 0) http_.reset();
    return reply;
}

Reply Caller::post(std::string_view path, const codec::Json& body) {
    return post_text(path, body.to_string());
}

Reply Caller::put(std::string_view path, const codec::Json& body) {
    return send(server::Method::kPut, path, "application/json", body.to_string());
}

Reply Caller::post_text(std::string_view path, std::string_view body) {
    return send(server::Method::kPost, path, "application/json", body);
}

Result<std::unique_ptr<Server>> Server::start(ServerStart start) {
    std::unique_ptr<Server> server(new Server(std::move(start)));
    TRY_VOID(server->start_again());
    return server;
}

Result<void> Server::start_again() {
    TRY_VOID(spawn());
    return wait_until_ready();
}

Result<void> Server::spawn() {
    auto& files = platform::real_file_system();
    TRY_VOID(files.create_directories(start_.data));
    // The old port file must not be mistaken for the new one.
    const std::string port_file = app::port_file_path(start_.data);
    TRY(const bool stale, files.exists(port_file));
    if (stale) TRY_VOID(files.remove(port_file));
    std::vector<std::string> command = start_.wrapper;
    command.push_back(altis_program());
    command.insert(command.end(), {"serve", "--port", std::to_string(port_)});
    if (start_.config.empty()) {
        command.insert(command.end(), {"--data", start_.data});
    } else {
        command.insert(command.end(), {"--config", start_.config});
    }
    platform::ProcessOptions options;
    options.program = command.front();
    options.arguments.assign(command.begin() + 1, command.end());
    options.output = platform::ProcessOutput::kFile;
    options.output_path = start_.data + "/server.log";
    TRY(process_, platform::Process::spawn(options));
    return {};
}

Result<void> Server::wait_until_ready() {
    platform::SystemClock clock;
    const Time give_up = clock.now() + kStartTimeout;
    while (clock.now() < give_up) {
        if (const auto status = process_->wait(Duration{0})) {
            return fail(Code::kUnavailable, "e2e.server_ended",
                        "status " + std::to_string(*status) + ": " + log());
        }
        const auto endpoint = app::read_endpoint(platform::real_file_system(), start_.data);
        if (endpoint && Caller(endpoint->port, "").get("/healthz").ok()) {
            port_ = endpoint->port;
            admin_key_ = endpoint->key;
            return {};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return fail(Code::kUnavailable, "e2e.server_silent", "no answer: " + log());
}

void Server::kill() {
    process_->kill(SIGKILL);
    process_->wait(kStopTimeout);
}

int Server::stop() {
    process_->kill(SIGTERM);
    return process_->wait(kStopTimeout).value_or(-1);
}

std::string Server::log() const {
    return platform::read_file(platform::real_file_system(), start_.data + "/server.log")
        .value_or("");
}

}  // namespace altis::e2e
