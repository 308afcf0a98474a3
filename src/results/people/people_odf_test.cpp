#include "results/people/people_odf.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <set>

#include "results/people/participants_book.h"
#include "results/results_fixture.h"

namespace altis::results {
namespace {

using fixture::canonical;
using fixture::MemoryJournal;

constexpr std::string_view kEdition = "owg2026";

// Everything that is read of participants and teams; without the order of attributes.
constexpr std::string_view kPersons = R"(<?xml version="1.0" encoding="UTF-8"?>
<OdfBody CompetitionCode="OWG2026" DocumentCode="FSK-------------------------------"
  DocumentType="DT_PARTIC" Version="7" FeedFlag="P" Date="2026-02-01" Time="100000000"
  LogicalDate="2026-02-01" Source="GMS"><Competition>
<Participant Code="1000002" Status="ACTIVE" GivenName="Kaori" FamilyName="SAKAMOTO"
  PrintName="SAKAMOTO Kaori" Gender="F" Organisation="JPN" BirthDate="2000-04-09"
  CountryofBirth="JPN" CountryofResidence="JPN" Nationality="JPN" MainFunctionId="AA01">
  <Discipline Code="FSK-------------------------------" IFId="17">
    <RegisteredEvent Event="FSKWSINGLES-----------------------" Bib="3"/>
    <RegisteredEvent Event="FSKXTEAM--------------------------"/>
  </Discipline></Participant>
<Participant Code="1000003" Status="CANCEL" GivenName="A &amp; &quot;B&quot;" FamilyName="坂本"
  Organisation="MIX" MainFunctionId="JU"><Discipline Code="FSK-------------------------------"/>
</Participant></Competition></OdfBody>)";

constexpr std::string_view kTeams = R"(<?xml version="1.0" encoding="UTF-8"?>
<OdfBody CompetitionCode="OWG2026" DocumentCode="FSK-------------------------------"
  DocumentType="DT_PARTIC_TEAMS" Version="1" Language="FRA" FeedFlag="P" Date="2026-02-01"
  Time="110000000" LogicalDate="2026-02-01" Source="GMS"><Competition>
<Team Code="FSKXPAIRS---ITA01" Status="ACTIVE" Organisation="ITA" Name="Italy" Gender="X">
  <Composition><Athlete Code="1000004" Order="1"/><Athlete Code="1000005" Order="2"/></Composition>
  <Discipline Code="FSK-------------------------------">
    <RegisteredEvent Event="FSKXPAIRS-------------------------"/></Discipline></Team>
</Competition></OdfBody>)";

EntrantList parsed(std::string_view xml) {
    auto list = parse_entrants_odf(xml);
    EXPECT_TRUE(list) << list.error().message;
    return list.value_or(EntrantList{});
}

// ---- any list -----------------------------------------------------------------------------------

// Texts as they stand in real lists, and what XML must escape.
std::string any_text() {
    return *rc::gen::element<std::string>("", "SAKAMOTO", "O'NEILL", "Jean \"Le Grand\"",
                                          "Åse & Søn", "坂本 花織", "<b>", "a\tb\nc",
                                          "  two  spaces ", "دينا", "0");
}

EventEntry any_event() {
    return {*rc::gen::element<std::string>("FSKWSINGLES-----------------------",
                                           "FSKMSINGLES-----------------------",
                                           "FSKXTEAM--------------------------"),
            any_text()};
}

DisciplineEntry any_entry(std::string_view discipline, const std::string& written) {
    DisciplineEntry entry;
    entry.discipline = discipline;
    entry.federation_id = any_text();
    for (int left = *rc::gen::inRange(0, 3); left > 0; --left)
        entry.events.push_back(any_event());
    entry.as_of = written;
    return entry;
}

void fill_person(Entrant& person) {
    person.function = *rc::gen::element<std::string>("", "AA01", "AA02", "JU", "COACH");
    const bool is_athlete = person.function.empty() || person.function.starts_with("AA");
    person.type = is_athlete ? 'A' : 'O';
    for (std::string* text :
         {&person.given_name, &person.family_name, &person.name, &person.birth_date,
          &person.birth_country, &person.residence_country, &person.nationality})
        *text = any_text();
}

void fill_team(Entrant& team) {
    team.organisation = *rc::gen::element<std::string>("", "ITA", "MIX", "MIX2");
    team.type = team.organisation.starts_with("MIX") ? 'G' : 'T';
    team.name = any_text();
    for (int left = *rc::gen::inRange(0, 4); left > 0; --left)
        team.members.push_back(std::to_string(1000000 + left));
}

