#include "results/people/participants_book.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

using fixture::MemoryJournal;

constexpr std::string_view kFigureSkating = "FSK-------------------------------";
constexpr std::string_view kSingles = "FSKWSINGLES-----------------------";

std::string body(std::string_view type, std::string_view time, std::string_view content,
                 std::string_view code = kFigureSkating, std::string_view more = "") {
    return "<OdfBody CompetitionCode=\"OWG2026\" DocumentCode=\"" + std::string(code) +
           "\" DocumentType=\"" + std::string(type) +
           "\" Version=\"1\" FeedFlag=\"P\" Date=\"2026-02-01\" Time=\"" + std::string(time) +
           "\" LogicalDate=\"2026-02-01\" Source=\"GMS\" " + std::string(more) + ">" +
           std::string(content) + "</OdfBody>";
}

std::string person(std::string_view code, std::string_view family_name,
                   std::string_view discipline = kFigureSkating) {
    return "<Participant Code=\"" + std::string(code) +
           "\" Status=\"ACTIVE\" GivenName=\"Kaori\" FamilyName=\"" + std::string(family_name) +
           "\" Gender=\"F\" Organisation=\"JPN\" BirthDate=\"2000-04-09\" MainFunctionId=\"AA01\">"
           "<Discipline Code=\"" +
           std::string(discipline) + "\" IFId=\"17\"><RegisteredEvent Event=\"" +
           std::string(kSingles) + "\" Bib=\"3\"/></Discipline></Participant>";
}

std::string list_of(std::string_view type, std::string_view time, std::string_view people) {
    return body(type, time, "<Competition>" + std::string(people) + "</Competition>");
}

EntrantList parsed(const std::string& xml) {
    auto list = parse_entrants_odf(xml);
    EXPECT_TRUE(list) << list.error().message;
    return list.value_or(EntrantList{});
}

class ParticipantsTest : public testing::Test {
  protected:
    void SetUp() override { journal_.open_edition("owg2026"); }
    std::size_t take(const std::string& xml) {
        return journal_.take(book_.receive(parsed(xml), fixture::now()));
    }
    std::size_t take_biography(const std::string& xml) {
        const auto document = parse_odf_xml(xml);
        EXPECT_TRUE(document);
        const auto header = read_odf_header(document->root());
        EXPECT_TRUE(header);
        auto biographies = parse_biography_odf(*header, document->root());
        EXPECT_TRUE(biographies) << biographies.error().message;
        return journal_.take(book_.receive(*biographies));
    }
    std::string family_name() const {
        const Entrant* entrant = book_.find("owg2026", "1000002");
        return entrant == nullptr ? "" : entrant->family_name;
    }

    ParticipantsBook book_;
    MemoryJournal journal_{book_};
};

TEST_F(ParticipantsTest, AListIsTakenWithEveryField) {
    EXPECT_EQ(take(list_of("DT_PARTIC", "100000000", person("1000002", "SAKAMOTO"))), 2U);
    const Entrant* entrant = book_.find("owg2026", "1000002");
    ASSERT_NE(entrant, nullptr);
    EXPECT_EQ(display_name(*entrant), "Kaori SAKAMOTO");
    EXPECT_EQ(entrant->type, 'A');
    EXPECT_EQ(entrant->birth_date, "2000-04-09");
    ASSERT_NE(entrant->in_discipline("FSK"), nullptr);
    EXPECT_EQ(entrant->in_discipline("FSK")->federation_id, "17");
    EXPECT_EQ(entrant->in_discipline("FSK")->events.at(0).bib, "3");
    EXPECT_EQ(book_.list("owg2026", {"FSK", kSingles, "JPN", "A"}).size(), 1U);
    EXPECT_EQ(book_.list("owg2026", {"SSK", "", "", ""}).size(), 0U);
    EXPECT_EQ(take(list_of("DT_PARTIC", "100000000", person("1000002", "SAKAMOTO"))), 0U);
}

