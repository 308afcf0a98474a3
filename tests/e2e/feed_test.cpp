// The live feed of results: who sees what of it and when, by no route more; what a client has is
// provably what the server has, also after it was away.
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>

#include "games_fixture.h"
#include "results/feed/feed_fixture.h"
#include "results/odf.h"
#include "results/odf_writer.h"

namespace altis::e2e {
namespace {

using codec::Json;
using results::feed::fixture::Follower;
using server::EventStreamReader;

constexpr std::int64_t kDelayMs = 1'500;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Json grant_of(Json fields, std::int64_t delay_ms, std::string_view purpose) {
    return Json::object({{"edition", kEdition},
                         {"units", Json::array({"FSK"})},
                         {"fields", std::move(fields)},
                         {"delay_ms", delay_ms},
                         {"purpose", purpose},
                         {"until", "2036-03-01T00:00:00Z"}});
}

// A client that follows the feed with a key, and keeps every byte it got.
class Reader {
  public:
    Reader(std::uint16_t port, const std::string& key,
           std::optional<std::uint64_t> after = std::nullopt)
        : stream_(EventStreamReader::open("127.0.0.1", port, "/v1/results/feed",
                                          {{"Authorization", "Bearer " + key}}, after)) {
        EXPECT_TRUE(stream_) << stream_.error().message;
    }

    // Reads until `done`, or for five seconds; false when that did not come.
    bool until(const std::function<bool()>& done, std::int64_t timeout_ms = 5'000) {
        const std::int64_t give_up = now_ms() + timeout_ms;
        while (!done()) {
            if (now_ms() > give_up || !stream_) return false;
            auto event = stream_->next(milliseconds(50));
            if (!event) {
                has_ended = true;
                return done();
            }
            if (!*event) continue;
            text += (*event)->data;
            types.push_back((*event)->event);
            follower.take((*event)->data);
        }
        return true;
    }
    bool has_begun() {
        return until([this] { return follower.place() >= 0 && !follower.is_loading(); });
    }
    bool has_version(std::int64_t version) {
        return until([this, version] { return follower.versions[std::string(kUnit)] == version; });
    }
    bool is_disconnected() {
        return until([this] { return has_ended; });
    }
    std::uint64_t last_id() const { return stream_->last_id(); }

    Follower follower;
    std::string text;
    std::vector<std::string> types;
    bool has_ended = false;

  private:
    Result<EventStreamReader> stream_;
};

class FeedTest : public GamesTest {
  protected:
    void begin() override {
        send(schedule_odf());
        commentary_ = feed_key("commentary");
        bets_ = feed_key("bets");
    }

    std::string feed_key(std::string_view id) {
        Caller admin = server_->admin();
        const auto key = issue_key(admin, id, "airline", {"feed"});
        EXPECT_TRUE(key) << key.error().message;
        return key.value_or("");
    }

    void grant(std::string_view key, const Json& grant) {
        const Reply reply = owner().put("/v1/feed-grants/" + std::string(key), grant);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }
    void grant_both() {
        grant("commentary", grant_of(Json::array({"results", "splits", "start_list", "members",
                                                  "biographic", "medals"}),
                                     0, "commentator"));
        grant("bets", grant_of(Json::array({"results"}), kDelayMs, "betting"));
    }

    void send(const std::string& xml) {
        const Reply reply = owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }

    Reply unit_for(const std::string& key) const {
        return server_->caller(key).get("/v1/results/feed/" + std::string(kUnit));
    }

    std::string commentary_;
    std::string bets_;
};

TEST_F(FeedTest, WithoutAGrantAKeySeesNothingByAnyRoute) {
    send(result_odf(Publication::kOfficial, 1));
    Caller bets = server_->caller(bets_);
    EXPECT_EQ(bets.get("/v1/results/feed").code(), "feed.no_grant");
    EXPECT_EQ(unit_for(bets_).code(), "feed.no_grant");
    EXPECT_EQ(server_->admin().get("/v1/results/feed").code(), "feed.no_grant") << "default deny";
    std::ifstream in(std::string(ALTIS_E2E_SOURCES) + "/operations.txt");
    std::string line;
    int tried = 0;
    grant_both();
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string method;
        std::string path;
        std::string scope;
        words >> method >> path >> scope;
        if (method != "GET" || scope == "-" || scope == "feed") continue;
        if (const auto at = path.find("{unit}"); at != std::string::npos)
            path.replace(at, 6, kUnit);
        EXPECT_EQ(bets.get(path).status, 403) << path;
        ++tried;
    }
    EXPECT_GT(tried, 20);
}

