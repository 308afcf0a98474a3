#include "results/formats/formats.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "codec/text.h"
#include "codec/xml.h"
#include "results/formats/texts.h"
#include "results/medals.h"
#include "results/results_fixture.h"
#include "results/rsc.h"

namespace altis::results::formats {
namespace {

using namespace fixture;

ReadOptions options() {
    return {"owg2026", 1, "2026-02-19", ""};
}

ResultList read(std::string_view text, Format format) {
    auto list = read_results(text, format, options());
    EXPECT_TRUE(list) << list.error().message;
    return list ? *std::move(list) : ResultList{};
}

std::string written(const ResultList& list, Format format) {
    auto text = write_results(list, format);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
}

std::string reason_of(std::string_view text, Format format) {
    const auto list = read_results(text, format, options());
    return list ? "read" : list.error().reason;
}

// A list with one unit of the free skate.
ResultList skates() {
    UnitResult unit = new_unit(options(), kFreeSkate);
    unit.unit.name = "Free \"Skating\", <final>";
    unit.unit.medals = MedalUnit::kAll;
    for (const Skater& skater : skaters())
        unit.publication.lines.push_back(line_of(skater));
    ResultList list;
    list.name = "Games";
    list.units.push_back(std::move(unit));
    return list;
}

ResultLine swimmer(std::string_view code, std::string_view nation, int rank,
                   std::string_view time) {
    ResultLine line;
    Member member{std::string(code), "Given", "FAMILY" + std::string(code), std::string(nation)};
    member.gender = "M";
    member.birth_date = "2001-02-03";
    line.competitor = {
        std::string(code), CompetitorType::kAthlete, std::string(nation), "", {member}};
    line.rank = rank;
    line.result = time;
    line.result_type = "TIME";
    return line;
}

UnitResult race(std::string_view rsc) {
    UnitResult unit = new_unit(options(), rsc);
    ResultLine first = swimmer("1", "AUS", 1, "1:46.78");
    first.start_order = 4;
    first.extended = {{"ER", "REACT", "", "+66", "", 0, false, 0, ""},
                      {"PROGRESS", "SPLIT", "50", "24.91", "", 0, false, 0, ""},
                      {"PROGRESS", "SPLIT", "100", "51.05", "", 0, false, 0, ""}};
    ResultLine second = swimmer("2", "ROU", 2, "1:47.00");
    ResultLine third = swimmer("3", "AUS", 2, "1:47.00");
    second.rank_equal = third.rank_equal = true;
    ResultLine last = swimmer("4", "GER", 0, "");
    last.irm = "DSQ";
    last.result_type = "IRM";
    unit.publication.lines = {first, second, third, last};
    return unit;
}

TEST(Formats, CsvAndNdjsonGiveBackWhatWasWritten) {
    ResultList list = skates();
    list.units[0].publication.lines[1].competitor.bib = "7, \"B\"";
    list.units[0].publication.lines[2].irm = "DSQ";
    for (const Format format : {Format::kCsv, Format::kNdjson}) {
        const ResultList again = read(written(list, format), format);
        EXPECT_EQ(again.units, list.units) << to_string(format);
        EXPECT_EQ(again.rows, 3U);
        EXPECT_TRUE(again.refused.empty());
    }
}

TEST(Formats, ARowThatIsWrongIsRefusedAndTheOthersAreTaken) {
    std::string text = written(skates(), Format::kCsv);
    const std::size_t at = text.find("1000002,A");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, 7, "       ");
    const std::string wrong = "FSKW" + text.substr(text.find("\r\n") + 2);
    const ResultList list = read(text.substr(0, text.find("\r\n") + 2) + wrong, Format::kCsv);
    EXPECT_EQ(list.rows, 3U);
    ASSERT_EQ(list.refused.size(), 1U);
    EXPECT_EQ(list.refused[0].code, "rsc.wrong_length");
    EXPECT_EQ(list.refused[0].place, "line 2");
}

TEST(Formats, AValueThatDoesNotExistIsRefusedByName) {
    std::string text = written(skates(), Format::kNdjson);
    text.replace(text.find("\"type\":\"A\""), 10, "\"type\":\"\u00e9\"");
    const ResultList list = read(text, Format::kNdjson);
    EXPECT_TRUE(list.units.empty());
    ASSERT_EQ(list.refused.size(), 1U);
    EXPECT_EQ(list.refused[0].code, "import.value_malformed");
}

TEST(Formats, LenexGivesBackRacesHeatsAndSplits) {
    ResultList list;
    list.name = "Games";
    list.units = {race("SWMM200MFR------------FNL-000100--"),
                  race("SWMM200MFR------------HEAT000100--"),
                  race("SWMM200MFR------------HEAT000300--")};
    const ResultList again = read(written(list, Format::kLenex), Format::kLenex);
    EXPECT_EQ(again.units, list.units);
    EXPECT_EQ(again.name, "Games");
    EXPECT_EQ(again.rows, 12U);
}

// One swimmer over 200 m in a zipped meet.lef, made by Python's zipfile.
const std::string kZippedMeet =
    "UEsDBBQAAAAIAAAAU1wS/yEnGwEAAOoBAAAIAAAAbWVldC5sZWZNUe9PgzAQ/Veaft8oc2pcgATNoSSAycqm+4ij"
    "aiOUBMqM/73X8mN8eq9317v37rwEMngnF9F2slE+vVkzGngpQM4HIKqohU9TITQmOHAev2Z8ZkT19YdofepSUhYa"
    "Kzdsc7dim5X7gPVwhMx0skjERSgtS1u8+PclVGloSknb9ArzUZyZYW9xyvNTAqSUnS7U2XZnWCWq4u+Mpdr+73Tb"
    "/GAu2gNQJ/AcO21CnO6MYq8Mg0/J4XEE9Kit+2gf4twwf0kgBz4zUujvSmhhpN9T8inbTg9reZZoiZKqmAJRmMbJ"
    "aekp8PbAD4nRMRCU3/XVtIflTrpfWWtp2jC2Y+5uu13fMutobuGMkq7MBI2JEczT3G0E87QnDv4BUEsBAhQDFAAA"
    "AAgAAABTXBL/IScbAQAA6gEAAAgAAAAAAAAAAAAAAIABAAAAAG1lZXQubGVmUEsFBgAAAAABAAEANgAAAEEBAAAA"
    "AA==";

TEST(Formats, LenexIsReadZippedToo) {
    const auto zipped = codec::from_base64(kZippedMeet);
    ASSERT_TRUE(zipped);
    const ResultList list = read(*zipped, Format::kLenex);
    EXPECT_EQ(list.name, "Meet");
    ASSERT_EQ(list.units.size(), 1U);
    EXPECT_EQ(list.units[0].unit.rsc, "SWMM200MFR------------FNL-000100--");
    ASSERT_EQ(list.units[0].publication.lines.size(), 1U);
    EXPECT_EQ(list.units[0].publication.lines[0].result, "1:44.50");
}

TEST(Formats, LenexKeepsRelaysWithTheirSwimmers) {
    UnitResult unit = new_unit(options(), "SWMX4X100MMD----------FNL-000100--");
    ResultLine line = swimmer("1", "USA", 1, "3:37.43");
    line.competitor.type = CompetitorType::kTeam;
    line.competitor.code = "USA-1";
    line.competitor.name = "United States";
    line.competitor.members.push_back(swimmer("2", "USA", 0, "").competitor.members[0]);
    unit.publication.lines = {line};
    ResultList list;
    list.units = {unit};
    EXPECT_EQ(read(written(list, Format::kLenex), Format::kLenex).units, list.units);
}

TEST(Formats, IofGivesBackClassesTimesAndSplits) {
    ResultList list;
    list.name = "Champs";
    UnitResult unit = race("ORIMLONG--------------FNL-000100--");
    unit.unit.name = "M21";
    for (ResultLine& line : unit.publication.lines) {
        line.start_order = 0;
        line.sort_order = static_cast<int>(&line - unit.publication.lines.data()) + 1;
        std::erase_if(line.extended, [](const ExtendedValue& v) { return v.code == "REACT"; });
    }
    list.units = {unit};
    EXPECT_EQ(read(written(list, Format::kIof), Format::kIof).units, list.units);
}

TEST(Formats, IofOfOthersGetsACode) {
    const ResultList list = read(
        R"(<ResultList xmlns="http://www.orienteering.org/datastandard/3.0" iofVersion="3.0">
<Event><Name>Example</Name></Event><ClassResult><Class sex="F"><Name>Women Elite</Name></Class>
<PersonResult><Person><Name><Family>George</Family><Given>Ida</Given></Name></Person>
<Organisation><Name>OC Back and Forth</Name><Country code="GBR"/></Organisation>
<Result><Time>2001.5</Time><TimeBehind>0</TimeBehind><Position>1</Position><Status>OK</Status>
<SplitTime><ControlCode>31</ControlCode><Time>501</Time></SplitTime></Result></PersonResult>
<PersonResult><Person/><Result><Status>OK</Status></Result></PersonResult>
<PersonResult><Person><Id>7</Id></Person><Result><Time>fast</Time></Result></PersonResult>
</ClassResult></ResultList>)",
        Format::kIof);
    ASSERT_EQ(list.units.size(), 1U);
    EXPECT_EQ(list.units[0].unit.rsc, "ORIWWOMENELITE--------FNL-000100--");
    ASSERT_EQ(list.units[0].publication.lines.size(), 1U);
    const ResultLine& line = list.units[0].publication.lines[0];
    EXPECT_EQ(line.result, "33:21.5");
    EXPECT_EQ(line.competitor.organisation, "GBR");
    EXPECT_EQ(line.extended[0].value, "8:21");
    ASSERT_EQ(list.refused.size(), 2U);
    EXPECT_EQ(list.refused[0].code, "iof.person_missing");
    EXPECT_EQ(list.refused[1].code, "iof.time_malformed");
}

