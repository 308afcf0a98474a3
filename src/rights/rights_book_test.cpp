#include "rights/rights_book.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/json.h"
#include "codec/text.h"

namespace altis::rights {
namespace {

constexpr Time kNow{1'000'000};
constexpr SubjectId kFan{77};

// A book together with the records that made it, so that they can be replayed in other orders.
class Fixture {
  public:
    RightsBook book;
    std::vector<journal::Draft> history;

    void run(const journal::Decision& decision) {
        ASSERT_TRUE(decision) << decision.error().message;
        for (const auto& draft : *decision)
            apply(book, draft);
    }

    void apply(RightsBook& to, const journal::Draft& draft) {
        apply(to, draft, history.size() + 1);
    }

    void apply(RightsBook& to, const journal::Draft& draft, journal::Offset offset) {
        journal::Record record;
        record.offset = offset;
        record.time = kNow;
        record.type = draft.type;
        record.topic = draft.topic;
        record.subject = draft.subject;
        record.payload = draft.payload;
        to.apply(record);
        if (&to == &book) history.push_back(draft);
    }

    void set_up_games() {
        run(book.register_organisation({"la28", "LA28", "rights_holder", SubjectId{1}}));
        run(book.register_organisation({"airline", "Airline", "sponsor", SubjectId{2}}));
        run(book.open_edition({"owg2026", "Milano Cortina 2026"}));
        run(book.open_edition({"og2028", "Los Angeles 2028"}));
        run(book.assign_ownership("la28", Category::kFanEngagement, "owg2026"));
        run(book.assign_ownership("la28", Category::kAthleteHealth, "owg2026"));
    }
};

std::string saved(const RightsBook& book) {
    ByteWriter out;
    book.save(out);
    return out.take();
}

Access access(std::string organisation, Purpose purpose, SubjectId subject = kNoSubject) {
    std::vector<SubjectId> subjects;
    if (subject != kNoSubject) subjects.push_back(subject);
    return {"test",  std::move(organisation), Category::kFanEngagement, purpose, "owg2026",
            subjects};
}

Grant airline_grant() {
    return {"g1",
            "la28",
            "airline",
            Category::kFanEngagement,
            Purpose::kCleanRoom,
            "owg2026",
            kNow + seconds(10),
            "Overlap questions only."};
}

TEST(RightsBook, AnArchiveIsOneForGood) {
    Fixture registry;
    const Edition archive{"og2016", "Rio 2016", true};
    registry.run(registry.book.open_edition(archive));
    EXPECT_TRUE(registry.book.is_archive("og2016"));
    EXPECT_FALSE(registry.book.is_archive("owg2026"));
    EXPECT_TRUE(registry.book.open_edition(archive)->empty());
    EXPECT_EQ(registry.book.open_edition({"og2016", "Rio 2016"}).error().reason, "rights.exists");
    RightsBook copy;
    const std::string bytes = saved(registry.book);
    ByteReader in(bytes);
    ASSERT_TRUE(copy.load(in));
    EXPECT_TRUE(copy.is_archive("og2016"));
}

TEST(RightsBook, DeniesByDefault) {
    const RightsBook empty;
    EXPECT_EQ(empty.decide(access("la28", Purpose::kAnalytics), kNow).rule, "no_owner");
    Fixture games;
    games.set_up_games();
    const Verdict verdict = games.book.decide(access("airline", Purpose::kCleanRoom), kNow);
    EXPECT_FALSE(verdict.allowed);
    EXPECT_EQ(verdict.rule, "no_grant");
}

TEST(RightsBook, OwnerIsAllowedAndSaysWhy) {
    Fixture games;
    games.set_up_games();
    const Verdict verdict = games.book.decide(access("la28", Purpose::kAnalytics), kNow);
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.rule, "owner");
    EXPECT_FALSE(verdict.explanation.empty());
}

TEST(RightsBook, GrantHoldsForItsPurposeAndTimeOnly) {
    Fixture games;
    games.set_up_games();
    games.run(games.book.grant(airline_grant(), kNow));
    EXPECT_EQ(games.book.decide(access("airline", Purpose::kCleanRoom), kNow).rule, "grant:g1");
    EXPECT_FALSE(games.book.decide(access("airline", Purpose::kMessages), kNow).allowed);
    EXPECT_FALSE(
        games.book.decide(access("airline", Purpose::kCleanRoom), kNow + seconds(10)).allowed);
    games.run(games.book.revoke_grant("g1"));
    EXPECT_FALSE(games.book.decide(access("airline", Purpose::kCleanRoom), kNow).allowed);
}

TEST(RightsBook, OnlyTheOwnerGrants) {
    Fixture games;
    games.set_up_games();
    Grant grant = airline_grant();
    grant.owner = "airline";
    grant.grantee = "la28";
    EXPECT_EQ(games.book.grant(grant, kNow).error().reason, "rights.not_owner");
    grant = airline_grant();
    grant.policy = "";
    EXPECT_EQ(games.book.grant(grant, kNow).error().reason, "rights.policy_missing");
    grant = airline_grant();
    grant.until = kNow;
    EXPECT_EQ(games.book.grant(grant, kNow).error().reason, "rights.grant_over");
}

TEST(RightsBook, HealthIsLockedUntilItsOwnerUnlocksInWriting) {
    Fixture games;
    games.set_up_games();
    Access health = access("la28", Purpose::kAnalytics);
    health.category = Category::kAthleteHealth;
    EXPECT_EQ(games.book.decide(health, kNow).rule, "category_locked");
    EXPECT_EQ(games.book.unlock("airline", Category::kAthleteHealth, "owg2026", "We want it.")
                  .error()
                  .reason,
              "rights.not_owner");
    EXPECT_EQ(games.book.unlock("la28", Category::kAthleteHealth, "owg2026", "").error().reason,
              "rights.policy_missing");
    games.run(games.book.unlock("la28", Category::kAthleteHealth, "owg2026", "Team doctors only."));
    EXPECT_TRUE(games.book.decide(health, kNow).allowed);
}

TEST(RightsBook, ConsentIsPerPurposeAndEditionAndWithdrawalActsAtOnce) {
    Fixture games;
    games.set_up_games();
    const Access message = access("la28", Purpose::kMessages, kFan);
    EXPECT_EQ(games.book.decide(message, kNow).rule, "consent_missing");
    games.run(games.book.set_consent(kFan, {Purpose::kMessages, "owg2026", kNow, true}));
    EXPECT_TRUE(games.book.decide(message, kNow).allowed);
    EXPECT_FALSE(games.book.has_consent(std::array{kFan}, Purpose::kMessages, "og2028"));
    EXPECT_FALSE(games.book.has_consent(std::array{kFan}, Purpose::kAnalytics, "owg2026"));
    EXPECT_TRUE(games.book.set_consent(kFan, {Purpose::kMessages, "owg2026", kNow, true})->empty());
    games.run(games.book.set_consent(kFan, {Purpose::kMessages, "owg2026", kNow, false}));
    EXPECT_FALSE(games.book.decide(message, kNow).allowed);
}

TEST(RightsBook, TheLatestDecisionOfAnyOfAPersonsSubjectsCounts) {
    Fixture games;
    games.set_up_games();
    constexpr SubjectId kDevice{78};
    const std::array person = {kDevice, kFan};
    const auto decide = [&](SubjectId subject, std::int64_t second, bool given) {
        games.run(games.book.set_consent(
            subject, {Purpose::kMessages, "owg2026", kNow + seconds(second), given}));
    };
    const auto holds = [&] {
        return games.book.has_consent(person, Purpose::kMessages, "owg2026");
    };
    decide(kDevice, 2, true);
    EXPECT_TRUE(holds());
    decide(kFan, 1, false);  // came late
    EXPECT_TRUE(holds());
    decide(kFan, 2, false);  // at the same moment the withdrawal counts
    EXPECT_FALSE(holds());
    decide(kFan, 3, true);
    EXPECT_TRUE(holds());
    EXPECT_FALSE(games.book.has_consent(std::array{kFan}, Purpose::kMessages, "og2028"));
    EXPECT_TRUE(games.book.set_consent(kFan, {Purpose::kMessages, "owg2026", kNow, false})
                    ->empty());  // older than what is known
}

TEST(RightsBook, AnOptOutHoldsInEveryEditionUntilALaterConsent) {
    Fixture games;
    games.set_up_games();
    const std::array person = {kFan};
    const auto shares = [&](std::string_view edition) {
        return games.book.has_consent(person, Purpose::kCleanRoom, edition);
    };
    const auto consent = [&](std::string_view edition, std::int64_t second) {
        games.run(games.book.set_consent(
            kFan, {Purpose::kCleanRoom, edition, kNow + seconds(second), true}));
    };
    consent("owg2026", 1);
    consent("og2028", 1);
    games.run(games.book.opt_out(kFan, kNow + seconds(5)));
    EXPECT_FALSE(shares("owg2026"));
    EXPECT_FALSE(shares("og2028"));
    EXPECT_TRUE(games.book.opt_out(kFan, kNow + seconds(6))->empty());  // known
    consent("og2028", 7);
    EXPECT_TRUE(shares("og2028"));
    EXPECT_FALSE(shares("owg2026"));
    EXPECT_TRUE(games.book.opt_out(kFan, kNow + seconds(8))->empty());
    games.run(games.book.opt_out(kFan, kNow));  // an earlier request came late
    EXPECT_TRUE(shares("owg2026"));
}

TEST(RightsBook, KeysAreStoredHashedAndCanBeRevoked) {
    Fixture games;
    games.set_up_games();
    const std::string hash = codec::to_hex(crypto::as_text(crypto::sha256("secret-1")));
    games.run(games.book.issue_key({"k1", "la28", "owg2026", {"ingest"}, hash, false}));
    const auto caller = games.book.authenticate("secret-1");
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->organisation, "la28");
    EXPECT_TRUE(caller->scopes.contains("ingest"));
    EXPECT_EQ(games.book.authenticate("secret-2").error().reason, "auth.unknown_key");
    EXPECT_EQ(saved(games.book).find("secret-1"), std::string::npos);
    games.run(games.book.revoke_key("k1"));
    EXPECT_EQ(games.book.authenticate("secret-1").error().reason, "auth.revoked_key");
}

