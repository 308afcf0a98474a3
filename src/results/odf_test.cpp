#include "results/odf.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck.h>

#include "results/formats/result_list.h"
#include "results/odf_writer.h"
#include "results/results_book.h"
#include "results/results_fixture.h"
#include "results/rules.h"

namespace altis::results {
namespace {

using namespace fixture;

// The real production message of Beijing 2022.
#define ALTIS_NEED_BOBSLEIGH(xml) ALTIS_NEED_SHARED(xml, "odf/BOBOTEAM4.DT_RESULT.O.xml")

std::string with(std::string xml, std::string_view from, std::string_view to) {
    const std::size_t at = xml.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) xml.replace(at, from.size(), to);
    return xml;
}

std::string live_xml() {
    return write_odf(free_skate(3, ResultStatus::kLive));
}

std::string reason_of(std::string_view xml) {
    const auto message = parse_odf(xml);
    return message ? "accepted" : message.error().reason;
}

// Names of the warnings, joined; or the reason of the refusal.
std::string warnings_of(std::string_view xml) {
    const auto message = parse_odf(xml);
    if (!message) return message.error().reason;
    std::string names;
    for (const Warning& warning : message->warnings) {
        names += (names.empty() ? "" : " ") + warning.name;
    }
    return names;
}

TEST(Odf, ReadsBackWhatItWrites) {
    OdfMessage message = free_skate(3, ResultStatus::kOfficial);
    message.note = "a \"note\" with <marks>, & lines\nand\ttabs";
    message.results[2].irm = "DSQ";
    message.results[2].competitor.type = CompetitorType::kGroup;
    message.results[2].competitor.name = "Équipe";
    const auto read = parse_odf(write_odf(message));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, message);

    OdfMessage schedule =
        envelope(OdfType::kScheduleUpdate, "FSK-------------------------------", 1);
    Unit unit = medal_unit(kFreeSkate);
    unit.edition.clear();
    unit.start = *parse_rfc3339("2026-02-19T19:00:00+01:00");
    unit.as_of = "2026-02-19 210405000";
    schedule.units = {unit};
    const auto units = parse_odf(write_odf(schedule));
    ASSERT_TRUE(units) << units.error().message;
    EXPECT_EQ(*units, schedule);
}

TEST(Odf, ImportsTheRealMessage) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(message->version, 163);
    EXPECT_EQ(message->status, ResultStatus::kOfficial);
    EXPECT_EQ(message->source, "YSCBOB1");
    EXPECT_EQ(message->time, "102144940");
    EXPECT_TRUE(message->warnings.empty());
    const auto& lines = message->results;
    ASSERT_EQ(lines.size(), 28U);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](auto& l) { return l.rank > 0; }), 20);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](auto& l) { return l.irm == "DNS"; }), 8);
    EXPECT_EQ(display_name(lines[0].competitor), "Germany");
    ASSERT_EQ(lines[0].competitor.members.size(), 4U);
    EXPECT_EQ(lines[0].competitor.members[0].family_name, "Lochner");
}

TEST(Odf, KeepsTheTieOfTheRealMessage) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message);
    std::string ties;
    for (std::size_t i = 12; i < 17; ++i) {
        const ResultLine& line = message->results[i];
        ties += std::to_string(line.rank) + (line.rank_equal ? "=" : "") + "/" +
                std::to_string(line.sort_order) + " ";
    }
    EXPECT_EQ(ties, "13/13 14=/14 14=/15 16/16 17/17 ");
    EXPECT_EQ(message->results[16].result, "1:00.05");
    const auto rsc = Rsc::parse(message->document_code);
    ASSERT_TRUE(rsc);
    const UnitRules rules = default_rules().for_unit(*rsc);
    EXPECT_TRUE(check_ranks(rules, message->results).empty());
    EXPECT_TRUE(check_lines(rules, message->results).empty());
}

