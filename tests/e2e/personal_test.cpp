// What is personal about athletes: with the scope "results" alone no answer has it, by any route;
// with the right to it, it is where it belongs; and what everybody can prove never has it.
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::EventStreamReader;

constexpr std::string_view kSkating = "FSK-------------------------------";

// Planted where sources say such things: dates, and countries in quotes as values stand.
constexpr std::string_view kBirthDate = "1987-06-05";
const std::vector<std::string> kPersonal = {std::string(kBirthDate), "1961-02-03", "\"TUV\"",
                                            "\"VUT\"", "a village"};

std::string odf(std::string_view type, std::string_view code, std::string_view content) {
    return "<OdfBody CompetitionCode=\"OWG2026\" DocumentCode=\"" + std::string(code) +
           "\" DocumentType=\"" + std::string(type) +
           "\" Version=\"1\" FeedFlag=\"P\" Date=\"2026-02-19\" Time=\"100000000\" "
           "LogicalDate=\"2026-02-19\" Source=\"GMS\"><Competition>" +
           std::string(content) + "</Competition></OdfBody>";
}

const std::string kPerson =
    "<Participant Code=\"1000001\" GivenName=\"Alysa\" FamilyName=\"LIU\" Organisation=\"USA\" "
    "Gender=\"F\" BirthDate=\"1987-06-05\" CountryofBirth=\"TUV\" CountryofResidence=\"VUT\" "
    "MainFunctionId=\"AA01\"><Discipline Code=\"FSK\" IFId=\"4711\"><RegisteredEvent "
    "Event=\"FSKWSINGLES-----------------------\"/></Discipline></Participant>";

const std::string kBiography =
    "<ParticipantBiography><Language Language=\"ENG\"><GInterest><Born>a village</Born>"
    "<Family>one of five</Family><Start>first skated on 1987-06-05</Start></GInterest>"
    "<General><BirthCity>a village</BirthCity></General></Language></ParticipantBiography>";

// The skater of `result_odf`, born when DT_PARTIC says, and her coach.
std::string result_with_people(int version, bool with_name = true) {
    std::string xml = result_odf(Publication::kOfficial, version);
    const auto replace = [&xml](std::string_view from, const std::string& to) {
        const std::size_t at = xml.find(from);
        EXPECT_NE(at, std::string::npos) << from << " in " << xml;
        if (at != std::string::npos) xml.replace(at, from.size(), to);
    };
    const std::string name = with_name ? "GivenName=\"Alysa\" FamilyName=\"LIU\" " : "";
    replace("GivenName=\"Alysa\" FamilyName=\"LIU\"",
            name + "BirthDate=\"1987-06-05\" PlaceOfBirth=\"a village\"");
    replace("<Composition>",
            "<Coaches><Coach Code=\"9\"><Description FamilyName=\"COACH\" "
            "BirthDate=\"1961-02-03\"/></Coach></Coaches><Composition>");
    if (version > 1) replace("</Competition>", "</Competition><Note Value=\"names\"/>");
    return xml;
}

class PersonalTest : public GamesTest {
  protected:
    void begin() override {
        send(schedule_odf());
        send(odf("DT_PARTIC", kSkating, kPerson));
        send(odf("DT_BIO_PAR", "1000001", kBiography));
        send(odf("DT_RECORD", "FSKWSINGLES-----------------------",
                 "<Record Code=\"FSKWSINGLES-----------------------\"><RecordType "
                 "RecordType=\"OR\"><RecordData Result=\"220.00\" ResultType=\"POINTS\" "
                 "Date=\"2022-02-17\"><Competitor Code=\"9\" Type=\"A\" Organisation=\"JPN\"/>"
                 "</RecordData></RecordType></Record>"));
        offset_ = send(result_with_people(1)).json["offset"].as_int();
        EXPECT_EQ(send(result_with_people(2, false)).status, 202);  // held by a gate
        plain_ = key("plain", {"results", "results:correct"});
        trusted_ = key("trusted", {"results", "results:correct", "results:personal"});
        feed_ = key("feed", {"feed"});
        const Json all = Json::array(
            {"results", "splits", "start_list", "members", "biographic", "medals", "proof"});
        for (const std::string grant : {"feed", "public:owg2026"}) {
            const Reply reply = owner().put("/v1/feed-grants/" + grant,
                                            Json::object({{"edition", kEdition},
                                                          {"units", Json::array({""})},
                                                          {"fields", all},
                                                          {"delay_ms", 0},
                                                          {"purpose", "app"},
                                                          {"until", "2036-03-01T00:00:00Z"}}));
            ASSERT_EQ(reply.status, 200) << reply.text;
        }
    }