TEST(RightsBook, RefusesBadIdsAndUnknownParties) {
    Fixture games;
    games.set_up_games();
    EXPECT_EQ(
        games.book.register_organisation({"LA 28", "x", "sponsor", SubjectId{9}}).error().reason,
        "rights.bad_id");
    EXPECT_EQ(
        games.book.register_organisation({"la28", "Other", "sponsor", SubjectId{9}}).error().reason,
        "rights.exists");
    EXPECT_EQ(games.book.assign_ownership("nobody", Category::kResults, "owg2026").error().reason,
              "rights.unknown");
    EXPECT_EQ(
        games.book.assign_ownership("airline", Category::kFanEngagement, "owg2026").error().reason,
        "rights.owned");
}

TEST(RightsBook, ForgettingLeavesTheStateAsIfThePersonHadNeverBeen) {
    Fixture with;
    with.set_up_games();
    const std::string before = saved(with.book);
    with.run(with.book.set_consent(kFan, {Purpose::kMessages, "owg2026", kNow, true}));
    EXPECT_NE(saved(with.book), before);
    with.run(with.book.forget(kFan));
    EXPECT_EQ(saved(with.book), before);
}

TEST(RightsBook, SnapshotRoundTrips) {
    Fixture games;
    games.set_up_games();
    games.run(games.book.grant(airline_grant(), kNow));
    games.run(games.book.issue_key({"k1", "la28", "", {"admin", "rooms"}, "00", false}));
    games.run(games.book.unlock("la28", Category::kAthleteHealth, "owg2026", "Doctors."));
    games.run(games.book.set_consent(kFan, {Purpose::kMessages, "og2028", kNow, true}));
    const std::string bytes = saved(games.book);
    RightsBook copy;
    ByteReader in(bytes);
    const auto loaded = copy.load(in);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(saved(copy), bytes);
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        ByteReader cut(std::string_view(bytes).substr(0, size));
        EXPECT_FALSE(copy.load(cut));
    }
}

