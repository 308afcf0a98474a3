#include "results/awards/gatekeeper.h"

#include <gtest/gtest.h>

#include "results/awards/awards_fixture.h"

namespace altis::results {
namespace {

using namespace fixture;

constexpr std::string_view kSprint = "ATHM100M--------------FNL-000100--";

ResultLine runner(int number, int rank, std::string_view time) {
    ResultLine line;
    line.competitor.code = std::to_string(number);
    line.competitor.organisation = "N" + std::to_string(number);
    line.competitor.members = {
        {line.competitor.code, "Given", "FAMILY", line.competitor.organisation}};
    line.rank = rank;
    line.sort_order = rank;
    line.result = time;
    line.result_type = "TIME";
    return line;
}

OdfMessage sprint(std::int64_t version, ResultStatus status, int runners = 8) {
    OdfMessage message = envelope(OdfType::kResult, kSprint, version);
    message.status = status;
    message.note = "why";
    for (int i = 1; i <= runners; ++i)
        message.results.push_back(runner(i, i, "9." + std::to_string(70 + i)));
    return message;
}

class GatekeeperTest : public testing::Test {
  protected:
    void SetUp() override {
        reg.open_edition("owg2026");
        for (const std::string_view unit : {kSprint, kFreeSkate})
            ASSERT_EQ(reg.take(reg.results.register_unit(medal_unit(unit))), 1U);
    }
    std::string doubt_of(const OdfMessage& message) {
        EXPECT_FALSE(reg.send(message));
        return reg.doubts.empty() ? reg.refusal : reg.doubts.front().name;
    }
    std::int64_t version() const { return reg.results.current(in_games(kSprint))->version; }
    std::size_t release(std::uint64_t number, std::string_view key, std::string_view reason) {
        return reg.take(results::release(reg.books(), number, {key, reg.clock}, reason));
    }

    Registry reg;
};

TEST_F(GatekeeperTest, GoodVersionsPassAtOnce) {
    for (const auto status : {ResultStatus::kStartList, ResultStatus::kLive,
                              ResultStatus::kUnofficial, ResultStatus::kOfficial}) {
        EXPECT_TRUE(reg.send(sprint(static_cast<std::int64_t>(status) + 1, status)));
    }
    EXPECT_TRUE(reg.held.items().empty());
    EXPECT_EQ(reg.awards.table("owg2026", {}).awarded, (MedalCounts{1, 1, 1}));
}

TEST_F(GatekeeperTest, EachFaultOfASourceIsHeldByName) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kLive)));
    EXPECT_EQ(doubt_of(sprint(2, ResultStatus::kLive, 2)), "results.gate.shrinking");
    OdfMessage bad = sprint(3, ResultStatus::kLive);
    bad.results[4].competitor.members.clear();
    EXPECT_EQ(doubt_of(bad), "results.gate.blank_names");
    bad = sprint(4, ResultStatus::kLive);
    for (ResultLine& line : bad.results)
        line.competitor.code = "X" + line.competitor.code;
    EXPECT_EQ(doubt_of(bad), "results.gate.other_competition");
    for (const char* time : {"0.00", "-9.80", "8.99"}) {
        bad = sprint(5, ResultStatus::kLive);
        bad.results[0].result = time;
        EXPECT_EQ(doubt_of(bad), "results.gate.impossible_time") << time;
    }
    bad = sprint(6, ResultStatus::kLive);
    bad.results[6].result.clear();
    EXPECT_EQ(doubt_of(bad), "results.gate.rank_without_result");
    bad = sprint(7, ResultStatus::kLive);
    for (ResultLine& line : bad.results)
        line.rank += 20;
    EXPECT_EQ(doubt_of(bad), "results.gate.rank_jumps");
    EXPECT_EQ(version(), 1);
    EXPECT_EQ(reg.held.items().size(), 8U);
    // The next good version takes the place of all of them.
    EXPECT_TRUE(reg.send(sprint(8, ResultStatus::kLive)));
    EXPECT_EQ(version(), 8);
    EXPECT_TRUE(reg.held.items().empty());
}

// In kayak cross the order of arrival is all there is; the texts are of faults.
TEST_F(GatekeeperTest, RanksNeedNoResultsWhereNobodyIsMeasured) {
    OdfMessage race = sprint(1, ResultStatus::kLive);
    for (ResultLine& line : race.results) {
        line.result.clear();
        line.result_type.clear();
    }
    race.results.back().result = "FLT (2)";
    race.results.back().result_type = "FAULT";
    EXPECT_TRUE(reg.send(race));
    EXPECT_EQ(version(), 1);
    race.version = 2;
    race.results.front().result = "9.79";
    race.results.front().result_type = "TIME";
    EXPECT_EQ(doubt_of(race), "results.gate.rank_without_result") << "one was measured, so all are";
}

TEST_F(GatekeeperTest, ResultsThatAllAreGoneAreHeldToo) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kLive)));
    OdfMessage bad = sprint(2, ResultStatus::kLive);
    for (ResultLine& line : bad.results)
        line.result.clear();
    bad.results.back().result = "FLT (2)";
    bad.results.back().result_type = "FAULT";
    EXPECT_EQ(doubt_of(bad), "results.gate.rank_without_result");
}

TEST_F(GatekeeperTest, TheSameFaultIsHeldOnce) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kLive)));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(doubt_of(sprint(2, ResultStatus::kLive, 2)), "results.gate.shrinking");
    EXPECT_EQ(reg.held.items().size(), 1U);
}