    Reply send(const std::string& xml) const {
        Reply reply = owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
        EXPECT_TRUE(reply.ok()) << reply.text;
        return reply;
    }
    std::string key(std::string_view id, const std::vector<std::string>& scopes) const {
        Caller admin = server_->admin();
        const auto key = issue_key(admin, id, "la28", scopes);
        EXPECT_TRUE(key) << key.error().message;
        return key.value_or("");
    }
    // Pages appear a moment after their grant.
    static Reply get(Caller caller, const std::string& path) {
        Reply reply = caller.get(path);
        for (int i = 0; i < 200 && reply.status == 404; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            reply = caller.get(path);
        }
        return reply;
    }
    // What a stream tells until a second passes in silence.
    std::string stream(const std::string& key, const std::string& path) const {
        server::Fields headers;
        if (!key.empty()) headers.emplace_back("Authorization", "Bearer " + key);
        auto reader = EventStreamReader::open("127.0.0.1", server_->port(), path, headers, 0);
        EXPECT_TRUE(reader) << path << ": " << reader.error().message;
        std::string text;
        while (reader) {
            auto event = reader->next(seconds(1));
            if (!event || !*event) break;
            text += (*event)->data;
        }
        return text;
    }
    static std::set<std::string> found_in(const std::string& text) {
        std::set<std::string> found;
        for (const std::string& mark : kPersonal) {
            if (text.find(mark) != std::string::npos) found.insert(mark);
        }
        return found;
    }

    // Every address of results, by the operation that answers it.
    std::multimap<std::string, std::string> addresses() const {
        const std::string unit(kUnit);
        const std::string units = "/v1/results/units/";
        const std::string people = "/v1/results/participants/";
        const std::string live = "/live/owg2026";
        std::multimap<std::string, std::string> all = {
            {"/v1/results/units", "/v1/results/units"},
            {units + "{unit}", units + unit},
            {units + "{unit}", units + unit + "?history=1"},
            {units + "{unit}/recall", units + unit + "/recall?version=1"},
            {"/v1/results/state/{edition}", "/v1/results/state/owg2026"},
            {"/v1/results/medals/{edition}", "/v1/results/medals/owg2026"},
            {"/v1/results/medals/{edition}/holders", "/v1/results/medals/owg2026/holders"},
            {"/v1/results/medals/{edition}/diff",
             "/v1/results/medals/owg2026/diff?from=2026-01-01"},
            {people + "{edition}", people + "owg2026"},
            {people + "{edition}", people + "owg2026?format=odf&discipline=FSK"},
            {people + "{edition}/{code}", people + "owg2026/1000001"},
            {"/v1/results/persons", "/v1/results/persons?name=liu"},
            {"/v1/results/person", "/v1/results/person?id=skating-4711"},
            {"/v1/results/records", "/v1/results/records?history=1"},
            {"/v1/results/records", "/v1/results/records?format=odf&edition=owg2026"},
            {"/v1/results/records/{number}", "/v1/results/records/2"},
            {"/v1/answers", "/v1/answers?edition=owg2026&q=Who%20won%20gold"},
            {"/v1/results/schedule/{edition}", "/v1/results/schedule/owg2026"},
            {"/v1/results/schedule/{edition}/{unit}", "/v1/results/schedule/owg2026/" + unit},
            {"/v1/results/codes/{edition}", "/v1/results/codes/owg2026"},
            {"/v1/results/codes/{edition}/{set}", "/v1/results/codes/owg2026/event"},
            {"/v1/results/names/{edition}/{unit}", "/v1/results/names/owg2026/" + unit},
            {"/v1/results/gaps", "/v1/results/gaps"},
            {"/v1/results/corrections", "/v1/results/corrections"},
            {"/v1/results/held", "/v1/results/held"},
            {"/v1/results/held/{number}", "/v1/results/held/1"},
            {"/v1/log/key", "/v1/log/key"},
            {"/v1/log/checkpoint", "/v1/log/checkpoint"},
            {"/v1/log/tiles/{level}/{index}", "/v1/log/tiles/0/0"},
            {"/v1/log/consistency", "/v1/log/consistency?from=1"},
            {"/v1/log/proofs/{offset}", "/v1/log/proofs/" + std::to_string(offset_)},
            {"/live/log/key", "/live/log/key"},
            {"/live/log/checkpoint", "/live/log/checkpoint"},
            {"/live/log/tiles/{level}/{index}", "/live/log/tiles/0/0"},
            {"/live/log/consistency", "/live/log/consistency?from=1"},
            {"/live/assets/{name}", "/live/assets/live.js"},
            {"/v1/results/rules/{edition}", "/v1/results/rules/owg2026"},
            {"/v1/results/feed/{unit}", "/v1/results/feed/" + unit},
            {"/live/{edition}", live},
            {"/live/{edition}", live + ".json"},
            {"/live/{edition}/{page}", live + "/medals"},
            {"/live/{edition}/{kind}/{id}", live + "/units/" + unit},
            {"/live/{edition}/{kind}/{id}", live + "/units/" + unit + ".json"},
            {"/live/{edition}/{kind}/{id}", live + "/athletes/1000001"},
            {"/live/{edition}/{kind}/{id}", live + "/athletes/1000001.json"},
            {"/live/{edition}/proofs/{unit}/{version}", live + "/proofs/" + unit + "/1.json"},
        };
        for (const char* format : {"odf", "sportsml", "iof", "csv", "ndjson"}) {
            all.emplace(units + "{unit}", units + unit + "?format=" + format);
            all.emplace("/v1/results/export/{edition}",
                        std::string("/v1/results/export/owg2026?format=") + format);
        }
        return all;
    }