TEST(Odf, SectionsOfTheRealMessageAddUpToTheIntermediateTimes) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message);
    int sums = 0;
    for (const ResultLine& line : message->results) {
        std::map<std::string, Decimal> intermediate;
        for (const ExtendedValue& value : line.extended) {
            if (value.code == "INTERMEDIATE") {
                intermediate[value.pos] = *parse_result_value(value.value);
            }
        }
        Decimal sum;
        for (const ExtendedValue& value : line.extended) {
            if (value.code != "SECTION") continue;
            sum = sum + *parse_result_value(value.value);
            ASSERT_EQ(sum, intermediate.at(value.pos)) << line.competitor.code << value.pos;
            ++sums;
        }
        if (line.rank > 0) {
            EXPECT_EQ(sum, *parse_result_value(line.result));
        }
    }
    EXPECT_EQ(sums, 120);
}

TEST(Odf, TheRealMessagePublishes) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message);
    ResultsBook book;
    MemoryJournal log(book);
    log.open_edition("owg2022");
    Unit unit = medal_unit(message->document_code);
    unit.edition = "OWG2022";
    unit.medals = MedalUnit::kNone;  // a training heat
    ASSERT_EQ(log.take(book.register_unit(unit)), 1U);
    ASSERT_EQ(log.take(book.receive(*message, now())), 1U) << log.last_refusal().message;
    const auto facts = book.facts({"owg2022", unit.rsc});
    ASSERT_EQ(facts.size(), 28U);
    EXPECT_EQ(facts[0].extended.at("SECTION:1"), "9.58");
    EXPECT_EQ(facts[27].rank, 0);
    EXPECT_EQ(facts[27].irm, "DNS");
}

TEST(Odf, TheRealMessageIsWrittenBackWhole) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml, OdfMode::kStrict);
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(canonical(write_odf(*message)), canonical(xml));
}

TEST(Odf, TheRealMessageComesOutOfTheJournalWhole) {
    ALTIS_NEED_BOBSLEIGH(xml);
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message);
    ResultsBook book;
    MemoryJournal log(book);
    log.open_edition("owg2022");
    Unit unit = medal_unit(message->document_code);
    unit.edition = "OWG2022";
    log.take(book.register_unit(unit));
    log.take(book.receive(*message, now()));
    const auto publication = book.publication({"owg2022", unit.rsc});
    ASSERT_TRUE(publication);
    const OdfMessage document = formats::message_of(*publication);
    EXPECT_EQ(document, *message);
    EXPECT_EQ(canonical(write_odf(document)), canonical(xml));
    EXPECT_EQ(log.take(book.receive(document, now())), 0U);
}

TEST(Odf, UnknownPartsStayWhereTheyStood) {
    const std::string xml = with(
        with(with(live_xml(), "<Competition>",
                  "<Competition Gen=\"G-1\"><Officials><Official Code=\"7\" /></Officials>"),
             "</Result>", "<RecordIndicators><R Code=\"WR\">new</R></RecordIndicators></Result>"),
        "<Competitor ", "<Weather T=\"3\" /><Competitor Bib=\"6\" Shoe=\"41\" ");
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(message->results[0].competitor.bib, "6");
    EXPECT_EQ(canonical(write_odf(*message)), canonical(xml));
}

TEST(Odf, ASchedulesOtherWordsAreWrittenBack) {
    const std::string xml = with(
        write_odf(envelope(OdfType::kSchedule, "FSK-------------------------------", 1)),
        "<Competition />",
        "<Competition><Session SessionCode=\"FSK01\" /><Unit Code=\"" + std::string(kFreeSkate) +
            "\" ScheduleStatus=\"SCHEDULED\" StartDate=\"2026-02-19T19:00:00+01:00\" "
            "Medal=\"1\"><ItemName Language=\"FRA\" Value=\"Libre\" /><ItemName "
            "Language=\"ENG\" Value=\"Free\" /></Unit></Competition>");
    const auto message = parse_odf(xml);
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_EQ(canonical(write_odf(*message)), canonical(xml));
}