// Consents of different people are independent: any order of them, and each of them twice, gives
// the same state, and replaying the records gives the live state.
RC_GTEST_PROP(RightsBookProperty, IndependentConsentsCommute, ()) {
    Fixture games;
    games.set_up_games();
    const auto control_count = games.history.size();
    const auto people = *rc::gen::inRange<std::uint32_t>(1, 20);
    for (std::uint32_t person = 0; person < people; ++person) {
        const auto purpose = static_cast<Purpose>(*rc::gen::inRange(0, 7));
        games.run(games.book.set_consent(SubjectId{100 + person},
                                         {purpose, "owg2026", kNow, *rc::gen::arbitrary<bool>()}));
    }
    auto tail = std::vector<journal::Draft>(
        games.history.begin() + static_cast<long>(control_count), games.history.end());
    const auto order = *rc::gen::container<std::vector<std::uint32_t>>(
        tail.size(), rc::gen::arbitrary<std::uint32_t>());
    std::vector<std::size_t> indexes(tail.size());
    for (std::size_t i = 0; i < indexes.size(); ++i)
        indexes[i] = i;
    std::ranges::sort(indexes, {}, [&](std::size_t i) { return order[i]; });

    RightsBook replayed;
    for (std::size_t i = 0; i < control_count; ++i)
        games.apply(replayed, games.history[i]);
    for (const std::size_t i : indexes)
        games.apply(replayed, tail[i], control_count + i + 1);
    for (const std::size_t i : indexes)
        games.apply(replayed, tail[i], control_count + i + 1);
    RC_ASSERT(saved(replayed) == saved(games.book));
}

TEST(DecisionDraft, NamesTheRuleAndNoPerson) {
    const auto draft =
        decision_draft(access("airline", Purpose::kCleanRoom), {true, "grant:g1", "because"}, 1200);
    EXPECT_EQ(draft.type, "rights.decided");
    EXPECT_EQ(draft.subject, kNoSubject);
    const auto json = codec::parse_json(draft.payload);
    ASSERT_TRUE(json);
    EXPECT_EQ((*json)["rule"].as_string(), "grant:g1");
    EXPECT_EQ((*json)["people"].as_int(), 1200);
}

}  // namespace
}  // namespace altis::rights