    std::int64_t offset_ = 0;
    std::string plain_;
    std::string trusted_;
    std::string feed_;
};

const std::map<std::string, std::string> kStreams = {
    {"/v1/results/stream", "/v1/results/stream"},
    {"/v1/results/live", "/v1/results/live?discipline=FSK"},
    {"/v1/results/feed", "/v1/results/feed"},
    {"/live/{edition}/changes", "/live/owg2026/changes"},
    {"/live/{edition}/feed", "/live/owg2026/feed"}};

// With what key an operation is asked: the one of the feed where it wants that.
bool is_of_feed(const std::string& operation) {
    return operation.starts_with("/v1/results/feed");
}

TEST_F(PersonalTest, WithTheScopeResultsAloneNoAnswerHasIt) {
    for (const auto& [operation, path] : addresses()) {
        const Reply reply = get(server_->caller(is_of_feed(operation) ? feed_ : plain_), path);
        const bool is_there =
            reply.status == 200 || operation == "/v1/results/codes/{edition}/{set}";
        EXPECT_TRUE(is_there) << path << ": " << reply.text;
        EXPECT_EQ(found_in(reply.text), std::set<std::string>{}) << path << ": " << reply.text;
    }
    for (const auto& [operation, path] : kStreams) {
        const std::string text = stream(is_of_feed(operation) ? feed_ : plain_, path);
        if (operation.find("changes") == std::string::npos) {
            EXPECT_NE(text.find("LIU"), std::string::npos) << path << ": " << text;
        }
        EXPECT_EQ(found_in(text), std::set<std::string>{}) << path << ": " << text;
    }
}

// Whoever adds a route of results adds it here.
TEST_F(PersonalTest, EveryRouteOfResultsIsTried) {
    const auto tried = addresses();
    std::ifstream in(std::string(ALTIS_E2E_SOURCES) + "/operations.txt");
    std::string line;
    std::size_t routes = 0;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string method;
        std::string path;
        std::string scope;
        words >> method >> path >> scope;
        if (method != "GET") continue;
        const bool is_of_results =
            scope.starts_with("results") || scope == "feed" || path.starts_with("/live/");
        if (!is_of_results) continue;
        ++routes;
        EXPECT_TRUE(tried.contains(path) || kStreams.contains(path)) << path;
    }
    EXPECT_GT(routes, 30U);
}

