// Sending by the real program: wishes of fans, the decision letter, the reveal, corrections, and
// kills while messages go out.
#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;

const std::string kTrigger = "results/owg2026/" + std::string(kUnit);
constexpr int kFansInKills = 3'000;
constexpr int kKills = 3;

class SendingTest : public GamesTest {
  protected:
    void begin() override {
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

    void odf(const std::string& xml) {
        const Reply reply = owner().send(Method::kPost, "/v1/odf", "application/xml", xml);
        ASSERT_TRUE(reply.ok()) << reply.text;
    }

    // Fans of the cohort who follow the skater of result_odf and consent to messages.
    void bring_fans(int from, int to) {
        Caller caller = ingest();
        for (int first = from; first < to; first += 200) {
            std::vector<Json> events;
            for (int i = first; i < std::min(to, first + 200); ++i) {
                const std::string fan = "fan-" + std::to_string(i);
                events.push_back(track("c-" + fan, fan, "Consent Updated",
                                       Json::object({{"purpose", "messages"}, {"given", true}})));
                events.push_back(
                    track("v-" + fan, fan, "Content Viewed",
                          Json::object({{"kind", "technical_chart"}, {"dwell_ms", 1'000}})));
                events.push_back(track("f-" + fan, fan, "Athlete Followed",
                                       Json::object({{"athlete", "1000001"}})));
            }
            const Reply reply = caller.post("/v1/batch", batch_of(std::move(events)));
            ASSERT_EQ(reply.status, 200) << reply.text;
        }
    }

    Json letter(const std::string& fan) {
        const Reply reply = owner().get("/v1/fans/" + fan + "/message-letter?trigger=" + kTrigger);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json;
    }

    // Waits until the letter gives this reason; gives the last one seen.
    std::string wait_for(const std::string& fan, std::string_view reason) {
        std::string seen;
        for (int i = 0; i < 200; ++i) {
            seen = letter(fan)["reason"].as_string();
            if (seen == reason) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return seen;
    }

    void put(const std::string& fan, const std::string& what, const Json& body) {
        const Reply reply = owner().put("/v1/fans/" + fan + "/" + what, body);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    Json stats() { return owner().get("/v1/messages/stats").json; }
};

TEST_F(SendingTest, TellsEachFanWhyOrWhyNot) {
    bring_fans(0, 5);
    put("fan-1", "message-preferences", Json::object({{"daily_cap", 0}}));
    put("fan-2", "suppression", Json::object({{"reason", "complaint"}}));
    put("fan-3", "spoiler",
        Json::object(
            {{"scope", "owg2026/FSK"}, {"state", "delayed"}, {"until", "2999-01-01T00:00:00Z"}}));
    put("fan-4", "message-preferences",
        Json::object({{"refused_channels", Json::array({"gateway", "web_push", "email", "apns",
                                                        "fcm", "webhook", "in_app"})}}));
    odf(result_odf(Publication::kOfficial, 1));
    EXPECT_EQ(wait_for("fan-0", "send"), "send");
    EXPECT_EQ(wait_for("fan-1", "cap_reached"), "cap_reached");
    EXPECT_EQ(wait_for("fan-2", "suppressed"), "suppressed");
    EXPECT_EQ(wait_for("fan-4", "channel_refused"), "channel_refused");
    const Json shielded = letter("fan-3");
    EXPECT_EQ(shielded["reason"].as_string(), "shielded");
    EXPECT_EQ(shielded.to_string().find("226"), std::string::npos);

    const Finished why = run_altis({"messages", "explain", "--fan", "fan-1", "--trigger", kTrigger,
                                    "--data", folder_ / "data", "--key", keys_.owner});
    EXPECT_EQ(why.status, 0);
    EXPECT_NE(why.output.find("as many today as you want"), std::string::npos) << why.output;
    const auto messages = letter("fan-0")["messages"];
    ASSERT_EQ(messages.items().size(), 1U);
    const Finished by_id =
        run_altis({"messages", "explain", std::string(messages.items()[0]["message"].as_string()),
                   "--data", folder_ / "data", "--key", keys_.owner});
    EXPECT_EQ(by_id.status, 0);
    EXPECT_NE(by_id.output.find("226.79"), std::string::npos) << by_id.output;
    EXPECT_EQ(
        run_altis({"messages", "explain", "--data", folder_ / "data", "--key", keys_.owner}).status,
        2);

    const std::string outcome =
        "/v1/messages/" + std::string(messages.items()[0]["message"].as_string()) + "/outcome";
    EXPECT_EQ(owner().put(outcome, Json::object({{"outcome", "lost"}})).code(),
              "messages.outcome_unknown");
    EXPECT_EQ(owner().put(outcome, Json::object({{"outcome", "delivered"}})).status, 200);
    // The first one counts.
    const Reply again = owner().put(outcome, Json::object({{"outcome", "failed"}}));
    EXPECT_EQ(again.json["outcome"].as_string(), "delivered") << again.text;
    EXPECT_EQ(letter("fan-0")["messages"].items()[0]["handling"].as_string(), "delivered");

    put("fan-3", "spoiler", Json::object({{"scope", "owg2026/FSK"}, {"state", "finished"}}));
    EXPECT_EQ(wait_for("fan-3", "send"), "send");
}

TEST_F(SendingTest, WishesAreCheckedOwnedAndForgotten) {
    bring_fans(0, 2);
    const std::string path = "/v1/fans/fan-0/message-preferences";
    EXPECT_EQ(owner().get(path).json["daily_cap"].as_int(), 8);
    EXPECT_EQ(owner().put(path, Json::object({{"zone", "Asia/Atlantis"}})).code(),
              "preferences.unknown_zone");
    EXPECT_EQ(owner().put(path, Json::object({{"colour", 1}})).code(), "preferences.invalid");
    EXPECT_EQ(owner().get("/v1/fans/nobody/message-preferences").status, 404);
    EXPECT_EQ(ingest().get(path).status, 403);
    EXPECT_EQ(airline().get(path).status, 403);
    put("fan-0", "message-preferences", Json::object({{"zone", "Asia/Tokyo"}, {"daily_cap", 3}}));
    put("fan-0", "spoiler", Json::object({{"scope", "owg2026"}, {"state", "no_results"}}));
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    const Json kept = owner().get(path).json;
    EXPECT_EQ(kept["daily_cap"].as_int(), 3) << kept.to_string();
    EXPECT_EQ(kept["zone"].as_string(), "Asia/Tokyo");
    EXPECT_EQ(kept["spoilers"].items().size(), 1U);
    const Json held = owner().get("/v1/fans/fan-0/export").json;
    EXPECT_EQ(held["message_preferences"]["zone"].as_string(), "Asia/Tokyo");
    EXPECT_EQ(owner().remove("/v1/fans/fan-0").status, 200);
    EXPECT_EQ(owner().get(path).status, 404);
}

// Whatever fetches something about a message is no reader; the fan it went to is, by an event.
TEST_F(SendingTest, OnlyTheFanItWentToOpensAMessage) {
    bring_fans(0, 2);
    odf(result_odf(Publication::kOfficial, 1));
    ASSERT_EQ(wait_for("fan-0", "send"), "send");
    const std::string id(letter("fan-0")["messages"].items().at(0)["message"].as_string());
    EXPECT_EQ(owner().get("/v1/messages/" + id).status, 200);
    owner().send(Method::kHead, "/v1/messages/" + id);
    const auto opened_by = [&](const std::string& event, const std::string& fan) {
        const Reply reply = ingest().post(
            "/v1/batch",
            batch_of({track(event, fan, "Message Opened", Json::object({{"message_id", id}}))}));
        EXPECT_EQ(reply.status, 200) << reply.text;
        return stats()["opened"].as_int();
    };
    EXPECT_EQ(stats()["opened"].as_int(), 0);
    EXPECT_EQ(opened_by("o-1", "fan-1"), 0);
    EXPECT_EQ(opened_by("o-2", "fan-0"), 1);
    EXPECT_EQ(opened_by("o-3", "fan-0"), 1);
}

// Killed while messages go out, several times: everybody has one message in the end.
TEST_F(SendingTest, KillsWhileSendingLoseAndDoubleNothing) {
    bring_fans(0, kFansInKills);
    odf(result_odf(Publication::kOfficial, 1));
    std::int64_t before = -1;
    for (int i = 0; i < kKills; ++i) {
        for (int wait = 0; wait < 100 && stats()["sent"].as_int() <= before; ++wait)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        server_->kill();
        ASSERT_TRUE(server_->start_again());
        before = stats()["sent"].as_int();
    }
    for (int i = 0; i < 1'000 && stats()["pending_plans"].as_int() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(stats()["sent"].as_int(), kFansInKills);
    EXPECT_EQ(server_->stop(), 0);
    const Finished sent = run_altis(
        {"journal", "cat", "--data", folder_ / "data", "--type", "messages.sent", "--open-seals"});
    ASSERT_EQ(sent.status, 0);
    std::multiset<std::string> users;
    for (std::size_t at = 0; (at = sent.output.find("\"user\":\"", at)) != std::string::npos;) {
        at += 8;
        users.insert(sent.output.substr(at, sent.output.find('"', at) - at));
    }
    EXPECT_EQ(users.size(), static_cast<std::size_t>(kFansInKills));
    EXPECT_EQ(std::set<std::string>(users.begin(), users.end()).size(), users.size());
}

}  // namespace
}  // namespace altis::e2e
