#include <array>
#include <deque>
#include <gtest/gtest.h>

#include "results/record_marks/records_odf.h"
#include "results/results_fixture.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEvent = "ATHM100M--------------------------";
constexpr std::string_view kHeat = "ATHM100M--------------HEAT000100--";
constexpr std::string_view kFinal = "ATHM100M--------------FNL-000100--";
constexpr std::string_view kEdition = "owg2026";

// A line of a race.
struct Sprint {
    std::string code;
    std::string result;
    std::string wind = "+0.9";
    std::string irm = "";
    std::string organisation = "JAM";
};

class RecordMarksTest : public testing::Test {
  protected:
    void SetUp() override {
        apply({{"rights.edition_opened", "owg2026", kNoSubject, R"({"id":"owg2026"})"}});
        for (const auto& [rsc, hour] : {std::pair(kHeat, 10), std::pair(kFinal, 20)}) {
            Unit unit = fixture::medal_unit(rsc);
            unit.start = civil_date(2026, 2, 19) + seconds(hour * 3600);
            must(results_.register_unit(unit));
        }
    }
    // Whatever follows results names the record that it follows from, the fact of that record, and
    // when it was known; nothing else names one.
    void TearDown() override {
        for (std::uint64_t number = 1; marks_.find(number) != nullptr; ++number) {
            for (const RecordDecision& decision : marks_.find(number)->decisions) {
                const journal::Draft& draft = drafts_.at(decision.offset - 1);
                std::string cause;
                if (decision.source == kFromResults) {
                    const auto json = codec::parse_json(draft.payload);
                    cause = fact_id(unit_key_from(draft.topic), (*json)["version"].as_int());
                    const bool is_of_unit =
                        draft.type == records::kPublished || draft.type == records::kWithdrawn;
                    EXPECT_TRUE(is_of_unit) << draft.type;
                    EXPECT_FALSE(decision.document.empty());
                }
                EXPECT_EQ(decision.cause, cause) << "record " << number;
                EXPECT_EQ(decision.known_at, times_.at(decision.offset - 1));
            }
        }
    }
    void must(journal::Decision decision) {
        ASSERT_TRUE(decision) << decision.error().reason << " " << decision.error().message;
        apply(*decision);
    }
    void apply(const std::vector<journal::Draft>& drafts) {
        clock_ = clock_ + seconds(60);
        for (const journal::Draft& draft : drafts) {
            drafts_.push_back(draft);
            apply_to(drafts_.size(), results_, awards_, marks_);
            times_.push_back(clock_);
        }
    }
    void apply_to(std::size_t offset, ResultsBook& results, AwardsBook& awards,
                  RecordMarksBook& marks) const {
        const journal::Draft& draft = drafts_[offset - 1];
        journal::Record record;
        record.offset = offset;
        record.time = offset <= times_.size() ? times_[offset - 1] : clock_;
        record.type = draft.type;
        record.topic = draft.topic;
        record.payload = draft.payload;
        results.apply(record);
        awards.apply(record);
        marks.apply(record);
    }
    void claim(std::string_view type, std::string_view result, std::string_view scope = "",
               RecordStatus status = RecordStatus::kRatified) {
        RecordMark mark;
        mark.of = {std::string(kEvent), std::string(type), std::string(scope)};
        mark.result = result;
        mark.result_type = "TIME";
        mark.better = Better::kLower;
        mark.name = "Holder";
        mark.organisation = "USA";
        mark.edition = kEdition;
        mark.set_at = civil_date(2009, 8, 16);
        mark.source = "federation";
        must(marks_.claim(mark, status, fixture::now()));
    }
    static OdfMessage message(std::string_view unit, int version, const std::vector<Sprint>& runs,
                              ResultStatus status, std::string_view note) {
        OdfMessage message = fixture::envelope(OdfType::kResult, unit, version);
        message.status = status;
        message.note = note;
        for (const Sprint& run : runs) {
            ResultLine line;
            line.competitor = {run.code, CompetitorType::kAthlete, run.organisation, "", {}};
            line.competitor.members = {{run.code, "Given", "NAME" + run.code, run.organisation}};
            line.result = run.result;
            line.result_type = run.result.empty() ? "IRM" : "TIME";
            line.irm = run.irm;
            if (!run.wind.empty())
                line.extended = {{"ER", "WIND", "", run.wind, "", 0, false, 0, ""}};
            message.results.push_back(line);
        }
        return message;
    }
    void race(std::string_view unit, int version, const std::vector<Sprint>& runs,
              ResultStatus status = ResultStatus::kOfficial, std::string_view note = "a note") {
        must(results_.receive(message(unit, version, runs, status, note), fixture::now()));
    }
    // "9.58 ratified" of what stands; several are joined by " = ".
    std::string stands(std::string_view type = "WR", const Moment& at = {},
                       std::string_view scope = "") const {
        std::string text;
        for (const RecordEntry* entry :
             marks_.standing({std::string(kEvent), std::string(type), std::string(scope)}, at)) {
            text += (text.empty() ? "" : " = ") + entry->mark.result + " " +
                    std::string(to_string(*RecordMarksBook::status_at(*entry, at)));
        }
        return text;
    }
    void decide(std::uint64_t number, RecordStatus status, std::string_view key) {
        must(marks_.decide({number, status, std::nullopt, "read the protocol", ""}, key,
                           fixture::now()));
    }

