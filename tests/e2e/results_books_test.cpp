// What surrounds results, over HTTP and the command line: participants, biographies and codes.
#include <fstream>
#include <gtest/gtest.h>

#include "altis_program.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

// One ODF message of owg2026.
std::string odf(std::string_view type, std::string_view code, std::string_view time,
                std::string_view content, std::string_view more = "") {
    return "<OdfBody CompetitionCode=\"OWG2026\" DocumentCode=\"" + std::string(code) +
           "\" DocumentType=\"" + std::string(type) +
           "\" Version=\"1\" FeedFlag=\"P\" Date=\"2026-02-19\" Time=\"" + std::string(time) +
           "\" LogicalDate=\"2026-02-19\" Source=\"GMS\" " + std::string(more) + "><Competition>" +
           std::string(content) + "</Competition></OdfBody>";
}

constexpr std::string_view kSkating = "FSK-------------------------------";
constexpr std::string_view kSkater =
    "<Participant Code=\"1000001\" Status=\"ACTIVE\" GivenName=\"Alysa\" FamilyName=\"LIU\" "
    "Organisation=\"USA\" Gender=\"F\" MainFunctionId=\"AA01\"><Discipline Code=\"FSK\" "
    "IFId=\"4711\"><RegisteredEvent Event=\"FSKWSINGLES-----------------------\"/></Discipline>"
    "</Participant>";

class ResultsBooksTest : public GamesTest {
  protected:
    Reply send(std::string_view xml, std::string_view query = "") const {
        return owner().send(server::Method::kPost, "/v1/odf" + std::string(query),
                            "application/xml", xml);
    }
    // What the command line prints for `altis results ARGUMENTS`.
    std::string printed(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "results");
        arguments.insert(arguments.end(), {"--data", server_->data()});
        return run_altis(arguments, Capture::kEverything).output;
    }
    static bool names(const Reply& reply, std::string_view warning) {
        for (const Json& item : reply.json["warnings"].items()) {
            if (item["code"].as_string() == warning) return true;
        }
        return false;
    }
};

TEST_F(ResultsBooksTest, ParticipantsComeInAndStartListsAreComparedWithThem) {
    ASSERT_EQ(send(schedule_odf()).status, 200);
    const Reply taken = send(odf("DT_PARTIC", kSkating, "100000000", kSkater));
    ASSERT_EQ(taken.status, 200) << taken.text;
    EXPECT_EQ(taken.json["records"].as_int(), 2);
    EXPECT_EQ(
        owner().get("/v1/results/participants/owg2026?discipline=FSK").json["items"].items().size(),
        1U);
    const Reply shown = owner().get("/v1/results/participants/owg2026/1000001");
    EXPECT_EQ(shown.json["disciplines"].items().at(0)["federation_id"].as_string(), "4711");
    EXPECT_TRUE(send(result_odf(Publication::kLive, 1)).json["warnings"].items().empty());

    std::string other = result_odf(Publication::kLive, 2);
    while (other.find("1000001") != std::string::npos)
        other.replace(other.find("1000001"), 7, "1000042");
    EXPECT_EQ(send(other, "?mode=strict").code(), "participants.unknown");
    const Reply lenient = send(other);
    EXPECT_EQ(lenient.status, 200) << lenient.text;
    EXPECT_TRUE(names(lenient, "participants.unknown")) << lenient.text;

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_NE(printed({"participants", "owg2026", "--discipline", "FSK"}).find("Alysa LIU"),
              std::string::npos);
    EXPECT_NE(printed({"participant", "owg2026", "1000001"}).find("4711"), std::string::npos);
    EXPECT_EQ(owner().get("/v1/results/participants/owg2026/9").code(),
              "results.unknown_participant");
    EXPECT_EQ(owner().get("/v1/results/participants/og1916").code(), "results.unknown_edition");
}

TEST_F(ResultsBooksTest, BiographiesAndCodesAreReadInTheirLanguages) {
    ASSERT_EQ(send(odf("DT_PARTIC", kSkating, "100000000", kSkater)).status, 200);
    const Reply taken = send(odf("DT_BIO_PAR", "1000001", "100000000",
                                 "<ParticipantBiography><Language Language=\"ENG\"><GInterest>"
                                 "<Family>one of five</Family></GInterest></Language><Language "
                                 "Language=\"FRA\"><GInterest><Family>une de cinq</Family>"
                                 "</GInterest></Language></ParticipantBiography>"));
    ASSERT_EQ(taken.status, 200) << taken.text;
    const Reply shown = owner().get("/v1/results/participants/owg2026/1000001?language=FRA");
    ASSERT_EQ(shown.json["biographies"].items().size(), 1U) << shown.text;
    const Json biography = shown.json["biographies"].items()[0];
    EXPECT_EQ(biography["fields"].items().at(0)["text"].as_string(), "une de cinq");

    const Reply codes = send(odf("DT_CODES", "GEN-------------------------------", "100000000",
                                 "<CodeSet Code=\"FSK-------------------------------\"><Language "
                                 "Language=\"FRA\" Description=\"Patinage artistique\"/></CodeSet>",
                                 "DocumentSubtype=\"DISCIPLINE\""));
    ASSERT_EQ(codes.status, 200) << codes.text;
    const Reply unit = owner().get("/v1/results/names/owg2026/" + std::string(kUnit));
    EXPECT_EQ(unit.json["names"]["discipline"].as_string(), "Patinage artistique");
    EXPECT_NE(printed({"codes", "owg2026"}).find("discipline"), std::string::npos);
    EXPECT_EQ(owner().get("/v1/results/codes/owg2026/colours").code(), "results.unknown_codes");
    EXPECT_EQ(send(odf("DT_CODES", "GEN", "100000000", "")).code(), "odf.attribute_missing");
    EXPECT_EQ(airline()
                  .send(server::Method::kPost, "/v1/odf", "application/xml",
                        odf("DT_PARTIC", kSkating, "110000000", kSkater))
                  .code(),
              "auth.scope_missing");
}

}  // namespace
}  // namespace altis::e2e
