#include "results/people/persons_book.h"

#include <gtest/gtest.h>

#include "results/awards/history_import.h"
#include "results/people/participants_book.h"
#include "results/results_fixture.h"

namespace altis::results {
namespace {

using codec::Json;

TEST(Names, DriftIsSeenAndOtherNamesAreNot) {
    EXPECT_EQ(name_words("Min-jung O'NEIL"), (std::vector<std::string>{"min", "jung", "oneil"}));
    EXPECT_EQ(compare_names("Noah LYLES", "noah lyles"), Likeness::kSame);
    EXPECT_EQ(compare_names("Björn Ødegård", "BJORN ODEGARD"), Likeness::kSame);
    EXPECT_EQ(compare_names("LYLES Noah", "Noah LYLES"), Likeness::kReordered);
    EXPECT_EQ(compare_names("KIM Minjung", "Min-jung Kim"), Likeness::kReordered);
    EXPECT_EQ(compare_names("Alexander POPOV", "Aleksander POPOV"), Likeness::kUnlike);
    EXPECT_EQ(compare_names("Alexandr POPOV", "Aleksandr POPOV"), Likeness::kUnlike);
    EXPECT_EQ(compare_names("Mikhail POPOV", "Mihail POPOV"), Likeness::kNear);
    EXPECT_EQ(compare_names("M. POPOV", "Mikhail POPOV"), Likeness::kNear);
    EXPECT_EQ(compare_names("Michael Fred PHELPS", "Michael PHELPS"), Likeness::kPart);
    EXPECT_EQ(compare_names("Michael PHELPS", "Brian PHELPS"), Likeness::kUnlike);
    EXPECT_EQ(compare_names("", "Brian"), Likeness::kUnlike);
}

class PersonsTest : public testing::Test {
  protected:
    void enter(std::string_view edition, std::string_view code, std::string_view name,
               std::string_view federation_id = "", std::string_view birth_date = "",
               std::string_view discipline = "FSK") {
        Entrant entrant;
        entrant.edition = edition;
        entrant.code = code;
        entrant.given_name = name.substr(0, name.find(' '));
        entrant.family_name = name.substr(name.find(' ') + 1);
        entrant.organisation = "JPN";
        entrant.birth_date = birth_date;
        entrant.disciplines = {{std::string(discipline), std::string(federation_id), {}}};
        apply(records::kEntered, edition, to_json(entrant));
    }
    void apply(std::string_view type, std::string_view topic, const Json& json) {
        payloads_.push_back({std::string(type), std::string(topic), json.to_string()});
        journal::Record record;
        record.offset = payloads_.size();
        record.time = fixture::now();
        record.type = payloads_.back()[0];
        record.topic = payloads_.back()[1];
        record.payload = payloads_.back()[2];
        for (journal::Book* book :
             {static_cast<journal::Book*>(&awards_), static_cast<journal::Book*>(&persons_)})
            book->apply(record);
    }
    std::size_t appearances(std::string_view id) const {
        const auto person = persons_.person(id);
        return person ? person->appearances.size() : 0;
    }
    std::vector<PersonCandidate> candidates(std::string_view id) const {
        return persons_.candidates(*persons_.person(id));
    }

    ResultsBook results_;
    AwardsBook awards_{results_};
    PersonsBook persons_{results_, awards_};
    std::vector<std::array<std::string, 3>> payloads_;
};

TEST_F(PersonsTest, OneFederationIdIsOnePersonHoweverTheNameIsSpelt) {
    enter("owg2022", "17", "Kaori SAKAMOTO", "4711", "2000-04-09");
    enter("owg2026", "1000002", "Kaori SAKAMOTTO", "4711", "2000-04-09");
    enter("owg2026", "1000003", "Kaori SAKAMOTO", "4712");
    const auto person = persons_.person("skating-4711");
    ASSERT_TRUE(person);
    ASSERT_EQ(person->appearances.size(), 2U);
    EXPECT_EQ(person->appearances[1]->names.at(0).name, "Kaori SAKAMOTTO");
    EXPECT_TRUE(person->contradictions.empty());
    EXPECT_EQ(persons_.person("owg2022/17")->id, "skating-4711");
    EXPECT_EQ(persons_.person("owg2022/FSK/17")->id, "skating-4711");
    EXPECT_EQ(appearances("skating-4712"), 1U);
    EXPECT_TRUE(candidates("skating-4711").empty());  // the same name, but another id
    EXPECT_EQ(persons_.search("sakamoto kaori").size(), 2U);
    EXPECT_EQ(persons_.person("skating-9").error().reason, "results.unknown_person");
}

TEST_F(PersonsTest, WithoutAFederationIdThereIsACandidateAndNoMerge) {
    enter("owg2022", "17", "Kaori SAKAMOTO", "", "2000-04-09");
    enter("owg2026", "1000002", "SAKAMOTO Kaori", "4711", "2000-04-09");
    EXPECT_EQ(appearances("skating-4711"), 1U);
    const auto found = candidates("skating-4711");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].id, "owg2022/FSK/17");
    EXPECT_EQ(found[0].confidence, kMostPersonConfidence);
    EXPECT_EQ(found[0].reasons,
              (std::vector<std::string>{"names: reordered", "same birth date", "same organisation",
                                        "same sport", "4 years between"}));
    enter("owg2022", "17", "Kaori SAKAMOTO", "4711", "2000-04-09");  // now it is known
    EXPECT_EQ(appearances("skating-4711"), 2U);
    EXPECT_TRUE(candidates("skating-4711").empty());
}

