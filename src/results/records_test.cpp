#include "results/records.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

using codec::Json;

// Every member says something.
Publication whole() {
    Publication made;
    made.edition = "owg2026";
    made.unit = fixture::kFreeSkate;
    made.version = 9'000'000'000;
    made.status = ResultStatus::kProtested;
    made.source = "VENUE\n1";
    made.written = "2026-02-19 210405000";
    made.logical_date = "2026-02-19";
    made.note = "a \"protest\" \\ was lodged \x01";
    made.warnings = {{"odf.version_zero", "Version is 0"}, {"", ""}};
    ResultLine line;
    line.competitor = {"FSKW1", CompetitorType::kGroup, "JPN", "Équipe", {}, "7"};
    line.competitor.members = {{"1", "Given", "Family", "JPN", "W", "2000-01-31", "42"},
                               {"2", "", "", ""}};
    line.rank = 1;
    line.rank_equal = true;
    line.result = "226.79";
    line.result_type = "POINTS";
    line.sort_order = 2;
    line.irm = "DSQ";
    line.diff = "+0.12";
    line.start_order = 3;
    line.extended = {{"ER", "SHORT", "1", "78.71", "x", -4, true, 5, "+1"}, {}};
    line.qualification = "q";
    line.outcome = "W";
    const Element child{"Child", {{"Q\"uote", "a\tb"}}, "", {}};
    const Element coach{"Coach", {{"Code", "9"}, {"Name", "é"}}, "text", {child, child}};
    line.extras = {{"Competitor", {{"Bib", "6"}}, {{0, coach}, {12, child}}}, {"", {}, {}}};
    made.lines = {line, ResultLine{}};
    made.extras = {{"Competition", {{"Gen", "1"}}, {}}};
    return made;
}

// The same with the members of every object the other way round.
Json reversed(const Json& json) {
    if (json.is_array()) {
        Json items = Json::array();
        for (const Json& item : json.items())
            items.push(reversed(item));
        return items;
    }
    if (!json.is_object()) return json;
    codec::JsonObject members;
    for (const auto& [name, value] : json.members())
        members.emplace(members.begin(), name, reversed(value));
    return members;
}

void expect_malformed(const Json& json) {
    const auto read = read_publication(json.to_string());
    ASSERT_FALSE(read) << json.to_string();
    EXPECT_EQ(read.error().reason, "results.record_malformed") << json.to_string();
}

TEST(Records, APublicationComesBackAsItWent) {
    for (const Publication& made : {whole(), publication_from(to_json(whole())).value()}) {
        const auto read = read_publication(payload_of(made));
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, whole());
    }
    EXPECT_EQ(to_json(whole()).to_string(), payload_of(whole()));
    Publication least;
    least.edition = "e";
    least.unit = "u";
    EXPECT_EQ(read_publication(payload_of(least)).value(), least);
    EXPECT_EQ(payload_of(least), R"({"unit":"u","edition":"e","version":0,"status":"START_LIST"})");
}

TEST(Records, MembersMayComeInAnyOrder) {
    Publication wanted = whole();
    // Attributes are members whose order is kept.
    Element& coach = wanted.lines.front().extras.front().elements.front().element;
    std::ranges::reverse(coach.attributes);
    EXPECT_EQ(read_publication(reversed(to_json(whole())).to_string()).value(), wanted);
}

TEST(Records, WhatNobodyDescribedIsSkipped) {
    Json json = to_json(whole());
    json.set("colour", Json::object({{"of", Json::array({1, "two", Json()})}}));
    json.set("source", Json());
    json.set("note", 7);
    json.set("warnings", "none");
    Publication wanted = whole();
    wanted.source.clear();
    wanted.note.clear();
    wanted.warnings.clear();
    EXPECT_EQ(read_publication(json.to_string()).value(), wanted);
}

TEST(Records, WhatMakesNoSenseIsRefused) {
    for (const char* member : {"unit", "edition", "version", "status"}) {
        Json json = to_json(whole());
        json.set(member, Json());
        expect_malformed(json);
    }
    const auto with = [](const char* name, Json value) {
        Json json = to_json(whole());
        return json.set(name, std::move(value));
    };
    expect_malformed(with("status", "DONE"));
    expect_malformed(with("version", -1));
    expect_malformed(with("version", "3"));
    expect_malformed(with("lines", Json::array({7})));
    expect_malformed(with("lines", Json::array({Json::object({{"rank", -1}})})));
    expect_malformed(with("lines", Json::array({Json::object({{"type", "Z"}})})));
    expect_malformed(with("extras", Json::array({"Competitor"})));
    expect_malformed(with("extras", Json::array({Json::array({"a", Json::object(), 0})})));
    EXPECT_FALSE(read_publication(payload_of(whole()) + "}"));
    EXPECT_FALSE(read_publication(payload_of(whole()).substr(1)));
    EXPECT_FALSE(read_publication(""));
}

TEST(Records, ALineToldAloneKeepsItsExtrasToItself) {
    const ResultLine line = whole().lines.front();
    const Json shown = to_json(line, Personal::kShown);
    EXPECT_TRUE(shown["extras"].is_null());
    EXPECT_EQ(shown["members"].items().front()["birth_date"].as_string(), "2000-01-31");
    EXPECT_FALSE(
        to_json(line, Personal::kHidden)["members"].items().front().contains("birth_date"));
    ResultLine wanted = line;
    wanted.extras.clear();
    EXPECT_EQ(line_from(shown).value(), wanted);
}

}  // namespace
}  // namespace altis::results