    Time clock_ = fixture::now();
    ResultsBook results_;
    AwardsBook awards_{results_};
    RecordMarksBook marks_{results_, awards_};
    std::deque<journal::Draft> drafts_;
    std::vector<Time> times_;
};

TEST_F(RecordMarksTest, OnlyAnOfficialResultThatBeatsItProposesARecord) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"1", "9.50"}}, ResultStatus::kLive);
    EXPECT_EQ(stands(), "9.58 ratified");
    race(kFinal, 2, {{"1", "9.57"}, {"2", "9.58"}, {"3", "9.60"}});
    EXPECT_EQ(stands(), "9.57 pending");
    const RecordEntry* entry = marks_.find(2);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(marks_.effect(*entry, {}), "broken");
    const Json shown = marks_.describe(entry->mark.of, {});
    const Json standing = shown["standing"];
    EXPECT_EQ(standing.items().at(0)["effect"].as_string(), "broken");
    EXPECT_EQ(standing.items().at(0)["unit"].as_string(), kFinal);
    EXPECT_EQ(entry->mark.document, "results/owg2026/" + std::string(kFinal) + "/2");
    EXPECT_EQ(entry->mark.conditions, (std::vector<Condition>{{"WIND", "+0.9"}}));
    EXPECT_EQ(marks_.find(3), nullptr);
}

TEST_F(RecordMarksTest, EqualExactDecimalsAreEqualRecordsAndSlowerOnesAreNone) {
    claim("WR", "9.58");
    race(kHeat, 1, {{"1", "9.580"}, {"2", "9.58"}});
    EXPECT_EQ(stands(), "9.58 ratified = 9.580 pending = 9.58 pending");
    EXPECT_EQ(marks_.effect(*marks_.find(2), {}), "equalled");
    race(kFinal, 1, {{"1", "9.5801"}});
    EXPECT_EQ(marks_.find(4), nullptr);
}

TEST_F(RecordMarksTest, WindForbidsARecordAndAMissingOneIsLeftToPeople) {
    claim("WR", "9.58");
    race(kHeat, 1, {{"1", "9.40", "+2.1"}});
    EXPECT_EQ(stands(), "9.58 ratified");
    race(kFinal, 1, {{"1", "9.50", "+2.0"}});
    EXPECT_EQ(stands(), "9.50 pending");
    race(kHeat, 2, {{"2", "9.40", ""}});
    EXPECT_EQ(stands(), "9.40 pending");
    EXPECT_EQ(marks_.find(3)->mark.conditions, (std::vector<Condition>{{"WIND", ""}}));
}

