#include "results/feed/view_state.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "results/feed/feed_fixture.h"

namespace altis::results::feed {
namespace {

using codec::Json;
using fixture::Follower;
using fixture::parsed;
using fixture::pick;
using fixture::Random;

View random_view(Random& random) {
    View view{"owg2026", {}, fixture::random_fields(random), {}};
    constexpr std::array<std::string_view, 5> kBeginnings = {"FSK", "FSKW", "CUR", "ALPM", ""};
    view.units = {std::string(kBeginnings[static_cast<std::size_t>(pick(random, 5))])};
    return view;
}

UnitNews random_news(Random& random, std::int64_t version) {
    const auto unit = fixture::kUnits[static_cast<std::size_t>(pick(random, 4))];
    UnitNews news{std::string(unit), pick(random, 9) == 0 ? "og2024" : "owg2026", {}, {}};
    if (pick(random, 8) != 0) news.result = fixture::random_result(random, unit, version);
    return news;
}

// Everything the view shows, as a client has it that was just told the whole.
std::map<std::string, Json, std::less<>> shown_by(const ViewState& state) {
    Follower follower;
    for (const Message& message : state.whole())
        follower.take(message.json);
    EXPECT_EQ(follower.problem, "");
    return follower.documents;
}

TEST(ViewState, EveryClientEndsWithTheSameDocumentsHoweverSlowItIs) {
    for (std::uint64_t seed = 1; seed <= test_effort(200U, 20U); ++seed) {
        Random random(seed);
        ViewState state(random_view(random), 1'000);
        Follower quick;
        Follower slow;  // is told several changes in one
        for (const Message& message : state.whole()) {
            quick.take(message.json);
            slow.take(message.json);
        }
        for (int i = 1; i <= 100; ++i) {
            const auto told = state.change(random_news(random, i));
            if (told) quick.take(told->json);
            if (pick(random, 10) != 0) continue;
            const auto caught_up = state.since(static_cast<std::uint64_t>(slow.place()));
            ASSERT_TRUE(caught_up);
            std::set<std::string> units;
            for (const Message& message : *caught_up) {
                const Json json = parsed(message);
                const std::string unit(json["unit"].as_string());
                EXPECT_TRUE(unit.empty() || units.insert(unit).second) << "one delta for a unit";
                slow.take(message.json);
            }
            ASSERT_EQ(slow.place(), static_cast<std::int64_t>(state.last_seq()));
            ASSERT_EQ(slow.documents, quick.documents);
        }
        EXPECT_EQ(quick.problem, "") << "seed " << seed;
        EXPECT_EQ(slow.problem, "") << "seed " << seed;
        EXPECT_EQ(quick.documents, shown_by(state));
    }
}

TEST(ViewState, NothingOfWhatIsNotGrantedIsEverInAMessage) {
    constexpr std::array<std::string_view, 5> kMarks = {"results", "splits", "members",
                                                        "biographic", "medals"};
    constexpr std::array kFields = {rights::FeedField::kResults, rights::FeedField::kSplits,
                                    rights::FeedField::kMembers, rights::FeedField::kBiographic,
                                    rights::FeedField::kMedals};
    std::size_t searched = 0;
    for (std::uint64_t seed = 1; seed <= test_effort(600U, 30U); ++seed) {
        Random random(seed);
        ViewState state(random_view(random), 0);
        std::string told;
        for (int i = 1; i <= 40; ++i) {
            if (const auto message = state.change(random_news(random, i))) told += message->json;
        }
        for (const Message& message : state.whole())
            told += message.json;
        const auto caught_up = state.since(pick(random, 2) == 0 ? 0 : state.last_seq() / 2);
        ASSERT_TRUE(caught_up);
        for (const Message& message : *caught_up)
            told += message.json;
        const auto& view = state.view();
        for (std::size_t i = 0; i < kMarks.size(); ++i) {
            if (view.fields.contains(kFields[i])) continue;
            ASSERT_EQ(told.find(std::string(kMarks[i]) + "~"), std::string::npos) << told;
            ++searched;
        }
        if (!view.fields.contains(rights::FeedField::kStartList)) {
            ASSERT_EQ(told.find("start_order"), std::string::npos);
            ASSERT_EQ(told.find("START_LIST"), std::string::npos);
        }
        if (!view.fields.contains(rights::FeedField::kResults)) {
            for (const auto& [unit, document] : shown_by(state)) {
                const Json order = document["order"];
                ASSERT_TRUE(std::ranges::is_sorted(
                    order.items(), {}, [](const Json& code) { return code.as_string(); }));
            }
        }
        ASSERT_EQ(told.find("internal~"), std::string::npos);
        ASSERT_EQ(told.find("og2024"), std::string::npos);
        for (const std::string_view unit : fixture::kUnits) {
            if (view.covers("owg2026", unit)) continue;
            ASSERT_EQ(told.find(unit), std::string::npos) << unit;
        }
    }
    EXPECT_GT(searched, 30U);
}

TEST(ViewState, WhatIsGrantedIsThere) {
    Random random(3);
    for (std::size_t i = 0; i < rights::kFeedFieldNames.size(); ++i) {
        const auto field = static_cast<rights::FeedField>(i);
        if (field == rights::FeedField::kProof) continue;  // shown by proofs, not by documents
        View view{"owg2026", {""}, {field}, {}};
        ViewState state(view, 0);
        std::string told;
        for (int version = 1; version <= 50; ++version) {
            if (const auto message = state.change(random_news(random, version)))
                told += message->json;
        }
        const auto mark = view.fields.contains(rights::FeedField::kStartList)
                              ? std::string("start_order")
                              : std::string(rights::kFeedFieldNames[i]) + "~";
        EXPECT_NE(told.find(mark), std::string::npos) << mark;
    }
}

// A client that slept through a change and the change back has the same document under another
// version: what comes next is from that one.
TEST(ViewState, ADocumentThatCameBackUnderANewVersionIsToldToTheSlow) {
    Random random(5);
    ViewState state({"owg2026", {""}, {rights::FeedField::kResults}, {}}, 0);
    const Json first = fixture::random_result(random, fixture::kUnits[0], 1);
    const auto publish = [&](std::int64_t version, const char* status) {
        Json result = first;
        result.set("version", version);
        result.set("status", status);
        return state.change({std::string(fixture::kUnits[0]), "owg2026", {}, result});
    };
    Follower slow;
    publish(1, "LIVE");
    for (const Message& message : state.whole())
        slow.take(message.json);
    publish(2, "OFFICIAL");
    publish(3, "LIVE");
    const auto caught_up = state.since(1);
    ASSERT_TRUE(caught_up);
    for (const Message& message : *caught_up)
        slow.take(message.json);
    slow.take(publish(4, "OFFICIAL")->json);
    EXPECT_EQ(slow.problem, "");
    EXPECT_EQ(slow.documents, shown_by(state));
}

TEST(ViewState, TellsNothingWhereTheViewShowsNoDifference) {
    Random random(4);
    ViewState state({"owg2026", {""}, {rights::FeedField::kResults}, {}}, 0);
    Json result = fixture::random_result(random, fixture::kUnits[0], 1);
    result.set("status", "LIVE");
    UnitNews news{std::string(fixture::kUnits[0]), "owg2026", {}, result};
    EXPECT_EQ(state.change(news)->type, "snapshot");
    news.result.set("medals", Json::array({Json::object({{"medal", "gold"}})}));
    news.result.set("version", 2);
    EXPECT_FALSE(state.change(news));
    EXPECT_EQ(state.last_seq(), 1U);
    news.result = {};
    EXPECT_EQ(state.change(news)->json,
              with_check(R"({"type":"withdrawn","seq":2,"unit":")" + news.unit + R"("})"));
    EXPECT_FALSE(state.change(news));
    EXPECT_TRUE(state.unit(news.unit).is_null());
}

TEST(ViewState, SaysWhenAPlaceIsTooOldOrNeverWas) {
    Random random(5);
    ViewState state({"owg2026", {""}, {rights::FeedField::kResults}, {}}, 100);
    EXPECT_FALSE(state.since(99));
    EXPECT_TRUE(state.since(100));
    EXPECT_FALSE(state.since(101));
    for (int i = 1; state.last_seq() < 100 + kMaxFeedHistory + 10; ++i)
        state.change(random_news(random, i));
    EXPECT_FALSE(state.since(105));
    EXPECT_TRUE(state.since(state.last_seq() - 10));
}

TEST(View, GrantsWithTheSameMeaningShareAView) {
    rights::FeedGrant one{"a",
                          "owg2026",
                          {"FSK", "FSKW", "CUR"},
                          {rights::FeedField::kResults},
                          5'000,
                          rights::FeedPurpose::kApp,
                          {}};
    rights::FeedGrant other = one;
    other.key = "b";
    other.units = {"CUR", "FSK"};
    other.purpose = rights::FeedPurpose::kBetting;
    EXPECT_EQ(view_of(one).key(), view_of(other).key());
    other.delay_ms = 6'000;
    EXPECT_NE(view_of(one).key(), view_of(other).key());
    other = one;
    other.fields.insert(rights::FeedField::kSplits);
    EXPECT_NE(view_of(one).key(), view_of(other).key());
    other = one;
    other.units = {""};
    EXPECT_NE(view_of(one).key(), view_of(other).key());
    EXPECT_TRUE(view_of(one).covers("owg2026", fixture::kUnits[0]));
    EXPECT_FALSE(view_of(one).covers("owg2026", fixture::kUnits[3]));
    EXPECT_FALSE(view_of(one).covers("og2024", fixture::kUnits[0]));
}

}  // namespace
}  // namespace altis::results::feed
