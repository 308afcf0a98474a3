// A real `altis serve` as a child process, and callers that talk to it over HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "altis_program.h"
#include "base/result.h"
#include "codec/json.h"
#include "platform/process.h"
#include "server/http_client.h"

namespace altis::e2e {

// An answer as a test looks at it.
struct Reply {
    int status = 0;  // 0: no answer came; `text` says why
    std::string content_type;
    std::string text;
    codec::Json json;  // null when the body is none
    server::Fields headers = {};

    bool ok() const { return status >= 200 && status < 300; }
    // In any case of its name; empty when absent.
    std::string header(std::string_view name) const;
    // Stable code of a problem document; empty for other answers.
    std::string code() const { return std::string(json["code"].as_string()); }
    std::string detail() const { return std::string(json["detail"].as_string()); }
};

// Speaks to one server with one key. One connection; one thread at a time.
class Caller {
  public:
    Caller(std::uint16_t port, std::string key) : port_(port), key_(std::move(key)) {}

    Reply send(server::Method method, std::string_view path, std::string_view content_type = {},
               std::string_view body = {});
    Reply get(std::string_view path) { return send(server::Method::kGet, path); }
    Reply remove(std::string_view path) { return send(server::Method::kDelete, path); }
    Reply post(std::string_view path, const codec::Json& body);
    Reply put(std::string_view path, const codec::Json& body);
    // The body as it is, as JSON.
    Reply post_text(std::string_view path, std::string_view body);

    const std::string& key() const { return key_; }

  private:
    std::uint16_t port_;
    std::string key_;
    std::optional<server::HttpClient> http_;
};

// How a server is started.
struct ServerStart {
    std::string data;                       // the data folder
    std::string config;                     // a file to start from instead; may be empty
    std::vector<std::string> wrapper = {};  // a program and its arguments that start altis
};

// The destructor ends the child.
class Server {
  public:
    // Waits until the server answers. Fails when it ends first; the message holds its log.
    static Result<std::unique_ptr<Server>> start(ServerStart start);

    std::uint16_t port() const { return port_; }
    int pid() const { return process_->pid(); }
    const std::string& data() const { return start_.data; }
    const std::string& admin_key() const { return admin_key_; }

    Caller admin() const { return caller(admin_key_); }
    Caller caller(const std::string& key) const { return Caller(port_, key); }

    // SIGKILL, as a power cut would.
    void kill();
    // SIGTERM; gives the exit status, or -1 when it does not end.
    int stop();
    // After kill() or stop(): starts again, on the same port.
    Result<void> start_again();

    // What the server has written since its last start.
    std::string log() const;

  private:
    explicit Server(ServerStart start) : start_(std::move(start)) {}
    Result<void> spawn();
    Result<void> wait_until_ready();

    ServerStart start_;
    std::uint16_t port_ = 0;
    std::string admin_key_;
    std::unique_ptr<platform::Process> process_;
};

}  // namespace altis::e2e
