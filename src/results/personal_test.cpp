#include "results/personal.h"

#include <gtest/gtest.h>

#include "results/formats/formats.h"
#include "results/people/participants_book.h"
#include "results/results_fixture.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kBirthDate = "1987-06-05";

// A version of the free skate that says more than results need.
Publication publication() {
    Publication made;
    made.edition = "owg2026";
    made.unit = fixture::kFreeSkate;
    made.version = 3;
    made.status = ResultStatus::kOfficial;
    made.written = "2026-02-19 210405000";
    made.note = "born to win";
    for (const fixture::Skater& skater : fixture::skaters()) {
        made.lines.push_back(fixture::line_of(skater));
        made.lines.back().competitor.members.front().birth_date = kBirthDate;
    }
    const Element home{"Residence", {{"City", "Oslo"}}, "", {}};
    const Element coach{"Coach", {{"Code", "9"}, {"BirthDate", "1961-02-03"}}, "", {home}};
    made.lines.front().extras = {
        {"Competitor/Composition/Athlete:1/Description", {{"CountryofBirth", "NOR"}}, {}},
        {"Competitor", {{"Bib", "6"}}, {{0, coach}, {1, home}}}};
    return made;
}

TEST(Personal, NamesThatSayIt) {
    for (const char* name : {"birth_date", "BirthDate", "CountryofBirth", "PLACE_OF_BIRTH",
                             "CountryofResidence", "residence_country", "GInterest/Born", "born"}) {
        EXPECT_TRUE(is_personal(name)) << name;
    }
    for (const char* name : {"name", "date", "nationality", "organisation", "gender",
                             "federation_id", "set_at", "Hillborn", "Born/Team"}) {
        EXPECT_FALSE(is_personal(name)) << name;
    }
}

TEST(Personal, APublicationKeepsAllElse) {
    const Publication left = without_personal(publication());
    Publication expected = publication();
    for (ResultLine& line : expected.lines)
        line.competitor.members.front().birth_date.clear();
    Extras& extras = expected.lines.front().extras;
    extras[0].attributes.clear();
    extras[1].elements = {{0, {"Coach", {{"Code", "9"}}, "", {}}}};
    EXPECT_EQ(left, expected);
    EXPECT_EQ(without_personal(expected), expected);
}

TEST(Personal, NoFormatWritesIt) {
    Unit unit = fixture::medal_unit(fixture::kFreeSkate);
    for (const std::string_view name : formats::kFormatNames) {
        const auto format = formats::parse_format(name);
        ASSERT_TRUE(format);
        formats::ResultList list;
        list.name = "owg2026";
        list.units.push_back({unit, without_personal(publication())});
        const auto text = formats::write_results(list, *format);
        if (!text) continue;  // a format of other sports, or one that is only read
        EXPECT_EQ(text->find(kBirthDate), std::string::npos) << name;
        EXPECT_EQ(text->find("1961"), std::string::npos) << name;
        EXPECT_EQ(text->find("Oslo"), std::string::npos) << name;
    }
}

TEST(Personal, ARecordsTextIsTheSameWhenItSaysNothingPersonal) {
    const std::string record = to_json(publication()).to_string();
    const std::string left = without_personal_text(record);
    EXPECT_EQ(left, to_json(without_personal(publication())).to_string());
    EXPECT_EQ(without_personal_text(left), left);
    const std::string odd = R"({ "note" : "Birthe was born", "n": 1 })";
    EXPECT_EQ(without_personal_text(odd), odd);
}

TEST(Personal, AWordIsFoundWhereverItStands) {
    for (const std::string word : {"birth", "RESIDENCE", "Born"}) {
        for (std::size_t before = 0; before < 40; ++before) {
            for (const std::size_t after : {0, 1, 20}) {
                const std::string name = word == "Born" ? "/Born" : word;
                const Json record = Json::object(
                    {{std::string(before, 'r') + name, "x"}, {std::string(after, 'b'), "re"}});
                const std::string left = without_personal_text(record.to_string());
                const Json kept = Json::object({{std::string(after, 'b'), "re"}});
                EXPECT_EQ(left, kept.to_string()) << word << " behind " << before;
            }
        }
    }
}

TEST(Personal, AnEntrantKeepsWhatResultsNeed) {
    Entrant entrant;
    entrant.edition = "owg2026";
    entrant.code = "1";
    entrant.family_name = "BORN";
    entrant.nationality = "NOR";
    entrant.gender = "F";
    entrant.disciplines = {{"FSK", "17", {{"FSKWSINGLES-----------------------", "3"}}}};
    Entrant whole = entrant;
    whole.birth_date = kBirthDate;
    whole.birth_country = "TUV";
    whole.residence_country = "VUT";
    EXPECT_EQ(without_personal(whole), entrant);
    EXPECT_EQ(without_personal(to_json(whole)), to_json(entrant));
}

TEST(Personal, ABiographyLosesFieldsByNameAndByTheDateItself) {
    Biography biography;
    biography.code = "1";
    for (const char* name : {"General/BirthCity", "GInterest/Born", "GInterest/Family"})
        biography.fields.push_back({name, FieldKind::kText, "Oslo"});
    biography.fields.push_back({"GInterest/Start", FieldKind::kText, "on 1987-06-05, with a cake"});
    const auto names = [&](std::string_view birth_date) {
        std::vector<std::string> left;
        for (const BiographyField& field : without_personal(biography, birth_date).fields)
            left.push_back(field.name);
        return left;
    };
    EXPECT_EQ(names(kBirthDate), std::vector<std::string>{"GInterest/Family"});
    EXPECT_EQ(names(""), (std::vector<std::string>{"GInterest/Family", "GInterest/Start"}));
}

// What the book answers while results happen, to streams and feeds too.
TEST(Personal, AUnitIsToldWithoutItUnlessItMayBeShown) {
    ResultsBook book;
    fixture::MemoryJournal journal(book);
    journal.open_edition("owg2026");
    journal.take(book.register_unit(fixture::medal_unit(fixture::kFreeSkate)));
    OdfMessage message = fixture::free_skate(1, ResultStatus::kOfficial);
    message.results.front().competitor.members.front().birth_date = kBirthDate;
    ASSERT_EQ(journal.take(book.receive(message, fixture::now())), 1U);
    const UnitKey key = fixture::in_games(fixture::kFreeSkate);
    EXPECT_EQ(book.unit(key).to_string().find(kBirthDate), std::string::npos);
    EXPECT_EQ(book.unit(key, 1).to_string().find(kBirthDate), std::string::npos);
    const Json shown = book.unit(key, Personal::kShown);
    EXPECT_NE(shown.to_string().find(kBirthDate), std::string::npos);
    EXPECT_EQ(without_personal(shown), book.unit(key));
}

}  // namespace
}  // namespace altis::results
