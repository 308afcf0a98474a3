// The rules of an edition: shown, set by whom the results belong to, and in force for what is
// published from then on, also after a kill.
#include <fstream>
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::string_view kPath = "/v1/results/rules/owg2026";
constexpr std::string_view kOnlyFreeCounts =
    R"({"version":1,"rules":[{"for":"FSK","totals":[{"plus":["ER/FREE"]}]}]})";

class SportRulesTest : public GamesTest {
  protected:
    void begin() override { ASSERT_TRUE(odf(schedule_odf()).ok()); }
    Reply odf(const std::string& xml) const {
        return owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
    }
    static Json rules(std::string_view text) { return *codec::parse_json(text); }
};

TEST_F(SportRulesTest, HoldBackWhatContradictsThemAlsoAfterAKill) {
    EXPECT_EQ(owner().get(kPath).json["version"].as_int(-1), 0);
    ASSERT_TRUE(odf(result_odf(Publication::kLive, 1)).ok());
    const Reply set = owner().put(kPath, rules(kOnlyFreeCounts));
    ASSERT_EQ(set.status, 200) << set.text;
    EXPECT_TRUE(set.json["changed"].as_bool());
    EXPECT_EQ(owner().get(kPath).json, rules(kOnlyFreeCounts));
    EXPECT_EQ(odf(result_odf(Publication::kLive, 2)).code(), "results.total_mismatch");
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(owner().get(kPath).json, rules(kOnlyFreeCounts));
    EXPECT_EQ(odf(result_odf(Publication::kLive, 2)).code(), "results.total_mismatch");
    // What was published before stays.
    EXPECT_EQ(owner().get("/v1/results/units/" + std::string(kUnit)).json["version"].as_int(), 1);
}

TEST_F(SportRulesTest, RefuseBadDocumentsByName) {
    const Reply bad = owner().put(kPath, rules(R"({"version":1,"rules":[{"for":"FSK","x":1}]})"));
    EXPECT_EQ(bad.code(), "results.rules_malformed");
    EXPECT_NE(bad.detail().find("/rules/0"), std::string::npos);
    EXPECT_EQ(owner().put(kPath, rules(R"({"version":0,"rules":[{"for":"*"}]})")).code(),
              "results.rules_stale");
    EXPECT_EQ(owner().get("/v1/results/rules/none").status, 404);
}

TEST_F(SportRulesTest, AreSetByWhomTheResultsBelongToAlone) {
    Caller admin = server_->admin();
    const auto stranger = issue_key(admin, "stranger", "airline", {"results", "results:write"});
    ASSERT_TRUE(stranger) << stranger.error().message;
    const Reply refused = server_->caller(*stranger).put(kPath, rules(kOnlyFreeCounts));
    EXPECT_EQ(refused.status, 403) << refused.text;
    EXPECT_EQ(owner().get(kPath).json["version"].as_int(-1), 0);
    EXPECT_TRUE(admin.put(kPath, rules(kOnlyFreeCounts)).ok());
}

TEST_F(SportRulesTest, AreShownAndSetOnTheCommandLine) {
    const Finished shown = run_altis({"results", "rules", "--json"});
    EXPECT_EQ(shown.status, 0);
    Json edited = rules(shown.output);
    edited.set("version", 5);
    const std::string file = folder_ / "rules.json";
    std::ofstream(file) << edited.to_pretty_string();
    const std::string data = server_->data();
    EXPECT_EQ(run_altis({"results", "set-rules", "owg2026", file, "--data", data}).status, 0);
    const Finished table = run_altis({"results", "rules", "owg2026", "--data", data});
    EXPECT_NE(table.output.find("rules of owg2026, version 5"), std::string::npos) << table.output;
    EXPECT_NE(table.output.find("ER/SHORT + ER/FREE"), std::string::npos) << table.output;
}

TEST(ScoreCommand, ScoresASheetStepByStep) {
    const TemporaryFolder folder;
    const std::string file = folder / "sheet.json";
    std::ofstream(file) << R"({"elements":[{"base":"5.6","grade":"0.77"}],"deductions":"1.00",
        "components":[{"factor":"1.2","scores":["7.50","7.50","7.75","9.00","1.00","0.0"]}]})";
    const Finished scored = run_altis({"results", "score", file});
    EXPECT_EQ(scored.status, 0);
    EXPECT_EQ((*codec::parse_json(scored.output))["total"].as_string(), "14.47");
}

}  // namespace
}  // namespace altis::e2e