TEST_F(GatekeeperTest, AfterOfficialAChangeNeedsAnotherKeyAndAReason) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kOfficial)));
    OdfMessage protested = sprint(2, ResultStatus::kProtested);
    EXPECT_TRUE(reg.send(protested));  // says that somebody protests, changes nothing
    OdfMessage corrected = sprint(3, ResultStatus::kOfficial);
    std::swap(corrected.results[0].rank, corrected.results[1].rank);
    EXPECT_EQ(doubt_of(corrected), "results.gate.official_changed");
    EXPECT_EQ(version(), 2);
    EXPECT_EQ(release(1, "source", "looked at it"), 0U);
    EXPECT_EQ(reg.refusal, "results.same_key");
    EXPECT_EQ(release(1, "referee", ""), 0U);
    EXPECT_EQ(reg.refusal, "results.reason_missing");
    EXPECT_EQ(release(7, "referee", "looked at it"), 0U);
    EXPECT_EQ(reg.refusal, "results.unknown_held");
    ASSERT_EQ(release(1, "referee", "looked at it"), 2U);
    EXPECT_EQ(version(), 3);
    EXPECT_TRUE(reg.held.items().empty());
    EXPECT_EQ(text_of(reg.awards.lists("owg2026", kSprint, {})), "G N2, S N1, B N3");
    // The same back as it was, without lines changed, passes.
    corrected.version = 4;
    EXPECT_TRUE(reg.send(corrected));
}

TEST_F(GatekeeperTest, AWithdrawalOfAnOfficialVersionNeedsAnotherKey) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kOfficial)));
    OdfMessage withdrawal = envelope(OdfType::kResult, kSprint, 1);
    withdrawal.has_competition = false;
    withdrawal.note = "sent in error";
    EXPECT_EQ(doubt_of(withdrawal), "results.gate.official_changed");
    EXPECT_EQ(reg.awards.table("owg2026", {}).awarded, (MedalCounts{1, 1, 1}));
    ASSERT_EQ(release(1, "referee", "asked the venue"), 2U);
    EXPECT_EQ(reg.awards.table("owg2026", {}).awarded, (MedalCounts{0, 0, 0}));
}

TEST_F(GatekeeperTest, OtherGamesWithTheSameCodeChangeNothingHere) {
    reg.open_edition("owg2022");
    Unit earlier = medal_unit(kSprint);
    earlier.edition = "owg2022";
    ASSERT_EQ(reg.take(reg.results.register_unit(earlier)), 1U);
    OdfMessage then = sprint(1, ResultStatus::kLive);
    OdfMessage shrunk = sprint(2, ResultStatus::kLive, 2);
    ASSERT_TRUE(reg.send(then));
    EXPECT_EQ(doubt_of(shrunk), "results.gate.shrinking");
    then.competition_code = shrunk.competition_code = "OWG2022";
    then.version = 9;
    ASSERT_TRUE(reg.send(then));
    EXPECT_EQ(reg.held.items().size(), 1U) << "the good version is of other Games";
    shrunk.version = 10;
    EXPECT_EQ(doubt_of(shrunk), "results.gate.shrinking");
    EXPECT_EQ(reg.held.items().size(), 2U);
    ASSERT_EQ(release(2, "referee", "looked at it"), 2U);
    EXPECT_EQ(version(), 1);
    EXPECT_EQ(reg.results.current({"owg2022", kSprint})->version, 10);
}

TEST_F(GatekeeperTest, WhatIsHeldCanBeLetGo) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kLive)));
    EXPECT_FALSE(reg.send(sprint(2, ResultStatus::kLive, 2)));
    EXPECT_EQ(reg.take(reg.held.discard(1, "referee", "a broken cable")), 1U);
    EXPECT_TRUE(reg.held.items().empty());
    EXPECT_EQ(version(), 1);
}

// A page of medals that loses one event keeps it, and only a person can take its medals away.
TEST_F(GatekeeperTest, AnAbsenceIsNoWithdrawal) {
    MedalSnapshot page;
    page.edition = "owg2026";
    page.source = "pages";
    page.observed_at = reg.clock;
    for (int event = 0; event < 20; ++event) {
        page.rows.push_back({"USA", "NAME", "Skiing", "event " + std::to_string(event), "gold"});
    }
    ASSERT_TRUE(reg.send(page));
    const auto golds = [&] { return reg.awards.table("owg2026", {}).awarded[0]; };
    page.rows.pop_back();
    EXPECT_TRUE(reg.send(page));
    EXPECT_EQ(golds(), 20U);
    page.rows.resize(5);
    MedalSnapshot stranger = page;
    stranger.source = "other pages";
    EXPECT_FALSE(reg.send(stranger));
    EXPECT_EQ(reg.refusal, "results.other_source");
    EXPECT_FALSE(reg.send(page));
    EXPECT_EQ(reg.doubts.front().name, "results.gate.shrinking");
    EXPECT_EQ(golds(), 20U);
    ASSERT_GT(release(1, "referee", "the Games were cut short"), 1U);
    EXPECT_EQ(golds(), 5U);
    const AwardVersion* version = reg.awards.latest({"owg2026", "Skiing", "event 19", ""});
    EXPECT_EQ(version->keys.approved_by, "referee");
    EXPECT_EQ(version->list.reason, "the Games were cut short");
}

TEST_F(GatekeeperTest, ASnapshotOfWhatIsHeldIsWhole) {
    ASSERT_TRUE(reg.send(sprint(1, ResultStatus::kLive)));
    EXPECT_FALSE(reg.send(sprint(2, ResultStatus::kLive, 2)));
    Registry again;
    reg.replay(again);
    EXPECT_EQ(saved(again.held), saved(reg.held));
    HeldBook loaded;
    const std::string bytes = saved(reg.held);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    ByteReader cut(std::string_view(bytes).substr(0, 20));
    EXPECT_FALSE(loaded.load(cut));
}

}  // namespace
}  // namespace altis::results