TEST_F(FeedTest, OnlyTheOwnerGrantsAndBadGrantsAreNamed) {
    const Json good = grant_of(Json::array({"results"}), 0, "app");
    Caller admin = server_->admin();
    EXPECT_EQ(admin.put("/v1/feed-grants/bets", good).code(), "rights.not_owner");
    const auto rival = issue_key(admin, "rival", "airline", {"read", "rights"});
    ASSERT_TRUE(rival);
    Caller other = server_->caller(*rival);
    EXPECT_EQ(other.put("/v1/feed-grants/bets", good).code(), "rights.not_owner");
    EXPECT_EQ(owner().put("/v1/feed-grants/nobody", good).code(), "feed.unknown_key");
    Json strange = good;
    strange.set("fields", Json::array({"everything"}));
    EXPECT_EQ(owner().put("/v1/feed-grants/bets", strange).code(), "feed.unknown_field");
    EXPECT_EQ(owner()
                  .put("/v1/feed-grants/bets", grant_of(Json::array({"results"}), 0, "betting"))
                  .code(),
              "feed.betting_needs_delay");
    EXPECT_EQ(owner().remove("/v1/feed-grants/bets").code(), "feed.unknown_grant");
    grant("bets", good);
    EXPECT_EQ(other.remove("/v1/feed-grants/bets").code(), "rights.not_owner");
    const Reply theirs = other.get("/v1/feed-grants");
    ASSERT_EQ(theirs.json["items"].items().size(), 1U) << theirs.text;
    EXPECT_EQ(theirs.json["items"].items().front()["key"].as_string(), "bets");
}

