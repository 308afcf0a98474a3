// Results as files: imports with a report, exports, strict ODF, and who may do so.
#include <fstream>
#include <gtest/gtest.h>

#include "altis_program.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr const char* kCsvQuery = "format=csv&edition=owg2026&date=2026-02-19";
constexpr std::string_view kRace = "SSKM500M--------------FNL-000100--";
constexpr std::string_view kTable =
    "unit,competitor,type,organisation,rank,result,result_type\n"
    "SSKM500M--------------FNL-000100--,2000001,A,NED,1,34.32,TIME\n"
    "SSKM500M--------------FNL-000100--,2000002,A,KOR,2,34.51,TIME\n"
    "SSKM500M,2000003,A,JPN,3,34.60,TIME\n";

class FormatsTest : public GamesTest {
  protected:
    Reply import(const std::string& query, std::string_view body) const {
        return owner().send(server::Method::kPost, "/v1/results/import?" + query, "text/csv", body);
    }
    static std::string unit_path(std::string_view unit, const std::string& query) {
        return "/v1/results/units/" + std::string(unit) + query;
    }
};

TEST_F(FormatsTest, ATableIsImportedAndItsBadRowNamed) {
    const Reply reply = import(kCsvQuery, kTable);
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.json["units"].as_int(), 1);
    EXPECT_EQ(reply.json["changed"].as_int(), 1);
    EXPECT_EQ(reply.json["rows"].as_int(), 3);
    EXPECT_EQ(reply.json["rows_refused"].as_int(), 1);
    EXPECT_EQ(reply.json["refused"].items().at(0)["code"].as_string(), "rsc.wrong_length");
    const Reply unit = owner().get(unit_path(kRace, ""));
    EXPECT_EQ(unit.json["lines"].items().size(), 2U) << unit.text;

    const Reply again = import(kCsvQuery, kTable);
    EXPECT_EQ(again.json["changed"].as_int(), 0) << again.text;
}

TEST_F(FormatsTest, WhatIsExportedImportsAgainUnchanged) {
    ASSERT_EQ(import(kCsvQuery, kTable).status, 200);
    for (const std::string format : {"csv", "ndjson", "odf"}) {
        const Reply file = owner().get(unit_path(kRace, "?format=" + format));
        ASSERT_EQ(file.status, 200) << file.text;
        const Reply again =
            import("format=" + format + "&edition=owg2026&date=2026-02-19", file.text);
        EXPECT_EQ(again.status, 200) << again.text;
        EXPECT_EQ(again.json["changed"].as_int(-1), 0) << again.text;
        EXPECT_EQ(again.json["rows_refused"].as_int(-1), 0) << again.text;
    }
    const Reply all = owner().get("/v1/results/export/owg2026?format=sportsml");
    EXPECT_EQ(all.status, 200);
    EXPECT_NE(all.text.find("<sports-event>"), std::string::npos) << all.text;
    EXPECT_EQ(owner().get(unit_path(kRace, "?format=lenex")).code(), "format.not_swimming");
    EXPECT_EQ(owner().get(unit_path(kRace, "?format=pdf")).code(), "format.unknown");
    EXPECT_EQ(owner().get("/v1/results/export/none").code(), "results.unknown_edition");
}

TEST_F(FormatsTest, BadRequestsAreNamed) {
    EXPECT_EQ(import("format=csv&date=2026-02-19", kTable).code(), "import.edition_missing");
    EXPECT_EQ(import("format=csv&edition=owg2026", kTable).code(), "import.date_malformed");
    EXPECT_EQ(import("format=lenex&edition=owg2026&date=2026-02-19", "<a/>").code(),
              "format.not_this");
    EXPECT_EQ(import("format=sportsml&edition=owg2026&date=2026-02-19", "<a/>").code(),
              "format.write_only");
    const Reply nowhere = import("format=csv&edition=og1900&date=2026-02-19", kTable);
    EXPECT_NE(nowhere.status, 200) << nowhere.text;
}

