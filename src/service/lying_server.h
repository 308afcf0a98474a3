// For tests: a language model's server on loopback that answers as a test wants, right or wrong.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/json.h"
#include "server/http_server.h"
#include "service/model_desk.h"

namespace altis::service::fixture {

struct LyingAnswer {
    int status = 200;  // 0: never answers
    std::string body;
};

// A finished chat completion of this text.
inline LyingAnswer completion(const std::string& text) {
    const codec::Json message = codec::Json::object({{"content", text}});
    codec::Json choices = codec::Json::array();
    choices.push(codec::Json::object({{"message", message}, {"finish_reason", "stop"}}));
    return {200, codec::Json::object({{"choices", std::move(choices)}}).to_string()};
}

class LyingServer {
  public:
    // `answer` is given the body of a request.
    using Answer = std::function<LyingAnswer(const std::string&)>;

    explicit LyingServer(Answer answer) {
        server::Router router;
        router.add(server::Method::kPost, "/v1/chat/completions",
                   [this, answer = std::move(answer)](server::Request&& request,
                                                      server::Responder respond) {
                       const LyingAnswer lie = answer(request.body);
                       const std::lock_guard lock(mutex_);
                       asked_.push_back(request.body);
                       keys_.emplace_back(request.header("authorization"));
                       if (lie.status == 0) return unanswered_.push_back(std::move(respond));
                       server::Response response;
                       response.status = lie.status;
                       response.body = lie.body;
                       respond(std::move(response));
                   });
        server_ = *server::HttpServer::create({}, std::move(router));
        server_->start();
    }
    LyingServer(int status, const std::string& body)
        : LyingServer([status, body](const std::string&) { return LyingAnswer{status, body}; }) {}

    // Who still waits would hold up the server's stop.
    ~LyingServer() {
        const std::lock_guard lock(mutex_);
        unanswered_.clear();
    }
    LyingServer(const LyingServer&) = delete;
    LyingServer& operator=(const LyingServer&) = delete;

    ModelServer address() const {
        return {"http://127.0.0.1:" + std::to_string(server_->port()) + "/v1/chat/completions",
                "secret"};
    }
    std::size_t asked() const {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }
    std::vector<std::string> keys() const {
        const std::lock_guard lock(mutex_);
        return keys_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    std::vector<std::string> keys_;
    std::vector<server::Responder> unanswered_;
    std::unique_ptr<server::HttpServer> server_;  // stops first
};

}  // namespace altis::service::fixture