TEST_F(ParticipantsTest, TheNewestListWinsWhateverTheOrderOfArrival) {
    take(list_of("DT_PARTIC", "100000000", person("1000002", "SAKAMOTO")));
    take(list_of("DT_PARTIC_UPDATE", "120000000", person("1000002", "SAKAMOTO K")));
    EXPECT_EQ(take(list_of("DT_PARTIC_UPDATE", "110000000", person("1000002", "OLD"))), 0U);
    EXPECT_EQ(family_name(), "SAKAMOTO K");
    EXPECT_EQ(take(list_of("DT_PARTIC", "090000000", person("1000009", "LATE"))), 0U);
    EXPECT_EQ(book_.find("owg2026", "1000009"), nullptr);
}

TEST_F(ParticipantsTest, WhoIsMissingInALaterWholeListHasLeftTheDisciplineAlone) {
    const std::string other = "SSK-------------------------------";
    take(list_of("DT_PARTIC", "100000000",
                 person("1000002", "SAKAMOTO") + person("1000003", "NAKAI")));
    journal_.take(book_.receive(
        parsed(body("DT_PARTIC", "103000000",
                    "<Competition>" + person("1000003", "NAKAI", other) + "</Competition>", other)),
        fixture::now()));
    take(list_of("DT_PARTIC", "110000000", person("1000002", "SAKAMOTO")));
    const Entrant* entrant = book_.find("owg2026", "1000003");
    ASSERT_NE(entrant, nullptr);
    EXPECT_TRUE(entrant->in_discipline("FSK")->left);
    EXPECT_FALSE(entrant->in_discipline("SSK")->left);
    take(list_of("DT_PARTIC_UPDATE", "120000000", person("1000003", "NAKAI")));
    EXPECT_FALSE(book_.find("owg2026", "1000003")->in_discipline("FSK")->left);
}

TEST_F(ParticipantsTest, AListThatShrinksIsRefused) {
    std::string people;
    for (int i = 0; i < 40; ++i)
        people += person("10001" + std::to_string(10 + i), "NAME");
    take(list_of("DT_PARTIC", "100000000", people));
    EXPECT_EQ(take(list_of("DT_PARTIC", "110000000", person("1000110", "NAME"))), 0U);
    EXPECT_EQ(journal_.last_refusal().reason, "results.participants_shrink");
    EXPECT_EQ(book_.list("owg2026", {"FSK", "", "", ""}).size(), 40U);
}