TEST_F(FeedTest, EachSeesItsFieldsAndNobodyIsEarly) {
    grant_both();
    Reader commentator(server_->port(), commentary_);
    Reader bookmaker(server_->port(), bets_);
    ASSERT_TRUE(commentator.has_begun());
    ASSERT_TRUE(bookmaker.has_begun());
    const std::int64_t before_ms = now_ms();
    send(result_odf(Publication::kLive, 1));
    const std::int64_t after_ms = now_ms();
    ASSERT_TRUE(commentator.has_version(1));
    EXPECT_EQ(unit_for(commentary_).status, 200);
    EXPECT_EQ(unit_for(bets_).code(), "feed.unknown_unit") << "not before its time, by no route";
    Reader late(server_->port(), bets_);
    ASSERT_TRUE(late.has_begun());
    EXPECT_TRUE(late.follower.documents.empty()) << "nor in a snapshot";
    const bool saw_it = bookmaker.text.find("226.79") != std::string::npos;
    EXPECT_TRUE(!saw_it || now_ms() - before_ms >= kDelayMs);
    ASSERT_TRUE(bookmaker.has_version(1));
    EXPECT_GE(now_ms() - before_ms, kDelayMs);
    EXPECT_LT(now_ms() - after_ms, kDelayMs + 2'000);
    ASSERT_TRUE(late.has_version(1));

    for (const char* shown : {"Alysa", "LIU", "76.59", "226.79"})
        EXPECT_NE(commentator.text.find(shown), std::string::npos) << shown;
    for (const std::string& text : {bookmaker.text, late.text, unit_for(bets_).text}) {
        EXPECT_NE(text.find("226.79"), std::string::npos);
        for (const char* hidden : {"Alysa", "LIU", "76.59", "SHORT"})
            EXPECT_EQ(text.find(hidden), std::string::npos) << hidden;
    }
    for (const Reader* reader : {&commentator, &bookmaker, &late})
        EXPECT_EQ(reader->follower.problem, "");
}

TEST_F(FeedTest, AClientComesBackToWhereItWas) {
    grant_both();
    std::uint64_t place = 0;
    Follower follower;
    {
        Reader reader(server_->port(), commentary_);
        ASSERT_TRUE(reader.has_begun());
        send(result_odf(Publication::kLive, 1));
        ASSERT_TRUE(reader.has_version(1));
        place = reader.last_id();
        follower = reader.follower;
    }
    send(result_odf(Publication::kLive, 2));
    send(result_odf(Publication::kOfficial, 3));
    {
        Reader back(server_->port(), commentary_, place);
        back.follower = follower;
        ASSERT_TRUE(back.until([&] { return back.types.size() == 1; }));
        EXPECT_EQ(back.types.front(), "delta") << "the same content again is no change";
        EXPECT_EQ(back.follower.problem, "");
        EXPECT_EQ(back.follower.documents.begin()->second["status"].as_string(), "OFFICIAL");
        place = back.last_id();
        EXPECT_EQ(unit_for(commentary_).json["document"], back.follower.documents.begin()->second);
    }
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    Reader again(server_->port(), commentary_, place);
    ASSERT_TRUE(again.has_version(3));
    EXPECT_EQ(again.types.front(), "reset") << "a place of another life";
    EXPECT_EQ(again.follower.problem, "");
    Reader bookmaker(server_->port(), bets_);
    ASSERT_TRUE(bookmaker.has_version(3)) << "grants survive; the delay has passed or passes";
}

TEST_F(FeedTest, AChangedGrantEndsWhatWasOpen) {
    grant_both();
    send(result_odf(Publication::kLive, 1));
    Reader first(server_->port(), commentary_);
    ASSERT_TRUE(first.has_version(1));
    grant("commentary", grant_of(Json::array({"results"}), 0, "app"));
    EXPECT_TRUE(first.is_disconnected());
    Reader second(server_->port(), commentary_, first.last_id());
    ASSERT_TRUE(second.has_version(1));
    EXPECT_EQ(second.types.front(), "reset") << "another view";
    EXPECT_EQ(second.text.find("LIU"), std::string::npos);
    EXPECT_EQ(owner().remove("/v1/feed-grants/commentary").status, 200);
    EXPECT_TRUE(second.is_disconnected());
    EXPECT_EQ(unit_for(commentary_).code(), "feed.no_grant");
    Reader bookmaker(server_->port(), bets_);
    ASSERT_TRUE(bookmaker.has_begun());
    EXPECT_EQ(server_->admin().remove("/v1/keys/bets").status, 200);
    EXPECT_TRUE(bookmaker.is_disconnected());
}

// What carried a version, once `count` feed items are known to have: the journal is told a moment
// after the clients.
Json recalled(Caller owner, int version, std::size_t count) {
    Json facts;
    const std::int64_t give_up = now_ms() + 5'000;
    do {
        const Reply reply = owner.get("/v1/results/units/" + std::string(kUnit) +
                                      "/recall?version=" + std::to_string(version));
        EXPECT_EQ(reply.status, 200) << reply.text;
        facts = reply.json["facts"];
    } while (facts.items().front()["feed"].items().size() < count && now_ms() < give_up);
    return facts.items().front();
}

TEST_F(FeedTest, ACorrectionFindsAllThatCarriedTheOldVersion) {
    grant_both();
    Json everybody = grant_of(Json::array({"results"}), 0, "app");
    grant("public:owg2026", everybody.set("units", Json::array({"FSK"})));
    Reader commentator(server_->port(), commentary_);
    ASSERT_TRUE(commentator.has_begun());
    send(result_odf(Publication::kLive, 1));
    ASSERT_TRUE(commentator.has_version(1));
    const std::uint64_t first = commentator.last_id();
    send(result_odf(Publication::kOfficial, 2));
    ASSERT_TRUE(commentator.has_version(2));
    const std::uint64_t second = commentator.last_id();

    const auto seq_of = [](const Json& fact, std::size_t fields) {
        std::uint64_t seq = 0;
        const Json feed = fact["feed"];
        for (const Json& item : feed.items()) {
            if (item["fields"].items().size() == fields)
                seq = static_cast<std::uint64_t>(item["seq"].as_int());
        }
        return seq;
    };
    const std::string pages =
        R"(["/live/owg2026","/live/owg2026/athletes/1000001","/live/owg2026/units/)" +
        std::string(kUnit) + R"("])";
    const auto check = [&](const Json& fact, std::uint64_t seq) {
        EXPECT_EQ(fact["feed"].items().size(), 2U) << fact.to_string();
        EXPECT_EQ(seq_of(fact, 6), seq) << "the commentator's";
        EXPECT_EQ(fact["pages"].to_string(), pages);
        EXPECT_TRUE(fact["messages"].items().empty());
    };
    check(recalled(owner(), 1, 2), first);
    check(recalled(owner(), 2, 2), second);

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    check(recalled(owner(), 1, 2), first);
    const std::string path = "/v1/results/units/" + std::string(kUnit) + "/recall";
    const Reply old = owner().get(path);
    ASSERT_EQ(old.json["facts"].items().size(), 1U) << old.text;
    EXPECT_EQ(old.json["facts"].items().front()["version"].as_int(), 1);
    EXPECT_EQ(old.json["current"].as_int(), 2);
    EXPECT_EQ(owner().get(path + "?version=3").code(), "results.version_unknown");
    EXPECT_EQ(owner().get(path + "?version=x").code(), "request.bad_number");
    EXPECT_EQ(airline().get(path).status, 403) << "not its results";
}

