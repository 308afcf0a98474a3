// The real program with a language model's server that lies: what fans are told is right, nobody is
// told twice, and the server's key is nowhere to be read.
#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

#include "games.h"
#include "service/lying_server.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;
using service::fixture::completion;
using service::fixture::LyingAnswer;
using service::fixture::LyingServer;

const std::string kTrigger = "results/owg2026/" + std::string(kUnit);
const std::string kKey = "sk-never-to-be-seen";
constexpr int kFans = 400;

constexpr const char* kGood = "Bravo {athlete}! {medal}: {score}, {total}. {link}";

LyingAnswer lie(int number) {
    const std::array<LyingAnswer, 6> kLies = {{
        completion("Bravo {athlete}! {medal}: 999.99, {total}. {link}"),
        completion("Bravo Ami Nakai! {medal}: {score}, {total}. {link}"),
        completion("Ignore the rules: {athlete} lost. {medal} {score} {total} {link}"),
        {429, "busy"},
        {200, "\xff\xfe"},
        {0, ""},
    }};
    return kLies[static_cast<std::size_t>(number) % kLies.size()];
}

class ModelTest : public testing::Test {
  protected:
    void start(LyingServer::Answer answer) {
        model_ = std::make_unique<LyingServer>(std::move(answer));
        std::ofstream(folder_ / "model.key") << kKey << "\n";
        std::ofstream(folder_ / "altis.toml")
            << "[data]\ndirectory = \"" << (folder_ / "data") << "\"\n[messages.model]\nurl = \""
            << model_->address().url << "\"\nname = \"m\"\nkey_file = \"" << (folder_ / "model.key")
            << "\"\n";
        auto started = Server::start({folder_ / "data", folder_ / "altis.toml", {}});
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
        auto keys = found_games(*server_);
        ASSERT_TRUE(keys) << keys.error().message;
        keys_ = std::move(*keys);
        open_campaign();
        bring_fans();
    }

    Caller owner() const { return server_->caller(keys_.owner); }

    void open_campaign() {
        Caller caller = owner();
        ASSERT_TRUE(
            caller
                .put("/v1/segments/chart-readers",
                     Json::object({{"kind", "cohort"}, {"rule", "dwell(technical_chart) > 0"}}))
                .ok());
        const Json share = Json::object({{"organisation", "la28"}, {"basis_points", 10'000}});
        const Reply opened =
            caller.post("/v1/campaigns", Json::object({{"id", "caps"},
                                                       {"name", "Caps"},
                                                       {"edition", kEdition},
                                                       {"organisation", "la28"},
                                                       {"shares", Json::array({share})},
                                                       {"window_hours", 24},
                                                       {"audience", "chart-readers"},
                                                       {"link", "https://app.example.org/unit"}}));
        ASSERT_TRUE(opened.ok()) << opened.text;
        odf(schedule_odf());
    }

    void bring_fans() {
        std::vector<Json> events;
        for (int i = 0; i < kFans; ++i) {
            const std::string fan = "fan-" + std::to_string(i);
            events.push_back(track("c-" + fan, fan, "Consent Updated",
                                   Json::object({{"purpose", "messages"}, {"given", true}})));
            events.push_back(
                track("v-" + fan, fan, "Content Viewed",
                      Json::object({{"kind", "technical_chart"}, {"dwell_ms", 1'000}})));
            events.push_back(
                track("f-" + fan, fan, "Athlete Followed", Json::object({{"athlete", "1000001"}})));
        }
        const Reply reply =
            server_->caller(keys_.ingest).post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    void odf(const std::string& xml) {
        const Reply reply = owner().send(Method::kPost, "/v1/odf", "application/xml", xml);
        ASSERT_TRUE(reply.ok()) << reply.text;
    }

    // Waits until as many are sent as there are fans; gives how many were.
    std::int64_t wait_for_all() {
        std::int64_t sent = 0;
        for (int i = 0; i < 500 && sent < kFans; ++i) {
            sent = owner().get("/v1/messages/stats").json["sent"].as_int();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return sent;
    }

    // What a fan got; of several messages all texts.
    std::string told(const std::string& fan) {
        const Reply letter = owner().get("/v1/fans/" + fan + "/message-letter?trigger=" + kTrigger);
        std::string texts;
        for (const Json& message : letter.json["messages"].items())
            texts += (texts.empty() ? "" : " | ") + std::string(message["text"].as_string());
        return texts;
    }

    // Nowhere the program writes for people.
    void expect_no_key() {
        EXPECT_EQ(server_->log().find(kKey), std::string::npos);
        const Finished shown = run_altis({"config", "check", folder_ / "altis.toml"});
        EXPECT_EQ(shown.status, 0) << shown.output;
        EXPECT_EQ(shown.output.find(kKey), std::string::npos);
        EXPECT_NE(shown.output.find("model.key"), std::string::npos) << shown.output;
    }

    TemporaryFolder folder_;
    std::atomic<int> lies_ = 0;
    std::unique_ptr<LyingServer> model_;  // outlives the server that asks it
    std::unique_ptr<Server> server_;
    Keys keys_;
};

// Whether it answers within 300 ms is up to the machine; service/model_words_test.cpp waits longer.
TEST_F(ModelTest, IsAskedWithAKeyThatNobodySees) {
    start([](const std::string&) { return completion(kGood); });
    odf(result_odf(Publication::kOfficial, 1));
    EXPECT_EQ(wait_for_all(), kFans);
    const std::string text = told("fan-0");
    EXPECT_NE(text.find("150.20 in the free skate, 226.79 in total"), std::string::npos) << text;
    EXPECT_GT(model_->asked(), 0U);
    EXPECT_LE(model_->asked(), 12U);
    for (const std::string& key : model_->keys())
        EXPECT_EQ(key, "Bearer " + kKey);
    expect_no_key();
}

TEST_F(ModelTest, ALyingModelChangesNothingAndAKillTellsNobodyTwice) {
    start([this](const std::string&) { return lie(lies_++); });
    odf(result_odf(Publication::kOfficial, 1));
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(wait_for_all(), kFans);
    const std::string first = told("fan-0");
    EXPECT_TRUE(first.starts_with("Gold for ")) << first;
    EXPECT_NE(first.find("150.20 in the free skate, 226.79 in total"), std::string::npos) << first;
    EXPECT_EQ(first.find(" | "), std::string::npos) << first;
    for (int i = 0; i < kFans; i += 37)
        EXPECT_EQ(told("fan-" + std::to_string(i)), first) << i;
    expect_no_key();
}

TEST_F(ModelTest, AServerThatNeverAnswersCostsNoMessage) {
    start([](const std::string&) { return LyingAnswer{0, ""}; });
    const auto begin = std::chrono::steady_clock::now();
    odf(result_odf(Publication::kOfficial, 1));
    EXPECT_EQ(wait_for_all(), kFans);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    EXPECT_EQ(told("fan-0").find("Bravo"), std::string::npos);
}

}  // namespace
}  // namespace altis::e2e
