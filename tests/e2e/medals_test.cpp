// Medals over HTTP and the command line: two axes, two keys, gates with their alarm, imports and
// their gaps, and all of it again after a kill.
#include <fstream>
#include <gtest/gtest.h>

#include "altis_server.h"
#include "games.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::string_view kMedals = "/v1/results/medals/owg2026";

std::string path(std::string_view rest) {
    return std::string(kMedals) + std::string(rest);
}

Json row(int event, std::string_view name) {
    return Json::object({{"organisation", "NOR"},
                         {"name", name},
                         {"discipline", "Biathlon"},
                         {"event", "event " + std::to_string(event)},
                         {"medal", "gold"}});
}

Json page(std::string_view observed_at, int events, std::string_view name = "NAME") {
    Json rows = Json::array();
    for (int event = 0; event < events; ++event)
        rows.push(row(event, name));
    return Json::object(
        {{"source", "pages"}, {"observed_at", observed_at}, {"rows", std::move(rows)}});
}

class MedalsTest : public testing::Test {
  protected:
    void SetUp() override {
        auto started = Server::start({folder_ / "data", "", {}});
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
        auto keys = found_games(*server_);
        ASSERT_TRUE(keys) << keys.error().message;
        owner_ = keys->owner;
        first_ = issue("first");
        second_ = issue("second");
    }
    std::string issue(std::string_view id) {
        Caller admin = server_->admin();
        const auto key = issue_key(admin, id, "la28", {"results", "results:correct"});
        EXPECT_TRUE(key);
        return key.value_or("");
    }
    Caller owner() const { return server_->caller(owner_); }
    Caller first() const { return server_->caller(first_); }
    Caller second() const { return server_->caller(second_); }
    std::int64_t golds(std::string_view query = "") const {
        const Reply reply = owner().get(path(query));
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json["awarded"]["gold"].as_int(-1);
    }
    Reply odf(std::string_view xml) const {
        return owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Server> server_;
    std::string owner_;
    std::string first_;
    std::string second_;
};

TEST_F(MedalsTest, ABrokenPageIsHeldUntilAnotherKeyDecides) {
    ASSERT_EQ(owner().post(path("/pages"), page("2026-02-10T10:00:00Z", 20)).status, 200);
    EXPECT_EQ(golds(), 20);
    const Reply held = owner().post(path("/pages"), page("2026-02-10T10:10:00Z", 2));
    EXPECT_EQ(held.status, 202) << held.text;
    EXPECT_EQ(held.json["doubts"].items().at(0)["code"].as_string(), "results.gate.shrinking");
    EXPECT_EQ(golds(), 20);
    const Reply blank = owner().post(path("/pages"), page("2026-02-10T10:20:00Z", 20, ""));
    EXPECT_EQ(blank.status, 202) << blank.text;
    EXPECT_EQ(first().get("/v1/results/held").json["items"].items().size(), 2U);
    const Reply metrics = server_->admin().get("/metrics");
    EXPECT_NE(metrics.text.find("altis_results_held_total 2"), std::string::npos);

    EXPECT_EQ(first().post("/v1/results/held/1/release", Json::object()).code(),
              "results.reason_missing");
    const Json reason = Json::object({{"reason", "the programme was cut"}});
    EXPECT_EQ(owner().post("/v1/results/held/1/release", reason).code(), "auth.scope_missing");
    ASSERT_EQ(first().post("/v1/results/held/1/release", reason).status, 200);
    EXPECT_EQ(golds(), 2);
    EXPECT_EQ(golds("?known_at=2026-02-10T10:15:00Z"), 20);
    ASSERT_EQ(first().post("/v1/results/held/2/discard", reason).status, 200);
    EXPECT_EQ(first().get("/v1/results/held").json["items"].items().size(), 0U);

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(golds(), 2);
    EXPECT_EQ(golds("?known_at=2026-02-10T10:15:00Z"), 20);
    const Reply diff = owner().get(path("/diff?from=2026-02-10T10:15:00Z"));
    EXPECT_EQ(diff.json["items"].items().size(), 18U);
    EXPECT_EQ(diff.json["items"].items().at(0)["because"].items().at(0)["reason"].as_string(),
              "the programme was cut");
}

TEST_F(MedalsTest, OfficialMedalsMoveByTwoKeysAndUnitsToo) {
    ASSERT_EQ(odf(schedule_odf()).status, 200);
    ASSERT_EQ(odf(result_odf(Publication::kOfficial, 1)).status, 200);
    EXPECT_EQ(golds(), 1);
    std::string changed = result_odf(Publication::kOfficial, 2);
    changed.replace(changed.find("1000001"), 7, "1000009");
    const Reply refused = odf(changed);
    EXPECT_EQ(refused.code(), "results.status_regression") << refused.text;

    const Json list = owner().get(path("/holders")).json["items"].items().at(0);
    Json correction = list;
    correction.set("awards",
                   Json::array({Json::object({{"medal", "gold"}, {"status", "vacant"}})}));
    correction.set("reason", "a ruling");
    EXPECT_EQ(owner().post("/v1/results/corrections", correction).code(), "auth.scope_missing");
    const Reply proposed = first().post("/v1/results/corrections", correction);
    ASSERT_EQ(proposed.status, 201) << proposed.text;
    const Json reason = Json::object({{"reason", "read the ruling"}});
    EXPECT_EQ(first().post("/v1/results/corrections/1/approve", reason).code(), "results.same_key");
    EXPECT_EQ(golds(), 1);
    ASSERT_EQ(second().post("/v1/results/corrections/1/approve", reason).status, 200);
    EXPECT_EQ(golds(), 0);
    const Reply history = owner().get(path("/holders?history=1"));
    ASSERT_EQ(history.json["items"].items().size(), 2U);
    EXPECT_EQ(history.json["items"].items()[1]["approved_by"].as_string(), "second");
}

TEST_F(MedalsTest, AHistoryIsImportedAndItsGapsAreSaid) {
    const std::string file = folder_ / "history.csv";
    std::ofstream(file)
        << "season,year,medal,country_code,athletes,games,sport,event_gender,event_name\n"
           "Summer,1896,Gold,USA,Thomas BURKE,1896 Athens,Athletics,Men's,100m\n"
           "Summer,2000,Silver,GRE,A,2000 Sydney,Athletics,Women's,100m\n"
           "Summer,2000,Bronze,JAM,B,2000 Sydney,Athletics,Women's,100m\n";
    const auto import = [&](const std::string& name) {
        return run_altis({"results", "import-medals", name, "--known-at", "2025-06-30", "--data",
                          server_->data()},
                         Capture::kEverything);
    };
    const Finished done = import(file);
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_NE(done.output.find("og1900: missing"), std::string::npos) << done.output;
    const Reply table = server_->admin().get("/v1/results/medals/og2000");
    EXPECT_EQ(table.json["statuses"]["vacant"].as_int(), 1) << table.text;
    EXPECT_EQ(table.json["awarded"]["silver"].as_int(), 1);
    EXPECT_EQ(server_->admin()
                  .get("/v1/results/medals/og2000?known_at=2020-01-01")
                  .json["events"]
                  .as_int(-1),
              0);
    EXPECT_GT(owner().get("/v1/results/gaps").json["items"].items().size(), 20U);
    std::ofstream(file) << "season,year\nSummer,1896\n";
    const Finished bad = import(file);
    EXPECT_EQ(bad.status, 2);
    EXPECT_NE(bad.output.find("csv.column_missing"), std::string::npos) << bad.output;
    const Finished shown =
        run_altis({"results", "medals", "og1896", "--data", server_->data()}, Capture::kEverything);
    EXPECT_NE(shown.output.find("USA"), std::string::npos) << shown.output;
}

}  // namespace
}  // namespace altis::e2e
