#include "service/model_endpoint.h"

#include <chrono>
#include <future>
#include <gtest/gtest.h>

#include "service/lying_server.h"

namespace altis::service {
namespace {

using fixture::completion;
using fixture::LyingAnswer;
using fixture::LyingServer;

std::string outcome(const LyingServer& server, Duration deadline = seconds(20)) {
    const auto endpoint = ModelEndpoint::create(server.address());
    const auto text = endpoint->ask(codec::Json::object({{"model", "m"}}), deadline);
    return text ? *text : text.error().reason;
}

TEST(ModelEndpoint, BringsTheText) {
    const LyingServer whole(200, completion("{athlete}!").body);
    EXPECT_EQ(outcome(whole), "{athlete}!");
    EXPECT_EQ(whole.keys(), std::vector<std::string>{"Bearer secret"});
    const LyingServer streamed(200,
                               "data: {\"choices\":[{\"delta\":{\"content\":\"{athlete}\"},"
                               "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    EXPECT_EQ(outcome(streamed), "{athlete}");
}

TEST(ModelEndpoint, FailuresAreValues) {
    EXPECT_EQ(outcome(LyingServer(429, "")), "model.status");
    EXPECT_EQ(outcome(LyingServer(200, "\xff\xfe")), "messages.reply_malformed");
    EXPECT_EQ(outcome(LyingServer(200, std::string(100'000, 'x'))), "outbound.connection_lost");
    const LyingServer silent(0, "");
    EXPECT_EQ(outcome(silent, milliseconds(kModelTimeoutMs)), "outbound.timed_out");
    EXPECT_EQ(silent.asked(), 1U);
}

TEST(ModelEndpoint, SpeaksHttpToThisMachineOnly) {
    const auto reason = [](const char* url, const char* key) {
        const auto made = ModelEndpoint::create({url, key});
        return made ? "made" : made.error().reason;
    };
    for (const char* url : {"http://192.0.2.1/v1", "http://model.example/v1"})
        EXPECT_EQ(reason(url, ""), "outbound.not_secure") << url;
    EXPECT_EQ(reason("https://model.example/v1", "key"), "made");
    EXPECT_EQ(reason("model", ""), "outbound.bad_url");
    const auto bad = ModelEndpoint::create({"https://model.example/v1", "two\r\nlines"});
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().reason, "model.key_malformed");
    EXPECT_EQ(bad.error().message.find("two"), std::string::npos);
}

// What the desk hands out, and how long that took.
struct Outcome {
    bool is_asked = false;
    ModelDesk::ByLanguage replies;
    std::chrono::milliseconds took{};
};

Outcome ask(ModelDesk& desk, const std::vector<std::string>& languages) {
    ModelDesk::Requests requests;
    for (const std::string& language : languages)
        requests[language] = codec::Json::object({{"language", language}});
    std::promise<ModelDesk::ByLanguage> answer;
    const auto begin = std::chrono::steady_clock::now();
    Outcome outcome;
    outcome.is_asked = desk.ask(std::move(requests), [&answer](ModelDesk::ByLanguage replies) {
        answer.set_value(std::move(replies));
    });
    if (outcome.is_asked) outcome.replies = answer.get_future().get();
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    return outcome;
}

ModelOptions options(const LyingServer& server, Duration budget = seconds(20)) {
    ModelOptions options;
    options.server = server.address();
    options.name = "m";
    options.budget = budget;
    return options;
}

const std::vector<std::string> kLanguages = {"en", "fr", "ja", "ar"};

TEST(ModelDesk, AsksOncePerLanguageAllAtOnce) {
    const LyingServer honest(200, completion("{athlete}!").body);
    const auto desk = *ModelDesk::start(options(honest));
    const Outcome outcome = ask(*desk, kLanguages);
    EXPECT_EQ(outcome.replies.size(), kLanguages.size());
    EXPECT_EQ(outcome.replies.at("fr"), "{athlete}!");
    EXPECT_EQ(honest.asked(), kLanguages.size());
    EXPECT_EQ(desk->counts().failed, 0U);
    EXPECT_FALSE(ask(*desk, {}).is_asked);
}

TEST(ModelDesk, ASilentServerCostsTheBudgetOnceThenRests) {
    const LyingServer silent(0, "");
    const auto desk = *ModelDesk::start(options(silent, milliseconds(kModelTimeoutMs)));
    const Outcome first = ask(*desk, kLanguages);
    EXPECT_TRUE(first.is_asked);
    EXPECT_TRUE(first.replies.empty());
    EXPECT_GE(first.took.count(), 250);
    EXPECT_LT(first.took.count(), 2'000);
    EXPECT_FALSE(ask(*desk, kLanguages).is_asked);
    EXPECT_LE(silent.asked(), kLanguages.size());
}

TEST(ModelDesk, TakesWhatCameBeforeTheFirstFailureAndAsksAgainAfterTheRest) {
    const LyingServer moody([](const std::string& request) {
        return request.find("ja") == std::string::npos ? completion("{athlete}!")
                                                       : LyingAnswer{429, ""};
    });
    ModelOptions rested = options(moody);
    rested.rest = milliseconds(50);
    const auto desk = *ModelDesk::start(rested);
    const Outcome first = ask(*desk, kLanguages);
    EXPECT_FALSE(first.replies.contains("ja"));
    EXPECT_EQ(desk->counts().failed, 1U);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    EXPECT_TRUE(ask(*desk, {"en"}).replies.contains("en"));
}

TEST(ModelDesk, AStopHandsOutWhatThereIs) {
    const LyingServer silent(0, "");
    const auto desk = *ModelDesk::start(options(silent, milliseconds(kModelTimeoutMs)));
    std::promise<void> done;
    ASSERT_TRUE(desk->ask({{"en", codec::Json::object()}},
                          [&done](const ModelDesk::ByLanguage&) { done.set_value(); }));
    desk->stop();
    EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(0)), std::future_status::ready);
    EXPECT_FALSE(desk->ask({{"en", codec::Json::object()}}, {}));
}

}  // namespace
}  // namespace altis::service