TEST_F(PersonsTest, OtherBirthDatesAreTwoPersonsAndOneIdWithTwoDatesIsSaid) {
    enter("owg2022", "17", "Kaori SAKAMOTO", "", "2000-04-09");
    enter("owg2026", "18", "Kaori SAKAMOTO", "", "2001-04-09");
    EXPECT_TRUE(candidates("owg2022/FSK/17").empty());
    enter("owg2022", "27", "Kaori SAKAMOTO", "5", "2000-04-09");
    enter("owg2026", "28", "Ami NAKAI", "5", "2001-04-09");
    EXPECT_EQ(persons_.person("skating-5")->contradictions,
              (std::vector<std::string>{"name_differs", "birth_date_differs"}));
}

TEST_F(PersonsTest, BirthDatesAndWhatIsSaidOfThemAreForWhoMaySeeThem) {
    enter("owg2022", "17", "Kaori SAKAMOTO", "", "2000-04-09");
    enter("owg2026", "18", "Kaori SAKAMOTO", "", "2000-04-09");
    enter("owg2022", "27", "Ami NAKAI", "5", "2000-04-09");
    enter("owg2026", "28", "Ami NAKAI", "5", "2001-04-09");
    const auto told = [this](std::string_view id, Personal personal) {
        return persons_.describe(*persons_.person(id), personal).to_string();
    };
    for (const char* id : {"owg2022/FSK/17", "skating-5"}) {
        const std::string hidden = told(id, Personal::kHidden);
        EXPECT_EQ(hidden.find("-04-09"), std::string::npos) << hidden;
        EXPECT_EQ(hidden.find("birth"), std::string::npos) << hidden;
        EXPECT_NE(told(id, Personal::kShown).find("\"birth_date\":\"2000-04-09\""),
                  std::string::npos);
    }
    EXPECT_NE(told("owg2022/FSK/17", Personal::kShown).find("same birth date"), std::string::npos);
    EXPECT_NE(told("skating-5", Personal::kShown).find("birth_date_differs"), std::string::npos);
}

TEST_F(PersonsTest, OneCodeInTwoDisciplinesIsOnePersonAndFederationsKeepTheirIds) {
    enter("og2024", "1", "Anna MUELLER", "7", "", "SWM");
    enter("og2024", "1", "Anna MUELLER", "7", "", "OWS");
    enter("og2024", "2", "Anna MUELLER", "7", "", "JUD");
    EXPECT_EQ(appearances("aquatics-7"), 2U);
    EXPECT_EQ(appearances("jud-7"), 1U);
    EXPECT_TRUE(candidates("jud-7").empty());  // another code in the same edition
}

TEST_F(PersonsTest, ACorrectedFederationIdMovesThePerson) {
    enter("owg2022", "17", "Kaori SAKAMOTO", "1");
    enter("owg2026", "18", "Kaori SAKAMOTO", "2");
    enter("owg2022", "17", "Kaori SAKAMOTO", "2");
    EXPECT_EQ(appearances("skating-2"), 2U);
    EXPECT_EQ(appearances("skating-1"), 0U);
}

TEST_F(PersonsTest, TheHistoryOfTheGamesIsSearchedAndItsMedalsAreShown) {
    ALTIS_NEED_SHARED(csv, "history/medallists_1896_2024_no2020.csv.gz");
    const auto history = read_history(csv, std::nullopt);
    ASSERT_TRUE(history);
    for (const auto& [id, name] : history->editions)
        apply("rights.edition_opened", id, Json::object({{"id", id}}));
    for (const AwardList& list : history->lists)
        apply(records::kAwarded, list.place.edition, to_json(list));
    EXPECT_GT(persons_.appearances(), 25'000U);

    const auto found = persons_.search("michael phelps");
    ASSERT_GE(found.size(), 3U);  // 2008, 2012 and, as "PHELPS Michael", 2016: none is merged
    EXPECT_EQ(found.front().appearances.size(), 1U);
    std::size_t medals = 0;
    for (const Person& person : found) {
        const auto& name = person.appearances[0]->names[0].name;
        if (compare_names(name, "Michael PHELPS") <= Likeness::kReordered) {
            medals += persons_.describe(person, Personal::kHidden)["medals"].items().size();
        }
    }
    EXPECT_EQ(medals, 17U);
    const auto candidates = persons_.candidates(found.front());
    ASSERT_GE(candidates.size(), 2U);
    EXPECT_EQ(candidates.front().confidence, 850'000U);

    const std::string bytes = fixture::saved(persons_);
    PersonsBook loaded(results_, awards_);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(fixture::saved(loaded), bytes);
    EXPECT_EQ(loaded.search("michael phelps").size(), found.size());
}

}  // namespace
}  // namespace altis::results