TEST_F(ParticipantsTest, ATeamHasMembersAndAMixedOneIsAGroup) {
    take(list_of("DT_PARTIC_TEAMS", "100000000",
                 "<Team Code=\"T1\" Organisation=\"ITA\" Name=\"Italy\"><Composition>"
                 "<Athlete Code=\"1\" Order=\"1\"/><Athlete Code=\"2\" Order=\"2\"/></Composition>"
                 "</Team><Team Code=\"T2\" Organisation=\"MIX1\" Name=\"Mixed\"/>"));
    EXPECT_EQ(book_.find("owg2026", "T1")->members, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(book_.find("owg2026", "T1")->type, 'T');
    EXPECT_EQ(book_.find("owg2026", "T2")->type, 'G');
}

TEST_F(ParticipantsTest, AStartListIsComparedWithTheEntries) {
    const OdfMessage start_list = fixture::free_skate(1, ResultStatus::kStartList);
    const auto check = [&] {
        std::vector<std::string> names;
        for (const Warning& warning :
             book_.check_lines("owg2026", fixture::kFreeSkate, start_list.results))
            names.push_back(warning.name + " " + warning.detail.substr(0, 18));
        return names;
    };
    EXPECT_TRUE(check().empty());
    std::string american = person("1000001", "LIU");  // entered for JPN, starts for USA
    std::string pairs = person("1000003", "NAKAI");
    pairs.replace(pairs.find(kSingles), kSingles.size(), "FSKXPAIRS-------------------------");
    take(list_of("DT_PARTIC", "100000000", american + pairs));
    EXPECT_EQ(check(),
              (std::vector<std::string>{"participants.organisation_differs competitor 1000001",
                                        "participants.unknown competitor 1000002",
                                        "participants.not_entered 1000003 is not ent"}))
        << testing::PrintToString(check());
}

TEST_F(ParticipantsTest, BiographiesAreFieldsByLanguageAndVersion) {
    const auto biography = [](int version, std::string_view content) {
        std::string xml = body("DT_BIO_PAR", "100000000", content, "1000002");
        xml.replace(xml.find("Version=\"1\""), 11, "Version=\"" + std::to_string(version) + "\"");
        return xml;
    };
    const std::string first = biography(
        1,
        "<Competition><ParticipantBiography Code=\"1000002\"><Language Language=\"ENG\">"
        "<GInterest><Family>two sisters</Family><Start Value=\"2004\"/></GInterest></Language>"
        "<Language Language=\"FRA\"><GInterest><Family>deux soeurs</Family></GInterest></Language>"
        "</ParticipantBiography></Competition>");
    EXPECT_EQ(take_biography(first), 2U);
    EXPECT_EQ(take_biography(first), 0U);
    const Biography* english =
        book_.biography("owg2026", BiographyOf::kParticipant, "1000002", "ENG");
    ASSERT_NE(english, nullptr);
    ASSERT_EQ(english->fields.size(), 2U);
    EXPECT_EQ(english->fields[0],
              (BiographyField{"GInterest/Family", FieldKind::kText, "two sisters"}));
    EXPECT_EQ(english->fields[1], (BiographyField{"GInterest/Start", FieldKind::kNumber, "2004"}));

    take_biography(biography(2,
                             "<Competition><ParticipantBiography><Language Language=\"ENG\">"
                             "<Born>2000-04-09</Born></Language></ParticipantBiography>"
                             "</Competition>"));
    english = book_.biography("owg2026", BiographyOf::kParticipant, "1000002", "ENG");
    EXPECT_EQ(english->fields.at(0).kind, FieldKind::kDate);
    EXPECT_EQ(take_biography(biography(2, "")), 1U);  // withdrawn
    english = book_.biography("owg2026", BiographyOf::kParticipant, "1000002", "ENG");
    EXPECT_EQ(english->version, 1);
    EXPECT_EQ(take_biography(biography(7, "")), 0U);
    EXPECT_EQ(journal_.last_refusal().reason, "results.version_unknown");
}

TEST_F(ParticipantsTest, DefectsAreNamedAndStrictOnesRefused) {
    const std::string blank = list_of(
        "DT_PARTIC", "100000000",
        "<Participant Code=\"1\" BirthDate=\"9 April\"><Discipline Code=\"FSK\">"
        "<RegisteredEvent Event=\"FSKW\"/></Discipline></Participant><Participant Code=\"1\"/>");
    std::vector<std::string> names;
    const EntrantList list_with_defects = parsed(blank);
    for (const Warning& warning : list_with_defects.warnings)
        names.push_back(warning.name);
    EXPECT_EQ(names, (std::vector<std::string>{"odf.name_blank", "odf.birth_date_malformed",
                                               "odf.event_malformed", "odf.competitor_repeated"}));
    EXPECT_EQ(parse_entrants_odf(blank, OdfMode::kStrict).error().reason, "odf.name_blank");
    EXPECT_EQ(
        parse_entrants_odf(list_of("DT_PARTIC", "100000000", "<Participant/>")).error().reason,
        "odf.attribute_missing");
    EXPECT_EQ(parse_entrants_odf(body("DT_PARTIC", "100000000", "")).error().reason,
              "odf.competition_missing");
    auto list = parsed(list_of("DT_PARTIC", "100000000", ""));
    list.header.competition_code = "OWG2030";
    EXPECT_EQ(book_.receive(list, fixture::now()).error().reason, "results.unknown_edition");
}

TEST_F(ParticipantsTest, ASnapshotAndAReplayGiveTheSame) {
    take(list_of("DT_PARTIC", "100000000",
                 person("1000002", "SAKAMOTO") + person("1000003", "NAKAI")));
    take(list_of("DT_PARTIC", "110000000", person("1000002", "SAKAMOTO")));
    take_biography(body("DT_BIO_PAR", "100000000",
                        "<Competition><ParticipantBiography><Language><A>b</A></Language>"
                        "</ParticipantBiography></Competition>",
                        "1000002"));
    ParticipantsBook replayed;
    journal_.replay(replayed);
    EXPECT_EQ(fixture::saved(replayed), fixture::saved(book_));
    ParticipantsBook loaded;
    const std::string bytes = fixture::saved(book_);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(fixture::saved(loaded), bytes);
}

}  // namespace
}  // namespace altis::results
