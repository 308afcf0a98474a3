#include "service/model_endpoint.h"

#include <gtest/gtest.h>
#include <mutex>

#include "server/http_server.h"
#include "service/model_replies.h"

namespace altis::service {
namespace {

// A model's server on loopback that answers every request in the same way, right or wrong.
class LyingServer {
  public:
    LyingServer(int status, std::string body) {
        server::Router router;
        router.add(server::Method::kPost, "/v1/chat/completions",
                   [this, status, body](server::Request&& request, server::Responder respond) {
                       const std::lock_guard lock(mutex_);
                       asked_.push_back(request.body);
                       server::Response response;
                       response.status = status;
                       response.body = body;
                       if (status == 0) return unanswered_.push_back(std::move(respond));
                       respond(std::move(response));
                   });
        server_ = *server::HttpServer::create({}, std::move(router));
        server_->start();
    }

    // Who still waits would hold up the server's stop.
    ~LyingServer() {
        const std::lock_guard lock(mutex_);
        unanswered_.clear();
    }
    LyingServer(const LyingServer&) = delete;
    LyingServer& operator=(const LyingServer&) = delete;

    ModelEndpoint endpoint(Duration timeout = seconds(20)) const {
        return *ModelEndpoint::create(
            {"http://127.0.0.1:" + std::to_string(server_->port()) + "/v1/chat/completions",
             "secret", timeout});
    }

    Result<std::string> ask(Duration timeout) const {
        return endpoint(timeout).ask(codec::Json::object({{"model", "m"}}));
    }

    std::size_t asked() const {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    std::vector<server::Responder> unanswered_;
    std::unique_ptr<server::HttpServer> server_;  // stops first
};

std::string outcome(const LyingServer& server, Duration timeout = seconds(20)) {
    const auto text = server.ask(timeout);
    return text ? *text : text.error().reason;
}

TEST(ModelEndpoint, BringsTheText) {
    const LyingServer whole(
        200, R"({"choices":[{"message":{"content":"{athlete}!"},"finish_reason":"stop"}]})");
    EXPECT_EQ(outcome(whole), "{athlete}!");
    const LyingServer streamed(200,
                               "data: {\"choices\":[{\"delta\":{\"content\":\"{athlete}\"},"
                               "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    EXPECT_EQ(outcome(streamed), "{athlete}");
}

TEST(ModelEndpoint, FailuresAreValues) {
    EXPECT_EQ(outcome(LyingServer(429, "")), "model.status");
    EXPECT_EQ(outcome(LyingServer(200, "\xff\xfe")), "messages.reply_malformed");
    EXPECT_EQ(outcome(LyingServer(200, std::string(100'000, 'x'))), "messages.reply_malformed");
    const LyingServer silent(0, "");
    EXPECT_EQ(outcome(silent, milliseconds(kModelTimeoutMs)), "client.timed_out");
    EXPECT_EQ(silent.asked(), 1U);
}

TEST(ModelReplies, AServerThatFailsIsAskedOnce) {
    const auto composer = messages::Composer::load(*messages::standard_catalogue());
    const messages::ReplyFilter filter(*composer, *messages::Vocabulary::standard());
    const LyingServer busy(429, "");
    ModelReplies replies(busy.endpoint(), filter, "m");
    const messages::Style style{"skate_medal"};
    EXPECT_TRUE(replies.of(style, composer->languages(), Time{}).empty());
    EXPECT_TRUE(replies.of(style, composer->languages(), Time{} + seconds(59)).empty());
    EXPECT_EQ(busy.asked(), 1U);
    EXPECT_TRUE(replies.of(style, composer->languages(), Time{} + kModelRest).empty());
    EXPECT_EQ(busy.asked(), 2U);
    EXPECT_EQ(replies.counts().failed, 2U);
}

TEST(ModelReplies, AsksOncePerLanguageOfAnOpenStory) {
    const auto composer = messages::Composer::load(*messages::standard_catalogue());
    const messages::ReplyFilter filter(*composer, *messages::Vocabulary::standard());
    const LyingServer liar(
        200, R"({"choices":[{"message":{"content":"{athlete}!"},"finish_reason":"stop"}]})");
    ModelReplies replies(liar.endpoint(), filter, "m");
    EXPECT_TRUE(replies.of({"withdrawn"}, composer->languages(), Time{}).empty());
    EXPECT_EQ(liar.asked(), 0U);
    EXPECT_EQ(replies.of({"medal"}, composer->languages(), Time{}).size(), 12U);
    EXPECT_EQ(liar.asked(), 12U);
}

TEST(ModelEndpoint, SpeaksToThisMachineOnly) {
    for (const char* url : {"https://127.0.0.1/v1", "http://192.0.2.1/v1", "http://a.example/v1"})
        EXPECT_EQ(ModelEndpoint::create({url, ""}).error().reason, "model.not_local") << url;
    EXPECT_EQ(ModelEndpoint::create({"model", ""}).error().reason, "outbound.bad_url");
}

}  // namespace
}  // namespace altis::service