EntrantList any_list() {
    EntrantList list;
    list.of_teams = *rc::gen::arbitrary<bool>();
    list.is_update = *rc::gen::arbitrary<bool>();
    OdfHeader& header = list.header;
    header.competition_code = "OWG2026";
    header.document_code = discipline_code("FSK");
    header.type = std::string(list.of_teams ? "DT_PARTIC_TEAMS" : "DT_PARTIC") +
                  (list.is_update ? "_UPDATE" : "");
    header.document_subcode = any_text();
    header.subtype = any_text();
    header.language = *rc::gen::element<std::string>("ENG", "FRA");
    header.version = *rc::gen::inRange(0, 1000);
    header.date = header.logical_date = "2026-02-01";
    header.time = "100000000";
    header.source = "GMS1";
    for (int count = *rc::gen::inRange(0, 5); count > 0; --count) {
        Entrant entrant;
        entrant.edition = kEdition;
        entrant.code = std::to_string(1000000 + count);
        entrant.status = any_text();
        entrant.gender = any_text();
        entrant.organisation = any_text();
        if (list.of_teams) {
            fill_team(entrant);
        } else {
            fill_person(entrant);
        }
        entrant.as_of = header.written();
        entrant.disciplines.push_back(any_entry("FSK", entrant.as_of));
        if (*rc::gen::arbitrary<bool>())
            entrant.disciplines.push_back(any_entry("SSK", entrant.as_of));
        list.entrants.push_back(std::move(entrant));
    }
    return list;
}

TEST(PeopleOdf, AnyListIsReadFromWhatIsWritten) {
    EXPECT_TRUE(rc::check([] {
        const EntrantList list = any_list();
        const std::string xml = write_entrants_odf(list);
        const auto again = parse_entrants_odf(xml);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->entrants == list.entrants);
        RC_ASSERT(again->of_teams == list.of_teams);
        RC_ASSERT(again->is_update == list.is_update);
        RC_ASSERT(write_entrants_odf(*again) == xml);  // and the same header
    }));
}

// ---- messages -----------------------------------------------------------------------------------

TEST(PeopleOdf, AMessageIsWrittenBackAsItCame) {
    EXPECT_EQ(canonical(write_entrants_odf(parsed(kPersons))), canonical(kPersons));
    EXPECT_EQ(canonical(write_entrants_odf(parsed(kTeams))), canonical(kTeams));
}

// Real names, dates and organisations: everybody entered on a day of Rio 2016.
TEST(PeopleOdf, RealPeopleComeOutAsTheyWent) {
    ALTIS_NEED_SHARED(xml, "rio2016/rio_entries_day_01.xml.gz");
    const auto document = codec::XmlDocument::parse(xml);
    ASSERT_TRUE(document);
    EntrantList list = parsed(kPersons);
    list.entrants.clear();
    std::set<std::string> codes;
    for (const auto athlete : document->root().child("athletes").children("athlete")) {
        Entrant entrant;
        entrant.edition = kEdition;
        entrant.code = athlete.child("id").text();
        if (entrant.code.empty() || !codes.insert(entrant.code).second) continue;
        entrant.given_name = athlete.child("firstname").text();
        entrant.family_name = athlete.child("lastname").text();
        entrant.organisation = athlete.child("country").text();
        entrant.gender = athlete.child("gender").text();
        entrant.birth_date = athlete.child("birthdate").text();
        entrant.as_of = list.header.written();
        entrant.disciplines = {{"ATH", "", {}, entrant.as_of}};
        list.entrants.push_back(std::move(entrant));
    }
    ASSERT_GT(list.entrants.size(), 100U);
    EXPECT_EQ(parsed(write_entrants_odf(list)).entrants, list.entrants);
}

// What is cut within a character is no text, and could not be kept.
TEST(PeopleOdf, ADisciplineIsThreeCapitalsOrDigits) {
    for (const char* code : {"F日本", "fsk", "FS", "F K"}) {
        std::string xml(kPersons);
        const std::string_view whole = "\n  <Discipline Code=\"FSK";
        xml.replace(xml.find(whole) + whole.size() - 3, 34, code);
        EXPECT_EQ(parse_entrants_odf(xml).error().reason, "odf.attribute_malformed") << code;
        xml = kPersons;
        xml.replace(xml.find("DocumentCode=\"FSK") + 14, 34, code);
        EXPECT_EQ(parse_entrants_odf(xml).error().reason, "odf.attribute_malformed") << code;
    }
}

// ---- what the book writes -----------------------------------------------------------------------