TEST_F(RecordMarksTest, ADisqualifiedHolderGivesItBackOnBothAxes) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"1", "9.50"}, {"2", "9.55"}, {"3", "9.70"}});
    const Time before = clock_;
    race(kFinal, 2, {{"2", "9.55"}, {"3", "9.70"}, {"1", "", "+0.9", "DSQ"}},
         ResultStatus::kOfficial, "doping");
    EXPECT_EQ(stands(), "9.55 pending");
    EXPECT_EQ(stands("WR", {kEndOfTime, before}), "9.50 pending");
    EXPECT_EQ(stands("WR", {civil_date(2020, 1, 1), kEndOfTime}), "9.58 ratified");
    EXPECT_EQ(marks_.find(2)->decisions.back().reason, "doping");
    race(kFinal, 3, {{"2", "", "+0.9", "DSQ"}, {"3", "9.70"}, {"1", "", "+0.9", "DSQ"}});
    EXPECT_EQ(stands(), "9.58 ratified");
    race(kFinal, 4, {{"1", "9.50"}, {"2", "9.55"}, {"3", "9.70"}});  // reinstated
    EXPECT_EQ(stands(), "9.50 pending");
    EXPECT_EQ(marks_.history({std::string(kEvent), "WR", ""}, {}).size(), 3U);
}

TEST_F(RecordMarksTest, TwiceInOneSessionThenTheFirstIsAnnulled) {
    claim("WR", "9.58");
    race(kHeat, 1, {{"1", "9.50"}});
    race(kFinal, 1, {{"2", "9.55"}});
    EXPECT_EQ(stands(), "9.50 pending");
    race(kHeat, 2, {{"1", "", "+0.9", "DSQ"}});
    EXPECT_EQ(stands(), "9.55 pending");  // the final had beaten what stood before
    race(kHeat, 3, {{"1", "9.50"}});
    EXPECT_EQ(stands(), "9.50 pending");
    EXPECT_EQ(marks_.find(3)->decisions.back().status, RecordStatus::kAnnulled);
}

// A record of one unit may come and go by the result of another.
TEST_F(RecordMarksTest, EachProposalAndWithdrawalTellsTheResultThatCausedIt) {
    const auto fact = [](std::string_view unit, int version) {
        return "results/owg2026/" + std::string(unit) + "/" + std::to_string(version);
    };
    const auto last = [this](std::uint64_t number) {
        const Json shown = marks_.describe(*marks_.find(number), {});
        const Json decisions = shown["decisions"];
        return decisions.items().back();
    };
    claim("WR", "9.58");
    EXPECT_FALSE(last(1).contains("cause"));
    race(kHeat, 1, {{"1", "9.50"}});
    race(kFinal, 1, {{"2", "9.55"}});
    EXPECT_EQ(last(2)["cause"].as_string(), fact(kHeat, 1));
    race(kHeat, 2, {{"1", "", "+0.9", "DSQ"}}, ResultStatus::kOfficial, "doping");
    const auto offset = static_cast<std::int64_t>(drafts_.size());
    for (const std::uint64_t number : {2U, 3U}) {
        const Json decision = last(number);
        EXPECT_EQ(decision["cause"].as_string(), fact(kHeat, 2));
        EXPECT_EQ(decision["offset"].as_int(), offset);
        EXPECT_EQ(decision["known_at"].as_string(), format_rfc3339(clock_));
        EXPECT_EQ(decision["reason"].as_string(), "doping");
    }
    EXPECT_EQ(last(2)["status"].as_string(), "annulled");
    EXPECT_EQ(last(2)["document"].as_string(), fact(kHeat, 2));
    EXPECT_EQ(last(3)["status"].as_string(), "pending");
    EXPECT_EQ(last(3)["document"].as_string(), fact(kFinal, 1));  // that shows the mark itself
    race(kHeat, 3, {{"1", "9.50"}}, ResultStatus::kOfficial, "reinstated");
    EXPECT_EQ(last(3)["status"].as_string(), "annulled");
    EXPECT_EQ(last(3)["cause"].as_string(), fact(kHeat, 3));
    EXPECT_EQ(last(3)["reason"].as_string(), "reinstated");
}

TEST_F(RecordMarksTest, AWithdrawnResultIsTheCauseOfWhatItTakesBack) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"1", "9.50"}});
    OdfMessage withdrawal = message(kFinal, 1, {}, ResultStatus::kOfficial, "wrong race");
    withdrawal.has_competition = false;
    must(results_.receive(withdrawal, fixture::now()));
    EXPECT_EQ(stands(), "9.58 ratified");
    const RecordDecision& last = marks_.find(2)->decisions.back();
    EXPECT_EQ(last.cause, "results/owg2026/" + std::string(kFinal) + "/1");
    EXPECT_EQ(last.document, last.cause);
    EXPECT_EQ(last.reason, "wrong race");
    EXPECT_EQ(last.offset, drafts_.size());
}