TEST(Formats, WhatAFormatCannotSayIsRefused) {
    EXPECT_EQ(write_results(skates(), Format::kLenex).error().reason, "format.not_swimming");
    EXPECT_EQ(write_results(skates(), Format::kMappedXml).error().reason, "format.read_only");
    ResultList two = skates();
    two.units.push_back(two.units[0]);
    EXPECT_EQ(write_results(two, Format::kOdf).error().reason, "format.one_unit");
    ResultList words = skates();
    words.units[0].publication.lines[0].result = "fast";
    EXPECT_EQ(write_results(words, Format::kIof).error().reason, "format.not_a_time");
    EXPECT_EQ(reason_of("<newsItem/>", Format::kSportsMl), "format.write_only");
    EXPECT_EQ(reason_of("PK\3\4", Format::kLenex), "zip.malformed");
    EXPECT_EQ(reason_of("<a/>", Format::kLenex), "format.not_this");
    EXPECT_EQ(reason_of("<a/>", Format::kIof), "format.not_this");
    EXPECT_EQ(reason_of("<a/>", Format::kMappedXml), "format.not_this");
    EXPECT_EQ(reason_of("a,b\n1,2\n", Format::kCsv), "csv.column_missing");
    EXPECT_EQ(reason_of("", Format::kCsv), "csv.empty");
    EXPECT_EQ(reason_of("<!DOCTYPE x [<!ENTITY a \"b\">]><LENEX/>", Format::kLenex),
              "xml.entity_refused");
    EXPECT_EQ(parse_format("pdf").error().reason, "format.unknown");
}