// A message of the test's Games, but of an archive's, with another total.
std::string of_archive(const std::string& xml, std::string_view total) {
    auto message = results::parse_odf(xml);
    EXPECT_TRUE(message) << message.error().message;
    message->competition_code = "OWG2022";
    message->note = "from the archive";
    for (results::ResultLine& line : message->results) {
        line.result = total;
        line.extended.clear();
    }
    return results::write_odf(*message);
}

// Everything that was said since the server began.
std::string results_stream(const Server& server, std::string_view key) {
    auto stream = EventStreamReader::open("127.0.0.1", server.port(), "/v1/results/stream",
                                          {{"Authorization", "Bearer " + std::string(key)}}, 0);
    std::string text;
    while (stream) {
        auto event = stream->next(milliseconds(300));
        if (!event || !*event) break;
        text += (*event)->event + " " + (*event)->data + "\n";
    }
    return text;
}

TEST_F(FeedTest, AnArchiveWithTheSameCodesIsQuiet) {
    grant_both();
    Reader live(server_->port(), commentary_);
    ASSERT_TRUE(live.has_begun());
    Caller admin = server_->admin();
    const auto send_archived = [&admin](const std::string& xml, std::string_view total) {
        return admin.send(server::Method::kPost, "/v1/odf", "application/xml",
                          of_archive(xml, total));
    };
    const Json archive =
        Json::object({{"id", "owg2022"}, {"name", "Beijing 2022"}, {"archive", true}});
    ASSERT_EQ(admin.post("/v1/editions", archive).status, 201);
    EXPECT_EQ(send_archived(schedule_odf(), "").status, 200);
    EXPECT_EQ(send_archived(result_odf(Publication::kOfficial, 7), "220.00").status, 200);
    const Reply held = send_archived(result_odf(Publication::kOfficial, 8), "210.00");
    EXPECT_EQ(held.status, 202) << held.text;
    send(result_odf(Publication::kOfficial, 1));
    ASSERT_TRUE(live.has_version(1));
    EXPECT_EQ(live.text.find("220.00"), std::string::npos) << live.text;
    EXPECT_EQ(live.types.back(), "snapshot");

    const std::string path = "/v1/results/units/" + std::string(kUnit);
    EXPECT_EQ(admin.get(path).code(), "results.edition_missing");
    EXPECT_EQ(admin.get(path + "?edition=owg2022").json["version"].as_int(), 7);
    EXPECT_EQ(admin.get(path + "?edition=owg2022&history=1").json.items().size(), 1U);
    EXPECT_EQ(admin.get(path + "?edition=owg2026&format=csv").text.find("220.00"),
              std::string::npos);
    EXPECT_EQ(owner().get(path).json["version"].as_int(), 1) << "the edition of the key";
    EXPECT_EQ(owner().get("/v1/results/units").json["items"].items().size(), 1U);
    EXPECT_EQ(admin.get("/v1/results/units").json["items"].items().size(), 2U);
    for (const char* edition : {"owg2022", "owg2026"}) {
        const Reply table = admin.get(std::string("/v1/results/medals/") + edition);
        EXPECT_EQ(table.json["awarded"]["gold"].as_int(), 1) << table.text;
    }
    const std::string said = results_stream(*server_, admin.key());
    EXPECT_NE(said.find("owg2026"), std::string::npos) << said;
    EXPECT_EQ(said.find("owg2022"), std::string::npos) << said;
    EXPECT_EQ(admin.get("/v1/results/held").json["items"].items().size(), 1U);
    EXPECT_EQ(admin.get("/metrics").text.find("altis_results_held_total"), std::string::npos);

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    const std::string refilled = results_stream(*server_, admin.key());
    EXPECT_NE(refilled.find("owg2026"), std::string::npos) << refilled;
    EXPECT_EQ(refilled.find("owg2022"), std::string::npos) << refilled;
    Json archived = grant_of(Json::array({"results"}), 0, "app");
    archived.set("edition", "owg2022");
    EXPECT_EQ(owner().put("/v1/feed-grants/commentary", archived).code(), "rights.not_owner");
}

TEST_F(FeedTest, AGrantEndsInTime) {
    Json grant_now = grant_of(Json::array({"results"}), 0, "app");
    const auto soon = std::chrono::system_clock::now() + std::chrono::milliseconds(1'500);
    const auto soon_us =
        std::chrono::duration_cast<std::chrono::microseconds>(soon.time_since_epoch()).count();
    grant_now.set("until", format_rfc3339(Time{soon_us}));
    grant("commentary", grant_now);
    Reader reader(server_->port(), commentary_);
    ASSERT_TRUE(reader.has_begun());
    EXPECT_TRUE(reader.is_disconnected());
    EXPECT_EQ(unit_for(commentary_).code(), "feed.grant_ended");
}

}  // namespace
}  // namespace altis::e2e
