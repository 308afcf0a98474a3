// What is held about a person, for the person: everything, nothing of others, and safe to look at.
#include <algorithm>
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

class AccessTest : public GamesTest {
  protected:
    void send(std::vector<Json> events) {
        const Reply reply =
            server_->caller(keys_.ingest).post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    static Json seen(std::string_view message, std::string_view user, std::string_view page) {
        return track(message, user, "Page Seen", Json::object({{"page", page}}));
    }

    Json held(const std::string& query = "") {
        const Reply reply = owner().get("/v1/fans/fan-1/export" + query);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json;
    }

    // The path of a fresh link to a fan's own page.
    std::string link_of(const std::string& user) {
        const Reply reply = owner().post("/v1/fans/" + user + "/page-link", Json::object());
        EXPECT_EQ(reply.status, 201) << reply.text;
        return std::string(reply.json["path"].as_string());
    }

    int status_of(const std::string& path) { return server_->caller("").get(path).status; }

    static std::vector<std::string> types_of(const Json& held) {
        std::vector<std::string> types;
        for (const Json& record : held["records"].items())
            types.emplace_back(record["type"].as_string());
        return types;
    }
};

TEST_F(AccessTest, HoldsEverythingOfThePersonAndNothingOfOthers) {
    Json device = seen("m-2", "fan-1", "on the phone");
    device.set("anonymousId", "phone-1");
    Json before = Json::object({{"type", "track"},
                                {"messageId", "m-3"},
                                {"anonymousId", "phone-1"},
                                {"event", "Seen before"}});
    send({seen("m-1", "fan-1", "mine"), seen("n-1", "fan-2", "another's"), device, before,
          track("c-1", "fan-1", "Consent Updated",
                Json::object({{"purpose", "messages"}, {"given", true}}))});
    send({seen("m-1", "fan-1", "other content")});  // a conflict
    const Json all = held();
    const std::string text = all.to_string();
    for (const char* mine : {"mine", "on the phone", "Seen before", "other content"})
        EXPECT_NE(text.find(mine), std::string::npos) << mine;
    for (const char* theirs : {"another's", "fan-2"})
        EXPECT_EQ(text.find(theirs), std::string::npos) << theirs;
    const auto types = types_of(all);
    for (const char* type :
         {"fans.event", "fans.conflict", "fans.linked", "rights.consent", "rights.decided"}) {
        EXPECT_NE(std::ranges::find(types, type), types.end()) << type;
    }
    EXPECT_EQ(all["consents"].items().size(), 1U);
    EXPECT_EQ(all["profile"]["user_ids"].items().at(0).as_string(), "fan-1");

    const std::string last = std::to_string(all["records"].items().back()["offset"].as_int());
    const Json later = held("?after=" + last);
    for (const Json& record : later["records"].items())
        EXPECT_EQ(record["type"].as_string(), "rights.decided");
}

TEST_F(AccessTest, ExplainNamesTheEventsBehindEachValue) {
    send({track("m-1", "fan-1", "Content Viewed", Json::object({{"kind", "replay"}})),
          track("m-2", "fan-2", "Content Viewed", Json::object({{"kind", "replay"}}))});
    const Json brief = owner().get("/v1/fans/fan-1").json;
    EXPECT_FALSE(brief.contains("made_by"));
    const Json made = owner().get("/v1/fans/fan-1?events=1").json["made_by"];
    EXPECT_EQ(made["views(replay)"]["events"].as_int(), 1) << made.to_string();
    EXPECT_EQ(made["views(replay)"]["newest"].items().at(0)["message_id"].as_string(), "m-1");
    const Finished run = run_altis(
        {"fans", "explain", "fan-1", "--json", "--data", folder_ / "data", "--key", keys_.owner});
    EXPECT_EQ(run.status, 0);
    EXPECT_NE(run.output.find("made_by"), std::string::npos);
}

TEST_F(AccessTest, ThePageShowsHostileTextAsText) {
    send({seen("m-1", "fan-1", "<script>alert(1)</script> & \"quotes\"")});
    const Reply page = owner().get("/v1/fans/fan-1/export?format=html");
    ASSERT_EQ(page.status, 200) << page.text;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.text.find("<script"), std::string::npos);
    EXPECT_NE(page.text.find("&lt;script&gt;alert(1)"), std::string::npos);
    for (const char* from_elsewhere : {"http://", "https://", " src=", "@import", "url("})
        EXPECT_EQ(page.text.find(from_elsewhere), std::string::npos) << from_elsewhere;
    const Finished run = run_altis(
        {"fans", "export", "fan-1", "--html", "--data", folder_ / "data", "--key", keys_.owner});
    EXPECT_EQ(run.status, 0);
    EXPECT_TRUE(run.output.starts_with("<!doctype html>"));
}

TEST_F(AccessTest, IsRefusedToOthersAndKeptOnRecord) {
    send({seen("m-1", "fan-1", "mine")});
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "airline-fans", "airline", {"fans"});
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(server_->caller(*key).get("/v1/fans/fan-1/export").status, 403);
    EXPECT_EQ(owner().get("/v1/fans/nobody/export").status, 404);
    EXPECT_EQ(owner().get("/v1/fans/fan-1/export?format=pdf").code(), "request.bad_format");
    EXPECT_EQ(owner().get("/v1/fans/fan-1/export?after=x").code(), "request.bad_number");
    int refused = 0;
    const Json all = held();
    for (const Json& record : all["records"].items())
        refused += record["type"].as_string() == "rights.decided" &&
                   !record["content"]["allowed"].as_bool(true);
    EXPECT_EQ(refused, 1);
    ASSERT_EQ(owner().remove("/v1/fans/fan-1").status, 200);
    EXPECT_EQ(owner().get("/v1/fans/fan-1/export").status, 404);
}

TEST_F(AccessTest, LinksThatWereEndedStayEnded) {
    send({seen("m-1", "fan-1", "mine"), seen("n-1", "fan-2", "another's")});
    const std::string ended = link_of("fan-1");
    const std::string others = link_of("fan-2");
    EXPECT_EQ(status_of(ended), 200);
    ASSERT_EQ(owner().remove("/v1/fans/fan-1/page-link").status, 200);
    const std::string fresh = link_of("fan-1");
    const auto look = [&] {
        for (const char* what : {"", "/data"})
            EXPECT_EQ(status_of(ended + what), 403) << what;
        EXPECT_EQ(status_of(fresh), 200);
        EXPECT_EQ(status_of(others), 200);
    };
    look();
    server_->kill();  // what follows is read from the journal
    ASSERT_TRUE(server_->start_again());
    look();
    ASSERT_EQ(server_->stop(), 0);  // and this from the snapshot
    ASSERT_TRUE(server_->start_again());
    look();
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "airline-fans", "airline", {"fans"});
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(server_->caller(*key).remove("/v1/fans/fan-1/page-link").status, 403);
    EXPECT_EQ(status_of(fresh), 200);
}

}  // namespace
}  // namespace altis::e2e