TEST_F(RecordMarksTest, WithoutANoteTheReasonSaysWhichResultChanged) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"2", "9.55"}}, ResultStatus::kOfficial, "");
    race(kHeat, 1, {{"1", "9.50"}}, ResultStatus::kOfficial, "");
    EXPECT_EQ(stands(), "9.50 pending");
    EXPECT_EQ(marks_.find(2)->decisions.back().status, RecordStatus::kAnnulled);
    EXPECT_EQ(marks_.find(2)->decisions.back().reason, "an earlier result of the event changed");
    EXPECT_EQ(marks_.find(3)->decisions.back().reason, "");
}

TEST_F(RecordMarksTest, NationalPersonalAndAreaRecordsAreForWhomTheyAre) {
    claim("NR", "9.90", "USA");
    claim("PB", "9.95", "1");
    claim("SB", "9.99", "1/2026");
    claim("SB", "9.99", "1/2025");
    claim("AR", "9.95");
    race(kFinal, 1, {{"1", "9.80"}, {"2", "9.85", "+0.9", "", "USA"}});
    EXPECT_EQ(stands("NR", {}, "USA"), "9.85 pending");
    EXPECT_EQ(stands("PB", {}, "1"), "9.80 pending");
    EXPECT_EQ(stands("SB", {}, "1/2026"), "9.80 pending");
    EXPECT_EQ(stands("SB", {}, "1/2025"), "9.99 ratified");
    EXPECT_EQ(stands("AR"), "9.95 ratified");
}

TEST_F(RecordMarksTest, ARatifiedRecordChangesByTwoKeys) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"1", "9.50"}});
    decide(2, RecordStatus::kRatified, "first");
    EXPECT_EQ(stands(), "9.50 ratified");
    decide(2, RecordStatus::kAnnulled, "first");
    EXPECT_EQ(stands(), "9.50 ratified");
    EXPECT_TRUE(marks_.is_waiting(2));
    const DecisionRequest annul{2, RecordStatus::kAnnulled, std::nullopt, "a ruling", ""};
    EXPECT_EQ(marks_.decide(annul, "first", clock_).error().reason, "results.same_key");
    decide(2, RecordStatus::kAnnulled, "second");
    EXPECT_EQ(stands(), "9.58 ratified");
    EXPECT_EQ(marks_.find(2)->decisions.back().approved_by, "second");
    EXPECT_EQ(marks_.decide(annul, "x", clock_).error().reason, "results.nothing_changes");
    EXPECT_EQ(
        marks_.decide({9, RecordStatus::kAnnulled, {}, "why", ""}, "x", clock_).error().reason,
        "results.unknown_record");
    EXPECT_EQ(marks_.decide({1, RecordStatus::kAnnulled, {}, "", ""}, "x", clock_).error().reason,
              "results.reason_missing");
}

TEST_F(RecordMarksTest, AMedalTakenByACorrectionTakesTheRecord) {
    claim("OR", "9.63");
    race(kFinal, 1, {{"1", "9.60"}});
    OdfMessage ranked = message(kFinal, 2, {{"1", "9.60"}}, ResultStatus::kOfficial, "ranks");
    ranked.results[0].rank = 1;
    must(results_.receive(ranked, fixture::now()));
    AwardList list = awards_.lists(kEdition, "", {}).at(0)->list;
    list.awards = {{Medal::kGold, AwardStatus::kWithdrawn, "1", "JAM", "NAME1", {}}};
    list.reason = "award of the court";
    must(awards_.propose(list, "first"));
    must(awards_.approve(1, "second", "read it"));
    EXPECT_EQ(stands("OR"), "9.63 ratified");
    EXPECT_EQ(marks_.find(2)->decisions.back().source, kFromMedals);
}