TEST_F(FormatsTest, OnlyWhoPublishesMayImport) {
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "airline-results", "airline", {"results:write"});
    ASSERT_TRUE(key) << key.error().message;
    const Reply reply = server_->caller(*key).send(
        server::Method::kPost, "/v1/results/import?" + std::string(kCsvQuery), "text/csv", kTable);
    EXPECT_EQ(reply.status, 403) << reply.text;
    EXPECT_TRUE(reply.code().starts_with("rights.")) << reply.text;
    EXPECT_EQ(owner().get(unit_path(kRace, "")).status, 404);
}

TEST_F(FormatsTest, StrictOdfRefusesWhatIsOtherwiseAccepted) {
    const auto send = [this](const std::string& path, const std::string& xml) {
        return owner().send(server::Method::kPost, path, "application/xml", xml);
    };
    ASSERT_EQ(send("/v1/odf", schedule_odf()).status, 200);
    std::string xml = result_odf(Publication::kLive, 1);
    xml.replace(xml.find("SortOrder=\"1\""), 13, "SortOrder=\"0\"");
    EXPECT_EQ(send("/v1/odf?mode=strict", xml).code(), "odf.sort_order_zero");
    EXPECT_EQ(send("/v1/odf", xml).status, 200);
}

TEST_F(FormatsTest, TheCommandLineImportsAndExports) {
    std::ofstream(folder_ / "table.csv") << kTable;
    const Finished import =
        run_altis({"results", "import", (folder_ / "table.csv"), "--format", "csv", "--edition",
                   "owg2026", "--date", "2026-02-19", "--data", (folder_ / "data")});
    EXPECT_EQ(import.status, 2) << import.output;
    EXPECT_NE(import.output.find("1 units, 1 changed; 3 rows, 1 of them refused"),
              std::string::npos)
        << import.output;
    const Finished file = run_altis(
        {"results", "export", "owg2026", "--format", "csv", "--data", (folder_ / "data")});
    EXPECT_EQ(file.status, 0) << file.output;
    EXPECT_NE(file.output.find("2000002,A,KOR"), std::string::npos) << file.output;
}

TEST_F(FormatsTest, TheCommandLineImportsGamesOfThePast) {
    std::ofstream(folder_ / "table.csv") << kTable;
    const auto import_past = [this](const std::vector<std::string>& more) {
        std::vector<std::string> words = {"results",
                                          "import",
                                          (folder_ / "table.csv"),
                                          "--format",
                                          "csv",
                                          "--edition",
                                          "owg2018",
                                          "--date",
                                          "2018-02-19",
                                          "--data",
                                          (folder_ / "data")};
        words.insert(words.end(), more.begin(), more.end());
        return run_altis(words, Capture::kEverything).output;
    };
    const std::string unknown = import_past({});
    EXPECT_NE(unknown.find("results.unknown_edition"), std::string::npos) << unknown;
    const std::string taken = import_past({"--archive", "PyeongChang 2018"});
    EXPECT_NE(taken.find("1 changed"), std::string::npos) << taken;
    const Reply editions = owner().get("/v1/editions");
    EXPECT_NE(editions.text.find(R"("name":"PyeongChang 2018","archive":true)"), std::string::npos)
        << editions.text;
    ASSERT_EQ(import(kCsvQuery, kTable).status, 200);  // the same code in other Games
    const Finished file = run_altis({"results", "export", std::string(kRace), "--edition",
                                     "owg2018", "--data", (folder_ / "data")});
    EXPECT_NE(file.output.find("2000002,A,KOR"), std::string::npos) << file.output;
    const Finished which =
        run_altis({"results", "show", std::string(kRace), "--data", (folder_ / "data")},
                  Capture::kEverything);
    EXPECT_NE(which.output.find("results.edition_missing"), std::string::npos) << which.output;
}

}  // namespace
}  // namespace altis::e2e
