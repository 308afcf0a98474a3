#include "results/results_book.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "results/formats/result_list.h"
#include "results/results_fixture.h"

namespace altis::results {
namespace {

using namespace fixture;

// A book with edition owg2026 and its free skate as a medal unit.
class ResultsBookTest : public testing::Test {
  protected:
    void SetUp() override {
        log.open_edition("owg2026");
        ASSERT_EQ(log.take(book.register_unit(medal_unit(kFreeSkate))), 1U);
    }
    std::size_t receive(const OdfMessage& message) {
        return log.take(book.receive(message, now()));
    }
    std::string refusal(const OdfMessage& message) {
        EXPECT_EQ(receive(message), 0U);
        return log.last_refusal().reason;
    }
    std::string holders() const {
        std::string text;
        for (const MedalHolder& holder : book.medals(in_games(kFreeSkate))) {
            text += std::string(to_string(holder.medal)) + " " + holder.name + "; ";
        }
        return text;
    }

    ResultsBook book;
    MemoryJournal log{book};
};

TEST_F(ResultsBookTest, LiveThenOfficialGivesRanksFactsAndMedals) {
    ASSERT_EQ(receive(free_skate(1, ResultStatus::kLive)), 1U);
    EXPECT_EQ(holders(), "");
    ASSERT_EQ(receive(free_skate(2, ResultStatus::kOfficial)), 1U);
    EXPECT_EQ(log.drafts().back().type, "results.published");
    EXPECT_EQ(log.drafts().back().topic, "owg2026/FSKWSINGLES-----------FNL-000100--");
    EXPECT_EQ(holders(), "gold Alysa LIU; silver Kaori SAKAMOTO; bronze Ami NAKAI; ");

    const auto facts = book.facts(in_games(kFreeSkate));
    ASSERT_EQ(facts.size(), 3U);
    EXPECT_EQ(facts[0].result, "226.79");
    EXPECT_EQ(facts[0].extended.at("SHORT"), "76.59");
    EXPECT_EQ(facts[0].extended.at("FREE"), "150.20");
    EXPECT_EQ(facts[0].fact_id, "results/owg2026/FSKWSINGLES-----------FNL-000100--/2");
    EXPECT_EQ(facts[0].medal, "gold");
    EXPECT_EQ(facts[0].offset, 4U);
    EXPECT_EQ(to_json(facts[2])["name"], codec::Json("Ami NAKAI"));
}

TEST_F(ResultsBookTest, TextThatIsNoUtf8IsRefused) {
    OdfMessage message = free_skate(1, ResultStatus::kLive);
    message.results.front().competitor.name = "\xC3";
    EXPECT_EQ(refusal(message), "results.not_utf8");
}

TEST_F(ResultsBookTest, UnitAndHistoryTellVersionStatusAndOffset) {
    EXPECT_TRUE(book.unit(in_games("FSKWSINGLES-----------FNL-000200--")).is_null());
    EXPECT_FALSE(book.unit(in_games(kFreeSkate)).contains("version"));
    receive(free_skate(1, ResultStatus::kLive));
    receive(free_skate(2, ResultStatus::kOfficial));
    const auto unit = book.unit(in_games(kFreeSkate));
    EXPECT_EQ(unit["version"].as_int(), 2);
    EXPECT_EQ(unit["status"].as_string(), "OFFICIAL");
    EXPECT_EQ(unit["offset"].as_int(), 4);
    EXPECT_EQ(unit["medal_unit"].as_string(), "all");
    EXPECT_EQ(unit["medals"].items().at(2)["competitor"].as_string(), "1000003");
    EXPECT_EQ(unit["lines"].items()[1]["result"].as_string(), "224.90");
    const auto history = book.history(in_games(kFreeSkate));
    ASSERT_EQ(history.items().size(), 2U);
    EXPECT_EQ(history.items()[0]["status"].as_string(), "LIVE");
    EXPECT_FALSE(history.items()[0]["current"].as_bool());
    EXPECT_TRUE(history.items()[1]["current"].as_bool());
    EXPECT_EQ(book.units().items().size(), 1U);
}

TEST_F(ResultsBookTest, ADuplicateChangesNothing) {
    receive(free_skate(1, ResultStatus::kLive));
    EXPECT_EQ(receive(free_skate(1, ResultStatus::kLive)), 0U);
    EXPECT_EQ(log.last_refusal().reason, "");
}

TEST_F(ResultsBookTest, TheSameVersionWithOtherContentIsStale) {
    receive(free_skate(1, ResultStatus::kLive));
    EXPECT_EQ(refusal(free_skate(1, ResultStatus::kOfficial)), "results.stale_version");
}

TEST_F(ResultsBookTest, ALateOlderVersionIsKeptAndNeverCurrent) {
    receive(free_skate(5, ResultStatus::kOfficial));
    ASSERT_EQ(receive(free_skate(4, ResultStatus::kLive)), 1U);
    EXPECT_EQ(log.drafts().back().type, "results.superseded");
    EXPECT_EQ(book.unit(in_games(kFreeSkate))["version"].as_int(), 5);
    EXPECT_EQ(book.history(in_games(kFreeSkate)).items().size(), 2U);
}

TEST_F(ResultsBookTest, AfterOfficialOnlySettledStatesFollowAndWithANote) {
    receive(free_skate(1, ResultStatus::kOfficial));
    for (const auto status :
         {ResultStatus::kStartList, ResultStatus::kLive, ResultStatus::kIntermediate,
          ResultStatus::kUnconfirmed, ResultStatus::kUnofficial, ResultStatus::kPartial}) {
        OdfMessage message = free_skate(2, status);
        message.note = "reason";
        EXPECT_EQ(refusal(message), "results.status_regression") << to_string(status);
    }
    EXPECT_EQ(refusal(free_skate(2, ResultStatus::kOfficial)), "results.status_regression");
    OdfMessage protested = free_skate(2, ResultStatus::kProtested);
    protested.note = "protest lodged";
    EXPECT_EQ(receive(protested), 1U);
    EXPECT_EQ(refusal(free_skate(3, ResultStatus::kLive)), "results.status_regression");
}

TEST_F(ResultsBookTest, AnOfficialCorrectionMovesTheMedals) {
    receive(free_skate(1, ResultStatus::kOfficial));
    OdfMessage protested = free_skate(2, ResultStatus::kProvisional);
    protested.note = "on hold";
    receive(protested);
    EXPECT_EQ(holders(), "gold Alysa LIU; silver Kaori SAKAMOTO; bronze Ami NAKAI; ");
    EXPECT_EQ(book.unit(in_games(kFreeSkate))["status"].as_string(), "PROVISIONAL");

    OdfMessage corrected = free_skate(3, ResultStatus::kOfficial);
    corrected.note = "disqualification";
    corrected.results[0].rank = 0;
    corrected.results[0].irm = "DSQ";
    corrected.results[1].rank = 1;
    corrected.results[2].rank = 2;
    ASSERT_EQ(receive(corrected), 1U);
    EXPECT_EQ(holders(), "gold Kaori SAKAMOTO; silver Ami NAKAI; ");
    EXPECT_EQ(book.history(in_games(kFreeSkate)).items().size(), 3U);
}

TEST_F(ResultsBookTest, AWrongTotalIsHeldBack) {
    OdfMessage message = free_skate(1, ResultStatus::kOfficial);
    message.results[0].result = "226.80";
    EXPECT_EQ(refusal(message), "results.total_mismatch");
    EXPECT_FALSE(book.unit(in_games(kFreeSkate)).contains("version"));
}

TEST_F(ResultsBookTest, AContradictingRankIsPublishedWithAWarning) {
    OdfMessage message = free_skate(1, ResultStatus::kOfficial);
    std::swap(message.results[0].rank, message.results[1].rank);
    ASSERT_EQ(receive(message), 1U);
    EXPECT_EQ(book.unit(in_games(kFreeSkate))["warnings"].items().at(0)["name"].as_string(),
              "results.rank_order");
    EXPECT_EQ(book.facts(in_games(kFreeSkate))[0].medal, "silver");
}

TEST_F(ResultsBookTest, RefusesWhatItCannotPlace) {
    OdfMessage unknown = free_skate(1, ResultStatus::kLive);
    unknown.document_code = "FSKMSINGLES-----------FNL-000100--";
    EXPECT_EQ(refusal(unknown), "results.unknown_unit");
    EXPECT_NE(log.last_refusal().message.find(unknown.document_code), std::string::npos);

    OdfMessage foreign = free_skate(1, ResultStatus::kLive);
    foreign.competition_code = "PWG2026";
    EXPECT_EQ(refusal(foreign), "results.unknown_edition");
    log.open_edition("pwg2026");  // case M17: the table of the other Games in the wrong place
    EXPECT_EQ(refusal(foreign), "results.unknown_unit");

    OdfMessage test = free_skate(1, ResultStatus::kLive);
    test.feed_flag = 'T';
    EXPECT_EQ(refusal(test), "results.test_feed");

    OdfMessage future = free_skate(1, ResultStatus::kLive);
    future.date = "2200-02-19";
    EXPECT_EQ(refusal(future), "results.from_the_future");
}

TEST_F(ResultsBookTest, AWithdrawnVersionGivesWayToTheOneBefore) {
    receive(free_skate(1, ResultStatus::kLive));
    receive(free_skate(2, ResultStatus::kOfficial));
    OdfMessage withdrawal = envelope(OdfType::kResult, kFreeSkate, 2);
    withdrawal.has_competition = false;
    EXPECT_EQ(refusal(withdrawal), "results.note_missing");
    withdrawal.note = "sent by mistake";
    ASSERT_EQ(receive(withdrawal), 1U);
    EXPECT_EQ(book.unit(in_games(kFreeSkate))["version"].as_int(), 1);
    EXPECT_EQ(holders(), "");
    EXPECT_TRUE(book.history(in_games(kFreeSkate)).items()[1]["withdrawn"].as_bool());
    EXPECT_EQ(receive(withdrawal), 0U);
    EXPECT_EQ(refusal(free_skate(2, ResultStatus::kLive)), "results.stale_version");
    withdrawal.version = 9;
    EXPECT_EQ(refusal(withdrawal), "results.version_unknown");
}

TEST_F(ResultsBookTest, SchedulesRegisterUnitsAndTheNewestWins) {
    OdfMessage schedule = envelope(OdfType::kSchedule, "FSK-------------------------------", 1);
    Unit unit = medal_unit("FSKMSINGLES-----------FNL-000100--");
    unit.edition.clear();
    unit.as_of = "2026-02-01 100000000";
    schedule.units = {unit};
    ASSERT_EQ(receive(schedule), 1U);
    EXPECT_EQ(receive(schedule), 0U);
    EXPECT_EQ(book.find_unit(in_games(unit.rsc))->edition, "owg2026");

    schedule.type = OdfType::kScheduleUpdate;
    schedule.units[0].venue = "MSA";
    EXPECT_EQ(refusal(schedule), "results.unit_conflict");
    schedule.units[0].as_of = "2026-01-31 100000000";
    EXPECT_EQ(receive(schedule), 0U);
    schedule.units[0].as_of = "2026-02-02 100000000";
    EXPECT_EQ(receive(schedule), 1U);
    EXPECT_EQ(book.find_unit(in_games(unit.rsc))->venue, "MSA");
}

TEST_F(ResultsBookTest, AUnitThatBecomesAMedalUnitGivesItsMedals) {
    Unit unit = medal_unit(kFreeSkate);
    unit.medals = MedalUnit::kNone;
    unit.as_of = "2026-02-01 100000000";
    log.take(book.register_unit(unit));
    receive(free_skate(1, ResultStatus::kOfficial));
    EXPECT_EQ(holders(), "");
    unit.medals = MedalUnit::kAll;
    unit.as_of = "2026-02-19 230000000";
    ASSERT_EQ(log.take(book.register_unit(unit)), 1U);
    EXPECT_EQ(book.medals(in_games(kFreeSkate)).size(), 3U);
}

TEST_F(ResultsBookTest, TheSameCodeIsAnotherUnitInOtherGames) {
    log.open_edition("owg2022");
    Unit earlier = medal_unit(kFreeSkate);
    earlier.edition = "owg2022";
    earlier.name = "Final of 2022";
    ASSERT_EQ(log.take(book.register_unit(earlier)), 1U);
    EXPECT_EQ(book.find_unit(in_games(kFreeSkate))->name, "Final");
    EXPECT_EQ(book.editions_with(kFreeSkate), (std::vector<std::string>{"owg2022", "owg2026"}));

    OdfMessage then = free_skate(7, ResultStatus::kOfficial);
    then.competition_code = "OWG2022";
    then.results.resize(1);
    ASSERT_EQ(receive(then), 1U);
    ASSERT_EQ(receive(free_skate(7, ResultStatus::kOfficial)), 1U);
    EXPECT_EQ(log.drafts().back().type, "results.published");  // no older version is superseded
    const UnitKey before{"owg2022", kFreeSkate};
    EXPECT_EQ(book.medals(before).size(), 1U);
    EXPECT_EQ(book.medals(in_games(kFreeSkate)).size(), 3U);
    EXPECT_EQ(book.facts(before)[0].fact_id,
              "results/owg2022/FSKWSINGLES-----------FNL-000100--/7");
    EXPECT_EQ(book.units().items().size(), 2U);
    EXPECT_EQ(book.units("owg2022").items().size(), 1U);
    EXPECT_EQ(book.units_of("owg2026"), std::vector{in_games(kFreeSkate)});
    EXPECT_TRUE(book.units_of("owg202").empty());

    OdfMessage withdrawal = envelope(OdfType::kResult, kFreeSkate, 7);
    withdrawal.competition_code = "OWG2022";
    withdrawal.has_competition = false;
    withdrawal.note = "the archive was wrong";
    ASSERT_EQ(receive(withdrawal), 1U);
    EXPECT_TRUE(book.medals(before).empty());
    EXPECT_EQ(book.medals(in_games(kFreeSkate)).size(), 3U);

    ResultsBook loaded;
    const std::string bytes = saved(book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.units(), book.units());
}

TEST_F(ResultsBookTest, LoadsWhatItSaved) {
    receive(free_skate(1, ResultStatus::kLive));
    receive(free_skate(2, ResultStatus::kOfficial));
    ResultsBook loaded;
    const std::string bytes = saved(book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    EXPECT_EQ(loaded.medals(in_games(kFreeSkate)), book.medals(in_games(kFreeSkate)));
    EXPECT_EQ(loaded.unit(in_games(kFreeSkate)), book.unit(in_games(kFreeSkate)));
}

TEST_F(ResultsBookTest, LoadRefusesDamageAndKeepsItsState) {
    receive(free_skate(1, ResultStatus::kOfficial));
    const std::string bytes = saved(book);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ByteReader in(std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(book.load(in)) << size;
    }
    EXPECT_EQ(saved(book), bytes);
}

TEST_F(ResultsBookTest, AnErasedRecordAppliesAsIfItHadNeverBeen) {
    const std::string before = saved(book);
    journal::Record record;
    record.type = "results.published";
    record.erased = true;
    book.apply(record);
    EXPECT_EQ(saved(book), before);
}

// ---- properties ---------------------------------------------------------------------------------

constexpr std::string_view kOtherUnit = "FSKMSINGLES-----------FNL-000100--";

// A life of a unit that its status machine allows: some versions before OFFICIAL, some after.
std::vector<OdfMessage> life_of(std::string_view rsc) {
    std::vector<OdfMessage> life;
    const int before = *rc::gen::inRange(0, 4);
    const int after = *rc::gen::inRange(0, 4);
    for (int i = 0; i < before + after + 1; ++i) {
        const auto status =
            i < before    ? *rc::gen::element(ResultStatus::kStartList, ResultStatus::kLive,
                                              ResultStatus::kUnofficial)
            : i == before ? ResultStatus::kOfficial
                          : *rc::gen::element(ResultStatus::kOfficial, ResultStatus::kProtested,
                                              ResultStatus::kProvisional);
        OdfMessage message = free_skate(2 * i + 1, status);
        message.document_code = rsc;
        message.note = i > before ? "reason" : "";
        const auto first = *rc::gen::inRange<std::size_t>(0, 3);
        std::swap(message.results[0].rank, message.results[first].rank);
        life.push_back(std::move(message));
    }
    return life;
}

struct Played {
    std::string saved, replayed, truth, medals;
};

Played play(const std::vector<OdfMessage>& messages) {
    ResultsBook book;
    MemoryJournal log(book);
    log.open_edition("owg2026");
    log.take(book.register_unit(medal_unit(kFreeSkate)));
    log.take(book.register_unit(medal_unit(kOtherUnit)));
    for (const OdfMessage& message : messages) {
        log.take(book.receive(message, now()));
        RC_ASSERT(log.last_refusal().reason.empty());
    }
    ResultsBook replayed;
    log.replay(replayed);
    codec::Json medals = codec::Json::array();
    for (const std::string_view unit : {kFreeSkate, std::string_view(kOtherUnit)}) {
        for (const MedalHolder& holder : book.medals(in_games(unit)))
            medals.push(to_json(holder));
    }
    return {saved(book), saved(replayed), truth(book), medals.to_string()};
}

TEST(ResultsBookProperty, AnyOrderAndAnyDuplicationGiveTheSameTruth) {
    EXPECT_TRUE(rc::check([] {
        std::vector<OdfMessage> in_order = life_of(kFreeSkate);
        for (OdfMessage& message : life_of(kOtherUnit))
            in_order.push_back(std::move(message));
        std::vector<OdfMessage> shuffled = in_order;
        for (const OdfMessage& message : in_order) {
            if (*rc::gen::inRange(0, 3) == 0) shuffled.push_back(message);
        }
        for (std::size_t i = shuffled.size(); i > 1; --i) {
            std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
        }
        const Played expected = play(in_order);
        const Played played = play(shuffled);
        RC_ASSERT(played.truth == expected.truth);
        RC_ASSERT(played.medals == expected.medals);
        RC_ASSERT(played.saved == played.replayed);
        RC_ASSERT(expected.saved == expected.replayed);
    }));
}

// ---- rules of an edition ------------------------------------------------------------------------

codec::Json rules_document(int version, std::string_view free_skate_total) {
    return *codec::parse_json(R"({"version":)" + std::to_string(version) +
                              R"(,"rules":[{"for":"FSK","totals":[{"plus":[)" +
                              std::string(free_skate_total) + "]}]}]}");
}

TEST_F(ResultsBookTest, RulesOfAnEditionHoldFromThenOn) {
    auto wrong = free_skate(1, ResultStatus::kLive);
    wrong.results[0].result = "150.20";
    EXPECT_EQ(refusal(wrong), "results.total_mismatch");
    ASSERT_EQ(log.take(book.set_rules("owg2026", rules_document(1, R"("ER/FREE")"))), 1U);
    EXPECT_EQ(log.drafts().back().type, "results.rules_set");
    EXPECT_EQ(log.drafts().back().topic, "owg2026");
    EXPECT_EQ(refusal(free_skate(1, ResultStatus::kLive)), "results.total_mismatch");
    for (ResultLine& line : wrong.results)
        line.result = line.extended[1].value;
    EXPECT_EQ(receive(wrong), 1U);
}

TEST_F(ResultsBookTest, RulesNeedAnEditionAndAHigherVersion) {
    const auto reason = [&](std::string_view edition, const codec::Json& document) {
        EXPECT_EQ(log.take(book.set_rules(edition, document)), 0U);
        return log.last_refusal().reason;
    };
    EXPECT_EQ(reason("og2028", rules_document(1, R"("ER/FREE")")), "results.unknown_edition");
    EXPECT_EQ(reason("owg2026", rules_document(0, R"("ER/FREE")")), "results.rules_stale");
    EXPECT_EQ(reason("owg2026", rules_document(1, "3")), "results.rules_malformed");
    ASSERT_EQ(log.take(book.set_rules("owg2026", rules_document(2, R"("ER/FREE")"))), 1U);
    EXPECT_EQ(reason("owg2026", rules_document(2, R"("ER/FREE")")), "");  // in force already
    EXPECT_EQ(reason("owg2026", rules_document(2, R"("ER/SHORT")")), "results.rules_stale");
}

TEST_F(ResultsBookTest, AMessageSentAgainUnderOtherRulesIsADuplicate) {
    auto message = free_skate(1, ResultStatus::kLive);
    std::swap(message.results[0].rank, message.results[1].rank);
    ASSERT_EQ(receive(message), 1U);
    ASSERT_EQ(book.unit(in_games(kFreeSkate))["warnings"].items().size(), 1U);
    ASSERT_EQ(log.take(book.set_rules("owg2026", rules_document(1, R"("ER/FREE")"))), 1U);
    EXPECT_EQ(receive(message), 0U);
    EXPECT_EQ(log.last_refusal().reason, "");
}

TEST_F(ResultsBookTest, RulesSurviveReplayAndSnapshot) {
    ASSERT_EQ(log.take(book.set_rules("owg2026", rules_document(4, R"("ER/FREE")"))), 1U);
    ResultsBook replayed;
    log.replay(replayed);
    EXPECT_EQ(saved(replayed), saved(book));
    const std::string bytes = saved(book);
    ByteReader reader(bytes);
    ResultsBook loaded;
    ASSERT_TRUE(loaded.load(reader));
    EXPECT_EQ(saved(loaded), bytes);
    EXPECT_EQ(loaded.rules().in_force("owg2026").version(), 4);
}

TEST(ResultsBook, AVersionThatComesBackWithItsWarningsChangesNothing) {
    ResultsBook book;
    MemoryJournal log(book);
    log.open_edition("owg2026");
    log.take(book.register_unit(medal_unit(kFreeSkate)));
    OdfMessage message = free_skate(1, ResultStatus::kLive);
    std::swap(message.results[0].rank, message.results[1].rank);
    ASSERT_EQ(log.take(book.receive(message, now())), 1U);
    const auto publication = book.publication(in_games(kFreeSkate));
    ASSERT_TRUE(publication);
    ASSERT_FALSE(publication->warnings.empty());
    EXPECT_EQ(log.take(book.receive(formats::message_of(*publication), now())), 0U);
    EXPECT_EQ(log.last_refusal().reason, "");
}

}  // namespace
}  // namespace altis::results