TEST_F(RecordMarksTest, BadClaimsAreNamed) {
    claim("WR", "9.58");
    RecordMark mark = marks_.find(1)->mark;
    EXPECT_TRUE(marks_.claim(mark, RecordStatus::kRatified, clock_)->empty());
    mark.result = "9.57";
    mark.better = Better::kHigher;
    EXPECT_EQ(marks_.claim(mark, RecordStatus::kRatified, clock_).error().reason,
              "results.record_direction");
    mark.set_at = clock_ + seconds(1);
    EXPECT_EQ(marks_.claim(mark, RecordStatus::kRatified, clock_).error().reason,
              "results.from_the_future");
    mark.edition = "og1916";
    EXPECT_EQ(marks_.claim(mark, RecordStatus::kRatified, clock_).error().reason,
              "results.unknown_edition");
    Json json = to_json(marks_.find(1)->mark);
    for (const auto& [key, value] :
         {std::pair("event", "ATH"), std::pair("result", "fast"), std::pair("type", "w r"),
          std::pair("set_at", "then"), std::pair("better", "bigger")}) {
        Json bad = json;
        bad.set(key, value);
        EXPECT_NE(record_mark_from(bad).error().message.find(key), std::string::npos) << key;
    }
}

TEST_F(RecordMarksTest, OdfGoesInAndOut) {
    const std::string xml =
        "<OdfBody CompetitionCode=\"OWG2026\" DocumentCode=\"" + std::string(kEvent) +
        "\" DocumentType=\"DT_RECORD\" Version=\"1\" FeedFlag=\"P\" Date=\"2026-02-19\" "
        "Time=\"100000000\" LogicalDate=\"2026-02-19\" Source=\"A\"><Competition><Record Code=\"" +
        std::string(kEvent) +
        "\"><RecordType RecordType=\"WR\"><RecordData Result=\"9.58\" ResultType=\"TIME\" "
        "Date=\"2009-08-16\" Place=\"Berlin\"><Competitor Code=\"J1\" Type=\"A\" "
        "Organisation=\"JAM\"><Composition><Athlete Code=\"J1\"><Description GivenName=\"Usain\" "
        "FamilyName=\"BOLT\"/></Athlete></Composition></Competitor></RecordData>"
        "<RecordData Result=\"slow\" ResultType=\"TIME\" Date=\"2009-08-16\"/>"
        "<RecordData Result=\"9.7\" ResultType=\"TIME\" Date=\"1908\"/>"
        "<RecordData Result=\"9.7\" ResultType=\"HOPS\" Date=\"1908-01-01\"/>"
        "</RecordType></Record></Competition></OdfBody>";
    const auto read = [this](const std::string& text) {
        const auto document = parse_odf_xml(text);
        EXPECT_TRUE(document);
        const auto header = read_odf_header(document->root());
        auto list = parse_records_odf(*header, document->root());
        EXPECT_TRUE(list) << list.error().message;
        std::size_t drafts = 0;
        for (const auto& [mark, status] : list->claims) {
            auto decision = marks_.claim(mark, status, clock_);
            drafts += decision ? decision->size() : 100;
            if (decision) apply(*decision);
        }
        return std::pair(drafts, list->warnings.size());
    };
    EXPECT_EQ(read(xml), std::pair(std::size_t{1}, std::size_t{3}));
    EXPECT_EQ(marks_.find(1)->mark.name, "Usain BOLT");
    EXPECT_EQ(stands(), "9.58 ratified");
    race(kFinal, 1, {{"1", "9.50"}});
    const auto document = parse_odf_xml(xml);
    const auto header = read_odf_header(document->root());
    const std::string out = write_records_odf(marks_, *header, marks_.classes({}), {});
    EXPECT_NE(out.find("Result=\"9.50\""), std::string::npos) << out;
    EXPECT_EQ(read(out), std::pair(std::size_t{0}, std::size_t{0})) << out;
}

TEST_F(RecordMarksTest, SnapshotAndReplayGiveTheSame) {
    claim("WR", "9.58");
    race(kFinal, 1, {{"1", "9.50"}});
    decide(2, RecordStatus::kRatified, "first");
    decide(2, RecordStatus::kAnnulled, "first");
    const std::string bytes = fixture::saved(marks_);
    RecordMarksBook loaded(results_, awards_);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(fixture::saved(loaded), bytes);
    EXPECT_TRUE(loaded.is_waiting(2));
    ResultsBook results;
    AwardsBook awards(results);
    RecordMarksBook replayed(results, awards);
    for (std::size_t offset = 1; offset <= drafts_.size(); ++offset)
        apply_to(offset, results, awards, replayed);
    EXPECT_EQ(fixture::saved(replayed), bytes);
}

}  // namespace
}  // namespace altis::results