TEST_F(PersonalTest, WithTheRightItIsWhereItBelongs) {
    Caller trusted = server_->caller(trusted_);
    const std::string unit = "/v1/results/units/" + std::string(kUnit);
    for (const std::string& path :
         {std::string("/v1/results/participants/owg2026/1000001"),
          std::string("/v1/results/participants/owg2026?format=odf&discipline=FSK"),
          std::string("/v1/results/person?id=skating-4711"), unit, unit + "?format=odf",
          unit + "?format=csv", std::string("/v1/results/export/owg2026?format=ndjson"),
          std::string("/v1/results/held/1")}) {
        const Reply reply = trusted.get(path);
        EXPECT_NE(reply.text.find(kBirthDate), std::string::npos) << path << ": " << reply.text;
    }
    const Reply whole = trusted.get(unit + "?format=odf");
    EXPECT_NE(whole.text.find("BirthDate=\"1961-02-03\""), std::string::npos) << whole.text;
    const Reply person = trusted.get("/v1/results/participants/owg2026/1000001");
    EXPECT_EQ(found_in(person.text),
              (std::set<std::string>{std::string(kBirthDate), "\"TUV\"", "\"VUT\"", "a village"}));
    EXPECT_EQ(server_->admin().get("/v1/results/participants/owg2026/1000001").text, person.text)
        << "an administrator's key has every scope";
    EXPECT_EQ(server_->caller(key("personal-alone", {"results:personal"}))
                  .get("/v1/results/participants/owg2026/1000001")
                  .code(),
              "auth.scope_missing");
}

// What is left out does not differ from what was never said.
TEST_F(PersonalTest, LeftOutIsAsNeverSaid) {
    const std::string path = "/v1/results/participants/owg2026/";
    send(odf("DT_PARTIC", "SSK-------------------------------",
             "<Participant Code=\"1000009\" GivenName=\"Alysa\" FamilyName=\"LIU\" "
             "Organisation=\"USA\" Gender=\"F\" MainFunctionId=\"AA01\"><Discipline Code=\"SSK\" "
             "IFId=\"4711\"/></Participant>"));
    Caller plain = server_->caller(plain_);
    const auto names = [](const Json& json) {
        std::set<std::string> found;
        for (const auto& [name, value] : json.members())
            found.insert(name);
        return found;
    };
    EXPECT_EQ(names(plain.get(path + "1000001").json), names(plain.get(path + "1000009").json));
    const Json biography = plain.get(path + "1000001").json["biographies"].items().at(0);
    ASSERT_EQ(biography["fields"].items().size(), 1U) << biography.to_string();
    EXPECT_EQ(biography["fields"].items()[0]["text"].as_string(), "one of five");
}

// The record behind it has the date; what is proved to everybody does not, and holds.
TEST_F(PersonalTest, AProofHoldsWithoutIt) {
    const Reply proof = server_->caller(trusted_).get("/v1/log/proofs/" + std::to_string(offset_));
    ASSERT_EQ(proof.status, 200) << proof.text;
    EXPECT_EQ(found_in(proof.text), std::set<std::string>{}) << proof.text;
    EXPECT_NE(proof.text.find("226.79"), std::string::npos) << proof.text;
    const std::string log_key(owner().get("/v1/log/key").json["key"].as_string());
    std::ofstream(folder_ / "proof.json") << proof.text;
    const Finished held = run_altis(
        {"results", "verify", folder_ / "proof.json", "--log-key", log_key}, Capture::kEverything);
    EXPECT_EQ(held.status, 0) << held.output;
    const Finished journalled =
        run_altis({"journal", "cat", "--data", server_->data(), "--type", "results.published"});
    EXPECT_NE(journalled.output.find(kBirthDate), std::string::npos);
}

}  // namespace
}  // namespace altis::e2e