TEST(Odf, StrictRefusesByTheNameOfTheDefect) {
    const auto refusal = [](std::string_view xml) {
        const auto message = parse_odf(xml, OdfMode::kStrict);
        return message ? "accepted" : message.error().reason;
    };
    EXPECT_EQ(refusal(live_xml()), "accepted");
    EXPECT_EQ(refusal(with(live_xml(), "Version=\"3\"", "Version=\"0\"")), "odf.version_zero");
    EXPECT_EQ(refusal(with(live_xml(), "FNL-000100--", "FNL-000100-")), "odf.rsc_padded");
    EXPECT_EQ(refusal(with(live_xml(), "SortOrder=\"1\"", "SortOrder=\"0\"")),
              "odf.sort_order_zero");
    EXPECT_EQ(refusal(with(live_xml(), "Rank=\"2\"", "Rank=\"1\"")), "odf.rank_equal_missing");
    EXPECT_EQ(refusal(with(live_xml(), "<Competitor ", "<Competitor IFRANK=\"-\" ")),
              "odf.ifrank_dash");
    EXPECT_EQ(refusal(with(live_xml(), "SortOrder=\"1\"", "StartOrder=\"first\"")),
              "odf.start_order_malformed");
}

TEST(Odf, AMessageOfTwentyMegabytesIsReadAndALargerOneRefused) {
    const std::string open = "<Pad T=\"";
    std::string pads;
    while (pads.size() + live_xml().size() < kMaxOdfBytes - 2000)
        pads += open + std::string(1000, 'x') + "\" />";
    const std::string large = with(live_xml(), "</Competition>", pads + "</Competition>");
    EXPECT_EQ(reason_of(large), "accepted");
    EXPECT_EQ(reason_of(large + std::string(2001, ' ')), "xml.too_large");
}

TEST(Odf, AcceptsKnownDefectsWithAWarning) {
    EXPECT_EQ(warnings_of(live_xml()), "");
    EXPECT_EQ(warnings_of(with(live_xml(), "Version=\"3\"", "Version=\"0\"")), "odf.version_zero");
    EXPECT_EQ(warnings_of(with(live_xml(), "FNL-000100--", "FNL-000100-")), "odf.rsc_padded");
    EXPECT_EQ(warnings_of(with(live_xml(), "SortOrder=\"1\"", "SortOrder=\"0\"")),
              "odf.sort_order_zero");
    EXPECT_EQ(warnings_of(with(live_xml(), "SortOrder=\"1\"", "SortOrder=\"x\"")),
              "odf.sort_order_malformed");
    EXPECT_EQ(warnings_of(with(live_xml(), "SortOrder=\"1\"", "SortOrder=\"2\"")),
              "odf.sort_order_repeated");
    EXPECT_EQ(warnings_of(with(live_xml(), "Rank=\"3\"", "Rank=\"3\" RankEqual=\"Y\"")),
              "odf.rank_equal_alone");
    EXPECT_EQ(warnings_of(with(live_xml(), "<Competitor ", "<Competitor IFRANK=\"-\" ")),
              "odf.ifrank_dash");
    EXPECT_EQ(warnings_of(with(live_xml(), "GivenName=\"Ami\" FamilyName=\"NAKAI\"", "")),
              "odf.name_blank");
    EXPECT_EQ(warnings_of(
                  with(live_xml(), "<Competitor Code=\"1000002\"", "<Competitor Code=\"1000001\"")),
              "odf.competitor_repeated");
}

