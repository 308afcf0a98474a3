#include "rights/feed_grants.h"

#include <functional>
#include <gtest/gtest.h>

namespace altis::rights {
namespace {

using codec::Json;

const Time kNow = civil_date(2026, 2, 19);

FeedGrant grant_of(std::string key) {
    return {std::move(key), "owg2026",
            {"FSK", "CUR"}, {FeedField::kResults, FeedField::kSplits},
            30'000,         FeedPurpose::kBetting,
            kNow + days(3), kOdfConflationMs};
}

void apply_all(FeedGrantsBook& book, const journal::Decision& decision) {
    ASSERT_TRUE(decision.has_value()) << decision.error().message;
    for (const journal::Draft& draft : *decision) {
        journal::Record record;
        record.type = draft.type;
        record.payload = draft.payload;
        book.apply(record);
    }
}

TEST(FeedGrants, AKeyHasNothingUntilItIsGranted) {
    FeedGrantsBook book;
    EXPECT_EQ(book.require("bets", kNow).error().reason, "feed.no_grant");
    apply_all(book, book.put(grant_of("bets"), kNow));
    EXPECT_EQ(*book.require("bets", kNow), grant_of("bets"));
    EXPECT_EQ(book.require("other", kNow).error().reason, "feed.no_grant");
    EXPECT_EQ(book.require("bets", kNow + days(3)).error().reason, "feed.grant_ended");
    EXPECT_TRUE(book.put(grant_of("bets"), kNow)->empty()) << "nothing changes";
    apply_all(book, book.remove("bets"));
    EXPECT_EQ(book.require("bets", kNow).error().reason, "feed.no_grant");
    EXPECT_TRUE(book.remove("bets")->empty());
}

TEST(FeedGrants, RefusesWhatMakesNoGrant) {
    const FeedGrantsBook book;
    const auto reason = [&book](const std::function<void(FeedGrant&)>& spoil) {
        FeedGrant grant = grant_of("bets");
        spoil(grant);
        const auto decision = book.put(grant, kNow);
        return decision ? std::string("accepted") : decision.error().reason;
    };
    EXPECT_EQ(reason([](FeedGrant&) {}), "accepted");
    EXPECT_EQ(reason([](FeedGrant& g) { g.units.clear(); }), "feed.no_units");
    EXPECT_EQ(reason([](FeedGrant& g) { g.units = {"fsk"}; }), "feed.bad_units");
    EXPECT_EQ(reason([](FeedGrant& g) { g.units = {std::string(35, 'A')}; }), "feed.bad_units");
    EXPECT_EQ(reason([](FeedGrant& g) { g.fields.clear(); }), "feed.no_fields");
    EXPECT_EQ(reason([](FeedGrant& g) { g.delay_ms = -1; }), "feed.bad_delay");
    EXPECT_EQ(reason([](FeedGrant& g) { g.delay_ms = kMaxFeedDelayMs + 1; }), "feed.bad_delay");
    EXPECT_EQ(reason([](FeedGrant& g) { g.delay_ms = 0; }), "feed.betting_needs_delay");
    EXPECT_EQ(reason([](FeedGrant& g) { g.until = kNow; }), "feed.ended");
    EXPECT_EQ(reason([](FeedGrant& g) { g.conflation_ms = kOdfConflationMs; }), "accepted");
    EXPECT_EQ(reason([](FeedGrant& g) { g.conflation_ms = -1; }), "feed.bad_conflation");
    EXPECT_EQ(reason([](FeedGrant& g) { g.conflation_ms = kMaxFeedConflationMs + 1; }),
              "feed.bad_conflation");
}

TEST(FeedGrants, ReadsWhatItWritesAndNamesUnknownWords) {
    const Json json = to_json(grant_of("bets"));
    EXPECT_EQ(*feed_grant_from("bets", json), grant_of("bets"));
    Json strange = json;
    strange.set("fields", Json::array({"results", "salaries"}));
    EXPECT_EQ(feed_grant_from("bets", strange).error().reason, "feed.unknown_field");
    strange = json;
    strange.set("purpose", "gossip");
    EXPECT_EQ(feed_grant_from("bets", strange).error().reason, "feed.unknown_purpose");
    strange = json;
    strange.set("units", Json::array({7}));
    EXPECT_EQ(feed_grant_from("bets", strange).error().reason, "json.wrong_type");
}

TEST(FeedGrants, ASnapshotHoldsTheState) {
    FeedGrantsBook book;
    apply_all(book, book.put(grant_of("bets"), kNow));
    apply_all(book, book.put(grant_of("app"), kNow));
    ByteWriter out;
    book.save(out);
    ByteReader in(out.bytes());
    FeedGrantsBook again;
    ASSERT_TRUE(again.load(in));
    EXPECT_EQ(again.all(), book.all());
    EXPECT_EQ(journal::state_hash(again), journal::state_hash(book));
}

}  // namespace
}  // namespace altis::rights