class CurrentListTest : public testing::Test {
  protected:
    void SetUp() override { journal_.open_edition(kEdition); }
    void take(std::string_view xml) {
        EXPECT_GT(journal_.take(book_.receive(parsed(xml), fixture::now())), 0U);
    }
    // The same message about another moment, with other texts.
    static std::string changed(std::string_view xml,
                               std::initializer_list<std::pair<const char*, const char*>> changes) {
        std::string text(xml);
        for (const auto& [from, to] : changes) {
            const std::string_view what(from);
            std::size_t at = text.find(what);
            EXPECT_NE(at, std::string::npos) << from;
            while (at != std::string::npos) {
                text.replace(at, what.size(), to);
                at = text.find(what, at + std::string_view(to).size());
            }
        }
        return text;
    }
    std::string written(std::string_view discipline = "FSK", ListOf of = ListOf::kPersons) const {
        const auto list = book_.current_list(kEdition, discipline, of);
        return list ? write_entrants_odf(*list) : "";
    }

    ParticipantsBook book_;
    MemoryJournal journal_{book_};
};

TEST_F(CurrentListTest, WhatCameAsAWholeListGoesOutAsOne) {
    take(kPersons);
    take(kTeams);
    const std::string persons =
        changed(kPersons, {{"Version=\"7\"", "Version=\"1\""}, {"\"GMS\"", "\"ALTIS\""}});
    EXPECT_EQ(canonical(written()), canonical(persons));
    const std::string teams = changed(kTeams, {{"Language=\"FRA\"", ""}, {"\"GMS\"", "\"ALTIS\""}});
    EXPECT_EQ(canonical(written("FSK", ListOf::kTeams)), canonical(teams));
}

TEST_F(CurrentListTest, UpdatesAreInItAndWhoLeftIsNot) {
    take(kPersons);
    take(changed(kPersons, {{"DT_PARTIC", "DT_PARTIC_UPDATE"},
                            {"\"100000000\"", "\"120000000\""},
                            {"1000003", "1000009"}}));
    take(changed(kPersons, {{"\"100000000\"", "\"130000000\""}, {"1000003", "1000009"}}));
    const EntrantList list = parsed(written());
    ASSERT_EQ(list.entrants.size(), 2U);
    EXPECT_EQ(list.entrants[0].code, "1000002");
    EXPECT_EQ(list.entrants[1].code, "1000009");
    EXPECT_EQ(list.header.written(), "2026-02-01 130000000");
    EXPECT_EQ(list.header.type, "DT_PARTIC");
}

TEST_F(CurrentListTest, ItIsAboutOneDisciplineAlone) {
    take(kPersons);
    EXPECT_EQ(written("SSK"), "");
    take(changed(kPersons, {{"FSK", "SSK"}, {"\"100000000\"", "\"110000000\""}, {"17", "18"}}));
    EXPECT_EQ(book_.find(kEdition, "1000002")->disciplines.size(), 2U);
    EXPECT_EQ(written("SSK").find("FSK"), std::string::npos);
    EXPECT_EQ(written("FSK").find("SSK"), std::string::npos);
    EXPECT_EQ(written("FSK", ListOf::kTeams), "");
    EXPECT_EQ(written("F"), "");
}

// An update claims nothing about those it does not have; a whole list would say that they left.
TEST_F(CurrentListTest, WithoutAnyWholeListItIsAnUpdate) {
    take(changed(kPersons, {{"DT_PARTIC", "DT_PARTIC_UPDATE"}}));
    EXPECT_EQ(parsed(written()).header.type, "DT_PARTIC_UPDATE");
    ParticipantsBook other;
    MemoryJournal journal(other);
    journal.open_edition(kEdition);
    EXPECT_EQ(journal.take(other.receive(parsed(written()), fixture::now())), 2U);
    EXPECT_EQ(other.find(kEdition, "1000002")->birth_date, "2000-04-09");
}

// A list of all Games covers every discipline that it names somebody in.
TEST_F(CurrentListTest, AListOfTheWholeGamesCoversEachOfItsDisciplines) {
    take(changed(kPersons, {{"DocumentCode=\"FSK", "DocumentCode=\"GEN"}}));
    EXPECT_EQ(parsed(written("FSK")).header.type, "DT_PARTIC");
    EXPECT_EQ(parsed(written("FSK")).entrants.size(), 2U);
    EXPECT_EQ(written("SSK"), "");
    EXPECT_EQ(written("GEN"), "");  // it would say that everybody left
}

TEST_F(CurrentListTest, WhatIsWrittenChangesNothingWhereItCameFrom) {
    take(kPersons);
    const std::string before = written();
    journal_.take(book_.receive(parsed(before), fixture::now()));
    EXPECT_EQ(canonical(written()), canonical(before));
    EXPECT_EQ(journal_.take(book_.receive(parsed(before), fixture::now())), 0U);
}

}  // namespace
}  // namespace altis::results