TEST(Formats, SportsMlHasTheShapeOfTheSamples) {
    ResultList list = skates();
    list.units[0].publication.lines.push_back(team("ITA", 4));
    const std::string text = written(list, Format::kSportsMl);
    for (const std::string_view part :
         {"<sports-event><event-metadata key=\"vend:FSKWSINGLES-----------FNL-000100--\"",
          "<name role=\"nrol:full\">Free &quot;Skating&quot;, &lt;final&gt;</name>",
          "<player><player-metadata key=\"vend:1000001\" nationality=\"USA\"",
          "<name role=\"nrol:full\">Alysa LIU</name>",
          "<player-stats score=\"226.79\" score-units=\"spscoreunits:points\"><rank value=\"1\" />",
          "<team><team-metadata key=\"vend:ITA01\" nationality=\"ITA\">"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
}

TEST(FormatTexts, TimesAndNames) {
    EXPECT_EQ(short_time("00:01:00.05"), "1:00.05");
    EXPECT_EQ(short_time("00:00:24.91"), "24.91");
    EXPECT_EQ(long_time("1:02:03"), "01:02:03.00");
    EXPECT_EQ(clock_of_seconds("3723.5"), "1:02:03.5");
    EXPECT_EQ(seconds_of_clock("1:02:03.5"), "3723.5");
    EXPECT_FALSE(clock_of_seconds("3723,5"));
    EXPECT_FALSE(clock_of_seconds(""));
    EXPECT_FALSE(clock_of_seconds("99999999999999999999"));
    EXPECT_EQ(split_capital_name("VAN DER POEL Nils Erik"),
              (std::pair<std::string, std::string>{"Nils Erik", "VAN DER POEL"}));
    EXPECT_EQ(split_capital_name("Pelé"), (std::pair<std::string, std::string>{"", "Pelé"}));
}

// ---- real data ----------------------------------------------------------------------------------

TEST(FormatsReal, ParisTables) {
    ALTIS_NEED_SHARED(text, "paris2024/results_to_2024-08-08.csv.gz");
    const ResultList list = read(text, Format::kCsv);
    EXPECT_EQ(list.rows, 18'031U);
    EXPECT_TRUE(list.refused.empty());
    EXPECT_EQ(list.units.size(), 3846U);
    EXPECT_EQ(std::count_if(list.warnings.begin(), list.warnings.end(),
                            [](const Warning& w) { return w.name == "rsc.prefix_removed"; }),
              22);
    std::set<std::string, std::less<>> events;
    std::set<std::string, std::less<>> disciplines;
    std::set<std::string, std::less<>> marks;
    std::size_t marked = 0;
    for (const UnitResult& unit : list.units) {
        const auto rsc = Rsc::parse(unit.unit.rsc);
        ASSERT_TRUE(rsc);
        events.emplace(rsc->event_code());
        disciplines.emplace(rsc->discipline());
        for (const ResultLine& line : unit.publication.lines) {
            if (line.irm.empty()) continue;
            marks.insert(line.irm);
            ++marked;
        }
    }
    EXPECT_EQ(events.size(), 297U);
    EXPECT_EQ(disciplines.size(), 44U);
    EXPECT_EQ(marks.size(), 26U);
    EXPECT_EQ(marked, 406U);
    const ResultList again = read(written(list, Format::kNdjson), Format::kNdjson);
    EXPECT_EQ(again.units, list.units);
}

// Swimming as LENEX and back: the same places and times in every race.
TEST(FormatsReal, ParisSwimmingThroughLenex) {
    ALTIS_NEED_SHARED(text, "paris2024/results_to_2024-08-08.csv.gz");
    ResultList list = read(text, Format::kCsv);
    std::erase_if(list.units, [](const UnitResult& u) { return !u.unit.rsc.starts_with("SWM"); });
    // A swim-off beside a semi-final has a code that LENEX cannot say.
    EXPECT_EQ(write_results(list, Format::kLenex).error().reason, "format.not_swimming");
    std::erase_if(list.units, [](const UnitResult& u) { return u.unit.rsc.ends_with("0001RR--"); });
    const auto places = [](const ResultList& of) {
        std::map<std::string, std::multiset<std::string>> all;
        for (const UnitResult& unit : of.units) {
            for (const ResultLine& line : unit.publication.lines) {
                all[unit.unit.rsc].insert(line.competitor.organisation + " " +
                                          std::to_string(line.rank) + " " + line.result);
            }
        }
        return all;
    };
    const ResultList again = read(written(list, Format::kLenex), Format::kLenex);
    EXPECT_GT(list.units.size(), 100U);
    const auto theirs = places(list);
    const auto ours = places(again);
    EXPECT_EQ(ours.size(), theirs.size());
    for (const auto& [rsc, lines] : theirs) {
        const auto found = ours.find(rsc);
        ASSERT_NE(found, ours.end()) << rsc;
        EXPECT_EQ(found->second, lines) << rsc;
    }
}

TEST(FormatsReal, RioAthleticsAndItsMedalTable) {
    ALTIS_NEED_SHARED(text, "rio2016/rio_athletics_results.xml.gz");
    const ResultList list = read(text, Format::kMappedXml);
    EXPECT_EQ(list.name, "31st Olympic Games, Olympic Stadium");
    EXPECT_EQ(list.units.size(), 258U);
    EXPECT_EQ(list.rows, 3580U);
    EXPECT_TRUE(list.refused.empty());
    std::size_t attempts = 0;
    std::map<std::string, MedalCounts> counts;
    std::set<std::string> codes;
    for (const UnitResult& unit : list.units) {
        codes.insert(unit.unit.rsc);
        for (const ResultLine& line : unit.publication.lines) {
            attempts += static_cast<std::size_t>(
                std::count_if(line.extended.begin(), line.extended.end(),
                              [](const ExtendedValue& v) { return v.type == "ATTEMPT"; }));
        }
        for (const MedalHolder& holder : award(unit.unit.medals, unit.publication.lines))
            ++counts[holder.organisation][static_cast<std::size_t>(holder.medal)];
    }
    EXPECT_EQ(codes.size(), 258U);
    EXPECT_EQ(attempts, 3501U);
    const auto table = rank_table(counts);
    const auto document = codec::XmlDocument::parse(text, {.max_depth = kMaxImportDepth});
    ASSERT_TRUE(document);
    std::map<std::string, std::string> published;
    for (const auto line : document->root().child("medaltable").children("medalline")) {
        published[std::string(line.child("organization").text())] =
            std::string(line.child("gold").text()) + "-" +
            std::string(line.child("silver").text()) + "-" +
            std::string(line.child("bronze").text());
    }
    std::map<std::string, std::string> ours;
    for (const MedalRow& row : table) {
        ours[row.organisation] = std::to_string(row.medals[0]) + "-" +
                                 std::to_string(row.medals[1]) + "-" +
                                 std::to_string(row.medals[2]);
    }
    EXPECT_EQ(published.size(), 42U);
    EXPECT_EQ(ours, published);
}

}  // namespace
}  // namespace altis::results::formats
