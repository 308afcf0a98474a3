// What surrounds results, over HTTP and the command line: participants, biographies and codes,
// persons across Games, the schedule and records.
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

TEST_F(ResultsBooksTest, ParticipantsGoOutAsTheMessagesThatTheyCameIn) {
    const std::string path = "/v1/results/participants/owg2026?format=odf";
    EXPECT_EQ(owner().get(path).code(), "results.discipline_missing");
    EXPECT_EQ(owner().get(path + "&discipline=FSK").code(), "results.no_list");
    ASSERT_EQ(send(odf("DT_PARTIC", kSkating, "100000000", kSkater)).status, 200);
    ASSERT_EQ(send(odf("DT_PARTIC_TEAMS", kSkating, "100000000",
                       "<Team Code=\"T1\" Organisation=\"USA\" Name=\"United States\"><Composition>"
                       "<Athlete Code=\"1000001\" Order=\"1\"/></Composition></Team>"))
                  .status,
              200);
    const Reply persons = owner().get(path + "&discipline=FSK");
    EXPECT_EQ(persons.content_type.substr(0, 15), "application/xml");
    EXPECT_NE(persons.text.find("FamilyName=\"LIU\""), std::string::npos) << persons.text;
    EXPECT_NE(persons.text.find("IFId=\"4711\""), std::string::npos) << persons.text;
    EXPECT_EQ(persons.text.find("T1"), std::string::npos) << persons.text;
    const Reply teams = owner().get(path + "&discipline=FSK&teams=1");
    EXPECT_NE(teams.text.find("<Team Code=\"T1\""), std::string::npos) << teams.text;
    EXPECT_EQ(send(persons.text).json["records"].as_int(-1), 0);  // it says nothing new
    EXPECT_EQ(send(teams.text).json["records"].as_int(-1), 0);
    EXPECT_EQ(owner().get(path + "&discipline=FSK&organisation=USA").code(),
              "results.list_is_whole");
    EXPECT_EQ(owner().get("/v1/results/participants/owg2026?format=pdf").code(), "format.unknown");
    EXPECT_EQ(printed({"participants", "owg2026", "--discipline", "FSK", "--format", "odf"}),
              persons.text);
    EXPECT_EQ(
        printed({"participants", "owg2026", "--discipline", "FSK", "--format", "odf", "--teams"}),
        teams.text);
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

TEST_F(ResultsBooksTest, APersonIsOneAcrossGamesByTheFederationsIdAlone) {
    ASSERT_EQ(server_->admin()
                  .post("/v1/editions", Json::object({{"id", "owg2022"}, {"name", "Beijing"}}))
                  .status,
              201);
    std::string before = odf("DT_PARTIC", kSkating, "100000000",
                             std::string(kSkater) +
                                 "<Participant Code=\"77\" GivenName=\"Alysa\" "
                                 "FamilyName=\"LIU\" Organisation=\"USA\"/>");
    before.replace(before.find("OWG2026"), 7, "OWG2022");
    before.replace(before.find("\"Alysa\""), 7, "\"Alyssa\"");
    const Reply taken =
        server_->admin().send(server::Method::kPost, "/v1/odf", "application/xml", before);
    ASSERT_EQ(taken.status, 200) << taken.text;
    ASSERT_EQ(send(odf("DT_PARTIC", kSkating, "100000000", kSkater)).status, 200);

    const Reply found = owner().get("/v1/results/persons?name=liu%20alysa");
    ASSERT_EQ(found.json["items"].items().size(), 2U) << found.text;
    const Reply person = owner().get("/v1/results/person?id=skating-4711");
    ASSERT_EQ(person.json["appearances"].items().size(), 2U) << person.text;
    const Json first = person.json["appearances"].items()[0];
    EXPECT_EQ(first["names"].items().at(0)["name"].as_string(), "Alyssa LIU");
    const Json candidates = person.json["candidates"];
    EXPECT_TRUE(candidates.items().empty()) << person.text;  // another code in the same Games
    EXPECT_EQ(owner().get("/v1/results/person?id=owg2022/1000001").json["id"].as_string(),
              "skating-4711");
    EXPECT_EQ(owner().get("/v1/results/persons").code(), "results.name_missing");
    EXPECT_NE(printed({"person", "Alysa LIU"}).find("owg2022"), std::string::npos);
    EXPECT_NE(printed({"person", "skating-4711"}).find("Alyssa LIU"), std::string::npos);
}

TEST_F(ResultsBooksTest, TheScheduleIsADaysListWithAMachineOfItsOwn) {
    const auto unit = [](std::string_view status, std::string_view start) {
        return "<Unit Code=\"" + std::string(kUnit) + "\" Medal=\"1\" ScheduleStatus=\"" +
               std::string(status) + "\" StartDate=\"" + std::string(start) + "\" Venue=\"MIL\"/>";
    };
    const auto update = [&](std::string_view time, std::string_view status) {
        return odf("DT_SCHEDULE_UPDATE", kSkating, time, unit(status, "2026-02-20T01:30:00+01:00"));
    };
    ASSERT_EQ(send(update("100000000", "SCHEDULED")).status, 200);
    const Reply skipped = send(update("110000000", "RUNNING"));
    EXPECT_TRUE(names(skipped, "schedule.status_skipped")) << skipped.text;
    EXPECT_EQ(send(update("120000000", "SCHEDULED")).code(), "results.schedule_regression");
    EXPECT_EQ(send(update("120000000", "POSTPONED"), "?mode=strict").code(),
              "schedule.status_skipped");
    EXPECT_EQ(send(update("120000000", "OVER")).code(), "results.schedule_status_unknown");

    const Reply day = owner().get("/v1/results/schedule/owg2026?day=2026-02-19&venue=MIL");
    ASSERT_EQ(day.json["items"].items().size(), 1U) << day.text;
    const Json item = day.json["items"].items()[0];
    EXPECT_EQ(item["status"].as_string(), "RUNNING");
    const Reply next_day = owner().get("/v1/results/schedule/owg2026?day=2026-02-20");
    EXPECT_EQ(next_day.json["items"].items().size(), 0U);
    EXPECT_EQ(owner().get("/v1/results/schedule/owg2026?day=today").code(),
              "results.day_malformed");
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    const Reply history = owner().get("/v1/results/schedule/owg2026/" + std::string(kUnit));
    EXPECT_EQ(history.json["items"].items().size(), 2U);
    EXPECT_NE(printed({"schedule", "owg2026", "--day", "2026-02-19"}).find("RUNNING"),
              std::string::npos);
}

TEST_F(ResultsBooksTest, ARecordIsProposedRatifiedAndFallsWithItsHolder) {
    Caller admin = server_->admin();
    const auto first = issue_key(admin, "first", "la28", {"results", "results:correct"});
    const auto second = issue_key(admin, "second", "la28", {"results", "results:correct"});
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    const Reply taken =
        send(odf("DT_RECORD", "FSKWSINGLES-----------------------", "100000000",
                 "<Record Code=\"FSKWSINGLES-----------------------\"><RecordType "
                 "RecordType=\"OR\"><RecordData Result=\"220.00\" ResultType=\"POINTS\" "
                 "Date=\"2022-02-17\"><Competitor Code=\"9\" Type=\"A\" Organisation=\"JPN\"/>"
                 "</RecordData></RecordType></Record>"));
    ASSERT_EQ(taken.status, 200) << taken.text;
    ASSERT_EQ(send(schedule_odf()).status, 200);
    const Reply published = send(result_odf(Publication::kOfficial, 1));
    ASSERT_EQ(published.status, 200) << published.text;
    const auto standing = [this](const std::string& query = "") {
        const Reply reply = owner().get("/v1/results/records?type=OR" + query);
        EXPECT_EQ(reply.json["items"].items().size(), 1U) << reply.text;
        const Json item = reply.json["items"].items()[0];
        return std::string(item["result"].as_string()) + " " +
               std::string(item["status"].as_string());
    };
    EXPECT_EQ(standing(), "226.79 pending");
    EXPECT_EQ(standing("&valid_at=2024-01-01"), "220.00 ratified");
    const Reply proposed = owner().get("/v1/results/records/2");
    const Json proposal = proposed.json["decisions"].items().at(0);
    EXPECT_EQ(proposal["cause"].as_string(), "results/owg2026/" + std::string(kUnit) + "/1");
    EXPECT_EQ(proposal["offset"].as_int(), published.json["offset"].as_int()) << proposed.text;
    EXPECT_NE(printed({"record", "2"}).find(proposal["cause"].as_string()), std::string::npos);
    const std::string decisions = "/v1/results/records/2/decisions";
    const Json ratify = Json::object({{"status", "ratified"}, {"reason", "protocol"}});
    EXPECT_EQ(owner().post(decisions, ratify).code(), "auth.scope_missing");
    ASSERT_EQ(server_->caller(*first).post(decisions, ratify).status, 200);
    const Json annul = Json::object({{"status", "annulled"}, {"reason", "a ruling"}});
    EXPECT_EQ(server_->caller(*first).post(decisions, annul).status, 202);
    EXPECT_EQ(server_->caller(*first).post(decisions, annul).code(), "results.same_key");
    EXPECT_EQ(standing(), "226.79 ratified");
    ASSERT_EQ(server_->caller(*second).post(decisions, annul).status, 200);
    EXPECT_EQ(standing(), "220.00 ratified");

    server_->kill();
    ASSERT_TRUE(server_->start_again());
    EXPECT_EQ(standing(), "220.00 ratified");
    EXPECT_NE(printed({"records", "--event", "FSKWSINGLES"}).find("220.00"), std::string::npos);
    EXPECT_NE(printed({"record", "2"}).find("a ruling"), std::string::npos);
    const Reply out = owner().get("/v1/results/records?format=odf&edition=owg2026");
    EXPECT_EQ(out.content_type.substr(0, 15), "application/xml");
    EXPECT_NE(out.text.find("Result=\"220.00\""), std::string::npos) << out.text;
    EXPECT_EQ(owner().post("/v1/results/records", Json::object({{"event", "FSK"}})).code(),
              "results.record_claim_malformed");
    EXPECT_EQ(owner().get("/v1/results/records/99").code(), "results.unknown_record");
}

}  // namespace
}  // namespace altis::e2e
