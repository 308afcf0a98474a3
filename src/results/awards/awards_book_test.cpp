#include "results/awards/awards_book.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "results/awards/awards_fixture.h"

namespace altis::results {
namespace {

using namespace fixture;

// The women's floor of a Games whose medals a feed writes.
AwardList floor_list(std::string_view bronze, std::string_view time) {
    AwardList list;
    list.place = {"og2024", "Artistic Gymnastics", "Women's Floor", ""};
    list.awards = {medal_of(Medal::kGold, "BRA", "ANDRADE"),
                   medal_of(Medal::kSilver, "USA", "BILES"),
                   medal_of(Medal::kBronze, bronze, "third")};
    list.valid_from = at(time);
    list.published_at = at(time);
    list.source = "feed";
    return list;
}

class AwardsBookTest : public testing::Test {
  protected:
    void SetUp() override {
        reg.open_edition("og2024");
        reg.open_edition("owg2026");
    }
    std::size_t record(const AwardList& list) {
        return reg.take(reg.awards.record(list, reg.clock));
    }
    std::string floor(const Moment& moment = {}) const {
        return text_of(reg.awards.lists("og2024", "Women's Floor", moment));
    }

    Registry reg;
};

TEST_F(AwardsBookTest, BothAxesAnswerAndNothingIsErased) {
    ASSERT_EQ(record(floor_list("USA", "2024-08-05T14:00:00Z")), 1U);
    AwardList moved = floor_list("ROU", "2024-08-11T12:00:00Z");
    moved.reason = "a court decided";
    ASSERT_EQ(record(moved), 1U);
    EXPECT_EQ(floor(), "G BRA, S USA, B ROU");
    EXPECT_EQ(floor({kEndOfTime, at("2024-08-11T11:59:59Z")}), "G BRA, S USA, B USA");
    EXPECT_EQ(floor({at("2024-08-06"), kEndOfTime}), "G BRA, S USA, B USA");
    EXPECT_EQ(floor({at("2024-08-01"), kEndOfTime}), "");
    EXPECT_EQ(floor({kEndOfTime, at("2024-08-01")}), "");
    // A ruling that holds from the day of the event on changes the past, not what was known of it.
    AwardList back = floor_list("GBR", "2024-08-05T14:00:00Z");
    back.published_at = at("2025-01-01");
    ASSERT_EQ(record(back), 1U);
    EXPECT_EQ(floor({at("2024-08-06"), kEndOfTime}), "G BRA, S USA, B GBR");
    EXPECT_EQ(floor({at("2024-08-06"), at("2024-12-31")}), "G BRA, S USA, B USA");
    EXPECT_EQ(reg.awards.versions("og2024", "Artistic Gymnastics/Women's Floor").size(), 3U);
}

TEST_F(AwardsBookTest, ADiffNamesWhoLostAndWonAndWhy) {
    record(floor_list("USA", "2024-08-05T14:00:00Z"));
    AwardList moved = floor_list("ROU", "2024-08-11T12:00:00Z");
    moved.reason = "a court decided";
    record(moved);
    const Moment before{kEndOfTime, at("2024-08-10")};
    const auto diff = reg.awards.diff("og2024", before, {});
    ASSERT_EQ(diff.size(), 1U);
    EXPECT_EQ(diff[0].before[2].organisation, "USA");
    EXPECT_EQ(diff[0].after[2].organisation, "ROU");
    ASSERT_EQ(diff[0].because.size(), 1U);
    EXPECT_EQ(diff[0].because[0]->list.reason, "a court decided");
    EXPECT_TRUE(reg.awards.diff("og2024", {}, {}).empty());
    EXPECT_EQ(reg.awards.diff("og2024", {}, before).size(), 1U);
    EXPECT_EQ(to_json(diff[0])["because"].items()[0]["source"].as_string(), "feed");
}

TEST_F(AwardsBookTest, OnlyHeldAndProvisionalMedalsCount) {
    AwardList list = floor_list("ROU", "2024-08-11T12:00:00Z");
    list.awards[0].status = AwardStatus::kPending;
    list.awards[1].status = AwardStatus::kProvisional;
    list.awards[2] = medal_of(Medal::kBronze, "", "", AwardStatus::kVacant);
    list.awards.push_back(medal_of(Medal::kBronze, "USA", "x", AwardStatus::kWithdrawn));
    ASSERT_EQ(record(list), 1U);
    const MedalTable table = reg.awards.table("og2024", {});
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(counts_text(table, "USA"), "0-1-0");
    EXPECT_EQ(table.awarded, (MedalCounts{0, 1, 0}));
    EXPECT_EQ(table.by_status, (std::array<std::uint32_t, 5>{0, 1, 1, 1, 1}));
}

TEST_F(AwardsBookTest, WrongListsAreNamed) {
    const auto refusal = [&](AwardList list) {
        EXPECT_EQ(record(list), 0U);
        return reg.refusal;
    };
    AwardList list = floor_list("ROU", "2024-08-11T12:00:00Z");
    list.place.edition = "og1916";
    EXPECT_EQ(refusal(list), "results.unknown_edition");
    list = floor_list("", "2024-08-11T12:00:00Z");
    EXPECT_EQ(refusal(list), "results.award_malformed");
    list = floor_list("ROU", "2024-08-11T12:00:00Z");
    list.place.event.clear();
    EXPECT_EQ(refusal(list), "results.award_malformed");
    EXPECT_EQ(refusal(floor_list("ROU", "2099-01-01")), "results.from_the_future");
    list = floor_list("ROU", "2024-08-11T12:00:00Z");
    list.awards.resize(kMaxAwardsPerEvent + 1, list.awards[0]);
    EXPECT_EQ(refusal(list), "results.award_malformed");
    ASSERT_EQ(record(floor_list("ROU", "2024-08-11T12:00:00Z")), 1U);
    EXPECT_EQ(record(floor_list("ROU", "2024-08-11T12:00:00Z")), 0U);
    EXPECT_EQ(reg.refusal, "");
    list = floor_list("ROU", "2024-08-12");
    list.source = "another";
    EXPECT_EQ(refusal(list), "results.other_source");
}

TEST_F(AwardsBookTest, AnOfficialListChangesByTwoKeysOnly) {
    AwardList list = floor_list("USA", "2024-08-05T14:00:00Z");
    list.is_official = true;
    ASSERT_EQ(record(list), 1U);
    EXPECT_EQ(record(floor_list("ROU", "2024-08-11T12:00:00Z")), 0U);
    EXPECT_EQ(reg.refusal, "results.two_keys_needed");

    AwardList correction = floor_list("ROU", "2024-08-11T12:00:00Z");
    correction.published_at.reset();
    const auto propose = [&](const char* key) {
        return reg.take(reg.awards.propose(correction, key));
    };
    const auto approve = [&](std::uint64_t number, const char* key, const char* reason) {
        return reg.take(reg.awards.approve(number, key, reason));
    };
    EXPECT_EQ(propose("anna"), 0U);
    EXPECT_EQ(reg.refusal, "results.reason_missing");
    correction.reason = "CAS ad hoc 24-15";
    ASSERT_EQ(propose("anna"), 1U);
    EXPECT_EQ(floor(), "G BRA, S USA, B USA");
    EXPECT_EQ(approve(1, "anna", "seen"), 0U);
    EXPECT_EQ(reg.refusal, "results.same_key");
    EXPECT_EQ(approve(1, "ben", ""), 0U);
    EXPECT_EQ(reg.refusal, "results.reason_missing");
    EXPECT_EQ(approve(2, "ben", "seen"), 0U);
    EXPECT_EQ(reg.refusal, "results.unknown_correction");
    ASSERT_EQ(propose("carl"), 1U);
    ASSERT_EQ(approve(1, "ben", "seen the award"), 1U);
    EXPECT_EQ(floor(), "G BRA, S USA, B ROU");
    const AwardVersion* latest = reg.awards.latest(correction.place);
    EXPECT_EQ(latest->keys.proposed_by, "anna");
    EXPECT_EQ(latest->keys.approved_by, "ben");
    EXPECT_TRUE(latest->list.is_official);
    EXPECT_EQ(approve(2, "ben", "seen"), 0U);
    EXPECT_EQ(reg.refusal, "results.correction_outdated");
    EXPECT_EQ(reg.take(reg.awards.drop(2, "carl", "done already")), 1U);
    EXPECT_TRUE(reg.awards.corrections().empty());
    EXPECT_EQ(propose("anna"), 0U);
    EXPECT_EQ(reg.refusal, "results.nothing_changes");
}

TEST_F(AwardsBookTest, TheMedalsOfOdfUnitsAreTheRegister) {
    reg.take(reg.results.register_unit(medal_unit(kFreeSkate)));
    reg.take(reg.results.receive(free_skate(1, ResultStatus::kLive), reg.clock));
    EXPECT_EQ(reg.awards.table("owg2026", {}).events, 0U);
    reg.take(reg.results.receive(free_skate(2, ResultStatus::kOfficial), reg.clock));
    const Time known = reg.clock;
    EXPECT_EQ(text_of(reg.awards.lists("owg2026", kFreeSkate, {})), "G USA, S JPN, B JPN");
    EXPECT_EQ(reg.awards.lists("owg2026", "FSKWSINGLES", {}).size(), 1U);
    const AwardVersion* version = reg.awards.lists("owg2026", "", {}).front();
    EXPECT_EQ(version->list.document, "results/owg2026/FSKWSINGLES-----------FNL-000100--/2");
    EXPECT_TRUE(version->list.is_official);

    OdfMessage hold = free_skate(3, ResultStatus::kProvisional);
    hold.note = "a sample is being analysed";
    reg.take(reg.results.receive(hold, reg.clock));
    EXPECT_EQ(text_of(reg.awards.lists("owg2026", kFreeSkate, {})),
              "G USA provisional, S JPN provisional, B JPN provisional");
    EXPECT_EQ(counts_text(reg.awards.table("owg2026", {}), "JPN"), "0-1-1");

    reg.take(reg.results.register_unit(medal_unit("SSKM500M--------------FNL-000100--")));
    AwardList other = floor_list("ROU", "2026-01-01");
    other.place.edition = "owg2026";
    EXPECT_EQ(record(other), 0U);
    EXPECT_EQ(reg.refusal, "results.other_source");
    EXPECT_EQ(text_of(reg.awards.lists("owg2026", kFreeSkate, {kEndOfTime, known})),
              "G USA, S JPN, B JPN");
}

// A correction by two keys outlives later versions of the unit that leave its medals alone.
TEST_F(AwardsBookTest, ACorrectionOfAnOdfUnitStays) {
    reg.take(reg.results.register_unit(medal_unit(kFreeSkate)));
    reg.take(reg.results.receive(free_skate(1, ResultStatus::kOfficial), reg.clock));
    AwardList list = reg.awards.lists("owg2026", "", {}).front()->list;
    list.awards[0] = medal_of(Medal::kGold, "", "", AwardStatus::kVacant);
    list.reason = "court";
    ASSERT_EQ(reg.take(reg.awards.propose(list, "anna")), 1U);
    ASSERT_EQ(reg.take(reg.awards.approve(1, "ben", "seen")), 1U);
    Unit renamed = medal_unit(kFreeSkate);
    renamed.name = "Free skating";
    renamed.as_of = "2026-02-20";
    ASSERT_EQ(reg.take(reg.results.register_unit(renamed)), 1U);
    EXPECT_EQ(text_of(reg.awards.lists("owg2026", kFreeSkate, {})), "G vacant, S JPN, B JPN");
}

TEST_F(AwardsBookTest, AnotherSourcesRegisterSaysHowManyUnitsItLeavesOut) {
    AwardList other = floor_list("ROU", "2026-01-01");
    other.place.edition = "owg2026";
    ASSERT_EQ(record(other), 1U);
    reg.take(reg.results.register_unit(medal_unit(kFreeSkate)));
    reg.take(reg.results.receive(free_skate(1, ResultStatus::kOfficial), reg.clock));
    EXPECT_EQ(reg.awards.left_out("owg2026"), 1U);
    EXPECT_EQ(reg.awards.table("owg2026", {}).events, 1U);
}

TEST_F(AwardsBookTest, AGapIsNotedOnce) {
    const Gap gap{"og2020", "history", "no row"};
    EXPECT_EQ(reg.take(reg.awards.note_gap(gap)), 1U);
    EXPECT_EQ(reg.take(reg.awards.note_gap(gap)), 0U);
    EXPECT_TRUE(reg.awards.gaps().contains(gap));
    EXPECT_EQ(reg.take(reg.awards.note_gap({"", "history", ""})), 0U);
    EXPECT_EQ(reg.refusal, "results.award_malformed");
}

TEST_F(AwardsBookTest, ReplayAndSnapshotEqualWhatWasLive) {
    AwardList list = floor_list("USA", "2024-08-05T14:00:00Z");
    list.is_official = true;
    record(list);
    list.awards[2].organisation = "ROU";
    list.published_at.reset();
    list.reason = "court";
    for (int i = 0; i < 3; ++i)
        reg.take(reg.awards.propose(list, "anna"));
    reg.take(reg.awards.approve(1, "ben", "seen"));
    reg.take(reg.awards.drop(2, "ben", "twice"));
    reg.take(reg.awards.note_gap({"og2020", "history", "no row"}));
    Registry again;
    reg.replay(again);
    EXPECT_EQ(saved(again.awards), saved(reg.awards));
    AwardsBook loaded(reg.results);
    const std::string bytes = saved(reg.awards);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    ByteReader cut(std::string_view(bytes).substr(0, bytes.size() / 2));
    EXPECT_FALSE(loaded.load(cut));
}

// Any order of arrival of versions that say when they were published gives the same truth, and the
// same answer at every moment.
TEST(AwardsBookProperty, AnyOrderOfArrivalGivesTheSameTruth) {
    EXPECT_TRUE(rc::check([] {
        std::vector<AwardList> lists;
        const auto count = *rc::gen::inRange(2, 12);
        for (int i = 0; i < count; ++i) {
            AwardList list = floor_list("USA", "2024-08-05");
            list.place.event = "event " + std::to_string(*rc::gen::inRange(0, 2));
            list.awards[0].organisation = "N" + std::to_string(*rc::gen::inRange(0, 4));
            list.valid_from = list.valid_from + days(*rc::gen::inRange(0, 4));
            list.published_at = at("2024-08-05") + days(*rc::gen::inRange(0, 4));
            lists.push_back(list);
        }
        std::vector<std::size_t> order(lists.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        Registry straight;
        Registry mixed;
        for (Registry* registry : {&straight, &mixed})
            registry->open_edition("og2024");
        for (const AwardList& list : lists)
            straight.take(straight.awards.record(list, straight.clock));
        for (std::size_t left = order.size(); left > 0; --left) {
            const auto pick = *rc::gen::inRange(std::size_t{0}, left);
            mixed.take(mixed.awards.record(lists[order[pick]], mixed.clock));
            order.erase(order.begin() + static_cast<std::ptrdiff_t>(pick));
        }
        ByteWriter a;
        ByteWriter b;
        straight.awards.save_truth(a);
        mixed.awards.save_truth(b);
        RC_ASSERT(a.bytes() == b.bytes());
        // The answer is what a plain look at all versions says.
        const Moment moment{at("2024-08-05") + days(*rc::gen::inRange(0, 5)),
                            at("2024-08-05") + days(*rc::gen::inRange(0, 5))};
        const auto known = mixed.awards.lists("og2024", "event 0", moment);
        const AwardVersion* wanted = nullptr;
        for (const AwardVersion* version : mixed.awards.versions("og2024", "event 0")) {
            if (version->known_at <= moment.known_at &&
                version->list.valid_from <= moment.valid_at) {
                wanted = version;
            }
        }
        RC_ASSERT((known.empty() ? nullptr : known.front()) == wanted);
    }));
}

}  // namespace
}  // namespace altis::results