TEST(Odf, AMissingRankEqualIsSet) {
    const auto message = parse_odf(with(live_xml(), "Rank=\"2\"", "Rank=\"1\""));
    ASSERT_TRUE(message);
    ASSERT_EQ(message->warnings.size(), 2U);
    EXPECT_EQ(message->warnings[0].name, "odf.rank_equal_missing");
    EXPECT_TRUE(message->results[0].rank_equal);
    EXPECT_TRUE(message->results[1].rank_equal);
    EXPECT_FALSE(message->results[2].rank_equal);
}

TEST(Odf, EmptyExtendedResultsAreNamed) {
    OdfMessage message = free_skate(1, ResultStatus::kLive);
    message.results[0].extended.clear();
    const std::string xml =
        with(write_odf(message), "<Competitor ", "<ExtendedResults></ExtendedResults><Competitor ");
    EXPECT_EQ(warnings_of(xml), "odf.extended_results_empty");
}

TEST(Odf, WithoutCompetitionItIsAWithdrawal) {
    OdfMessage message = envelope(OdfType::kResult, kFreeSkate, 4);
    message.has_competition = false;
    message.note = "sent by mistake";
    const auto read = parse_odf(write_odf(message));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, message);
}

TEST(Odf, RefusesWhatItCannotRead) {
    EXPECT_EQ(reason_of(""), "xml.malformed");
    EXPECT_EQ(reason_of("<OdfBody"), "xml.malformed");
    EXPECT_EQ(reason_of("<newsItem/>"), "odf.not_odf");
    EXPECT_EQ(reason_of(with(live_xml(), "DT_RESULT", "DT_WEATHER")), "odf.type_unsupported");
    EXPECT_EQ(reason_of(with(live_xml(), " ResultStatus=\"LIVE\"", "")), "odf.attribute_missing");
    EXPECT_EQ(reason_of(with(live_xml(), "LIVE", "DONE")), "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "FeedFlag=\"P\"", "FeedFlag=\"\"")),
              "odf.attribute_missing");
    EXPECT_EQ(reason_of(with(live_xml(), "Version=\"3\"", "Version=\"-3\"")),
              "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "210405000", "21:04:05")), "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "Rank=\"1\"", "Rank=\"first\"")),
              "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "Rank=\"1\"", "Rank=\"0\"")), "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "Type=\"A\"", "Type=\"Z\"")), "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "FNL-000100--", "FNL-000100------")), "rsc.wrong_length");
    EXPECT_EQ(
        reason_of(with(live_xml(), "Value=\"76.59\"", "Value=\"" + std::string(2000, '7') + "\"")),
        "odf.too_large");
    EXPECT_EQ(reason_of(with(live_xml(), "<OdfBody ", "<OdfBody Language=\"FRA\" ")),
              "odf.attribute_malformed");
    EXPECT_EQ(reason_of(with(live_xml(), "<OdfBody ", "<OdfBody DocumentSubcode=\"Q1\" ")),
              "odf.attribute_malformed");
}

TEST(Odf, RefusesEntitiesAndTooManyLevels) {
    const std::string bomb =
        with(live_xml(), "<OdfBody",
             "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><OdfBody");
    EXPECT_EQ(reason_of(bomb), "xml.entity_refused");
    std::string open, close;
    for (int i = 0; i < kMaxOdfDepth + 10; ++i) {
        open += "<a>";
        close += "</a>";
    }
    EXPECT_EQ(reason_of(open + close), "xml.too_deep");
    EXPECT_EQ(reason_of(with(live_xml(), "MILFSK1", "\xff\xfe")), "xml.not_utf8");
}

TEST(OdfProperty, NoByteFlippedMakesItCrash) {
    const std::string xml = live_xml();
    EXPECT_TRUE(rc::check([&xml] {
        std::string broken = xml;
        const auto at = *rc::gen::inRange<std::size_t>(0, broken.size());
        broken[at] = static_cast<char>(*rc::gen::inRange(0, 256));
        const auto message = parse_odf(broken);
        if (!message) RC_ASSERT(!message.error().reason.empty());
    }));
}

}  // namespace
}  // namespace altis::results
