// Typed-in data that say that two user ids are one person: linked by a run, with confidence and
// reasons, once, and taken back for good.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "fans/matching/synthetic_people.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;
using fans::matching::PersonField;
using fans::matching::PersonRecord;
using fans::matching::SyntheticPeople;

SyntheticPeople small_town() {
    fans::matching::SyntheticSetting setting;
    setting.persons = 150;
    setting.most_records = 2;
    setting.errors = 1;
    return fans::matching::SyntheticTown(setting).make();
}

std::string user_of(std::size_t record) {
    return "typed-" + std::to_string(record);
}

// As a form of the tracking specification would send it.
Json identify_as(std::size_t number, const PersonRecord& person) {
    Json address = Json::object(
        {{"street", person[PersonField::kStreetNumber] + " " + person[PersonField::kAddressLine1]},
         {"city", person[PersonField::kSuburb]},
         {"postalCode", person[PersonField::kPostcode]},
         {"state", person[PersonField::kState]}});
    Json traits = Json::object({{"firstName", person[PersonField::kGivenName]},
                                {"last_name", person[PersonField::kSurname]},
                                {"birthday", person[PersonField::kBirthDate]},
                                {"address", std::move(address)}});
    return Json::object({{"type", "identify"},
                         {"messageId", "i-" + std::to_string(number)},
                         {"userId", user_of(number)},
                         {"traits", std::move(traits)}});
}

class MatchingTest : public GamesTest {
  protected:
    void begin() override {
        std::vector<Json> events;
        for (std::size_t i = 0; i < town_.records.size(); ++i)
            events.push_back(identify_as(i, town_.records[i]));
        const Reply sent = ingest().post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(sent.status, 200) << sent.text;
    }

    Json run(const Json& body = Json::object()) {
        const Reply reply = owner().post("/v1/fans/match-runs", body);
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json;
    }

    Json fan(const std::string& user) { return owner().get("/v1/fans/" + user + "?events=1").json; }

    std::int64_t fans() { return owner().get("/v1/fans/stats").json["fans"].as_int(); }

    unsigned person_of(const Json& identifier) const {
        const std::string text(identifier["identifier"].as_string());
        return town_.person.at(std::stoul(text.substr(text.find('-') + 1)));
    }

    SyntheticPeople town_ = small_town();
};

TEST_F(MatchingTest, LinksWhoIsOnePersonAndNobodyElse) {
    const std::int64_t before = fans();
    const Json first = run();
    const std::int64_t linked = first["linked"].as_int();
    std::map<unsigned, int> records;
    for (const unsigned person : town_.person)
        ++records[person];
    const auto twice =
        std::ranges::count_if(records, [](const auto& each) { return each.second > 1; });
    EXPECT_GT(linked, twice * 8 / 10);
    EXPECT_EQ(first["links"].items().size(), static_cast<std::size_t>(linked));
    for (const Json& link : first["links"].items()) {
        EXPECT_EQ(person_of(link["one"]), person_of(link["other"])) << link.to_string();
        EXPECT_GE(link["confidence_ppm"].as_int(), 990'000);
        EXPECT_TRUE(link["reason"].as_string().starts_with("typed-in data match: "));
    }
    EXPECT_EQ(fans(), before - linked);
    const Json second = run();
    EXPECT_EQ(second["linked"].as_int(), 0);
    EXPECT_EQ(second["one_fan_already"].as_int(), linked);
}

TEST_F(MatchingTest, ALinkShowsItsReasonAndStaysCut) {
    const Json first = run();
    ASSERT_FALSE(first["links"].items().empty());
    const Json link = first["links"].items().front();
    const std::string one(link["one"]["identifier"].as_string());
    const std::string other(link["other"]["identifier"].as_string());
    const Json joined = fan(one);
    EXPECT_EQ(joined["profile"]["fan"], fan(other)["profile"]["fan"]);
    EXPECT_EQ(joined["identity"]["links"].items().at(0)["kind"].as_string(), "matched");
    EXPECT_EQ(joined["linked_by"].items().at(0)["reason"], link["reason"]);
    const Reply cut = owner().post(
        "/v1/fans/" + one + "/unlink",
        Json::object(
            {{"identifier", other}, {"kind", "user"}, {"reason", "a brother of the same name"}}));
    ASSERT_EQ(cut.status, 200) << cut.text;
    EXPECT_NE(fan(one)["profile"]["fan"], fan(other)["profile"]["fan"]);
    const Json again = run();
    EXPECT_EQ(again["linked"].as_int(), 0);
    EXPECT_EQ(again["taken_back_before"].as_int(), 1);
    EXPECT_NE(fan(one)["profile"]["fan"], fan(other)["profile"]["fan"]);
}

TEST_F(MatchingTest, OnlyTheSureAndOnlyForTheOwner) {
    const Json strict = run(Json::object({{"min_confidence_ppm", 999'999}}));
    for (const Json& link : strict["links"].items())
        EXPECT_GE(link["confidence_ppm"].as_int(), 999'999);
    EXPECT_EQ(strict["linked"].as_int() + strict["below_min_confidence"].as_int(),
              strict["matches"].as_int());
    EXPECT_EQ(
        owner().post("/v1/fans/match-runs", Json::object({{"min_confidence_ppm", 10}})).code(),
        "fans.bad_confidence");
    EXPECT_EQ(airline().post("/v1/fans/match-runs", Json::object()).status, 403);
}

TEST_F(MatchingTest, TheErasedAreNotMatched) {
    const Json first = run();
    const Json link = first["links"].items().front();
    const std::string one(link["one"]["identifier"].as_string());
    ASSERT_EQ(owner().remove("/v1/fans/" + one).status, 200);
    const Json again = run();
    EXPECT_EQ(again["linked"].as_int(), 0);
    EXPECT_EQ(again["records"].as_int(), first["records"].as_int() - 2)
        << "both user ids of the person are gone";
}

}  // namespace
}  // namespace altis::e2e
