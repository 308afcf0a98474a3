// Data of persons end by their age, by themselves: what was too old is as if it had never been.
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

#include "codec/text.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::int64_t kOld = 3;
constexpr std::int64_t kNew = 2;

class RetentionTest : public GamesTest {
  protected:
    void begin() override {
        ASSERT_TRUE(owner()
                        .put("/v1/segments/viewers",
                             Json::object({{"kind", "cohort"}, {"rule", "views(news) > 0"}}))
                        .ok());
        std::vector<Json> events;
        for (std::int64_t i = 0; i < kOld; ++i) {
            Json event = seen("old-" + std::to_string(i), "a-note-of-long-ago");
            event.set("timestamp", "2020-02-19T21:04:05Z");
            events.push_back(event);
        }
        for (std::int64_t i = 0; i < kNew; ++i)
            events.push_back(seen("new-" + std::to_string(i), "a-note-of-today"));
        // Still there today, so the old event stays with her, too.
        Json both = seen("new-0", "a-note-of-long-ago-that-stays");
        both.set("messageId", "m-both");
        both.set("timestamp", "2020-02-19T21:04:05Z");
        events.push_back(both);
        const Reply reply = server_->caller(keys_.ingest).post("/v1/import", batch_of(events));
        ASSERT_EQ(reply.json["accepted"].as_int(), kOld + kNew + 1) << reply.text;
        EXPECT_TRUE(server_->admin().get("/v1/warehouse?wait=1").ok());
    }

    static Json seen(const std::string& user, std::string_view note) {
        return track("m-" + user, user, "Content Viewed",
                     Json::object({{"kind", "news"}, {"dwell_ms", 5}, {"note", note}}));
    }

    std::int64_t size() const { return owner().get("/v1/segments/viewers").json["size"].as_int(); }
    std::int64_t would_forget(const std::string& query) const {
        return owner().get("/v1/retention/preview" + query).json["fans"].as_int(-1);
    }
    Reply set(std::string_view category, const Json& days) const {
        return owner().put("/v1/retention", Json::object({{"category", category}, {"days", days}}));
    }
    std::string state() const {
        return std::string(
            server_->admin().get("/v1/journal?state=1").json["state_hash"].as_string());
    }

    // The statement of the erasure comes last.
    bool is_over() const {
        for (int i = 0; i < 200; ++i) {
            const Json stat = server_->admin().get("/v1/fans/stats").json;
            const bool gone = stat["fans"].as_int() == kNew;
            if (gone && server_->admin().get("/v1/warehouse").json["tables"].to_string() == rows_)
                return true;
            rows_ = server_->admin().get("/v1/warehouse").json["tables"].to_string();
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
        }
        return false;
    }

    mutable std::string rows_;
};

TEST_F(RetentionTest, OldFansAreForgottenByThemselves) {
    EXPECT_EQ(size(), kOld + kNew);
    EXPECT_EQ(would_forget(""), 0);
    EXPECT_EQ(would_forget("?category=fan_engagement&days=365"), kOld);
    EXPECT_EQ(would_forget("?category=fan_engagement&days=36500"), 0);
    EXPECT_EQ(size(), kOld + kNew) << "a preview changes nothing";
    const Finished run = run_altis({"retention", "set", "fan_engagement", "365", "--data",
                                    folder_ / "data", "--key", keys_.owner},
                                   Capture::kEverything);
    ASSERT_EQ(run.status, 0) << run.output;
    ASSERT_TRUE(is_over());
    EXPECT_EQ(size(), kNew);
    EXPECT_EQ(owner().get("/v1/fans/old-1").code(), "fans.unknown_fan");
    EXPECT_EQ(would_forget(""), 0);
    const std::string live = state();
    ASSERT_EQ(server_->stop(), 0);
    EXPECT_TRUE(files_that_hold(folder_.path(), {"a-note-of-long-ago\"", "old-1"}).empty());
    const Finished cat = run_altis({"journal", "cat", "--data", server_->data(), "--open-seals"});
    EXPECT_EQ(cat.output.find(codec::to_hex("a-note-of-long-ago\"")), std::string::npos);
    EXPECT_NE(cat.output.find(codec::to_hex("a-note-of-long-ago-that-stays")), std::string::npos);
    EXPECT_NE(cat.output.find("fans.erasure_completed"), std::string::npos);
    std::filesystem::remove_all(server_->data() + "/snapshots");
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(state(), live);
    EXPECT_EQ(size(), kNew);
}

TEST_F(RetentionTest, WhatCannotBeKeptIsRefused) {
    EXPECT_EQ(set("commerce", 30).code(), "retention.not_separable");
    EXPECT_EQ(set("athlete_health", 30).code(), "retention.not_separable");
    EXPECT_EQ(set("weather", 30).code(), "retention.unknown_category");
    for (const Json& days : {Json(0), Json(-1), Json(36'501), Json("soon"), Json(1.5)})
        EXPECT_EQ(set("fan_engagement", days).code(), "retention.bad_days") << days.to_string();
    EXPECT_EQ(owner().get("/v1/retention/preview?category=fan_engagement").code(),
              "retention.bad_days");
    const Finished run = run_altis(
        {"retention", "set", "commerce", "30", "--data", folder_ / "data", "--key", keys_.owner},
        Capture::kEverything);
    EXPECT_EQ(run.status, 2) << run.output;

    ASSERT_EQ(set("dead_letters", 14).status, 200);
    const Json stated = owner().get("/v1/retention").json["items"].items().at(1);
    EXPECT_EQ(stated["days"].as_int(), 14);
    EXPECT_TRUE(stated["stated"].as_bool());
    ASSERT_EQ(set("dead_letters", Json()).status, 200);
    const Json left = owner().get("/v1/retention").json["items"].items().at(1);
    EXPECT_EQ(left["days"].as_int(), 30);
    EXPECT_FALSE(left["stated"].as_bool());
}

TEST_F(RetentionTest, IsTheOwnersAlone) {
    Caller admin = server_->admin();
    const auto sponsors = issue_key(admin, "sponsor-rights", "airline", {"rights"});
    ASSERT_TRUE(sponsors) << sponsors.error().message;
    Caller sponsor = server_->caller(*sponsors);
    EXPECT_EQ(sponsor.get("/v1/retention").status, 403);
    EXPECT_EQ(sponsor.get("/v1/retention/preview").status, 403);
    EXPECT_EQ(
        sponsor.put("/v1/retention", Json::object({{"category", "fan_engagement"}, {"days", 1}}))
            .status,
        403);
    EXPECT_EQ(size(), kOld + kNew);
}

}  // namespace
}  // namespace altis::e2e
