#include "messages/decision.h"

#include <functional>
#include <gtest/gtest.h>

#include "journal/rehearsal.h"
#include "messages/preferences_book.h"

namespace altis::messages {
namespace {

constexpr Time kNow{1'000'000'000'000};
const std::string kEvent = "owg2026/FSKWSINGLES-----------FNL-000100--";

struct Case {
    Preferences preferences;
    Matter matter{Kind::kResult, kEvent, true, {}, kNow};
    Person person{true, true, false, false, 0, nullptr, std::nullopt};
    Reason asked(Time now = kNow) {
        person.preferences = &preferences;
        return rule(matter, person, now).reason;
    }
};

using Spoil = std::function<void(Case&)>;

// One way to fail for each check, in the order in which they are made.
const std::vector<std::pair<Reason, Spoil>>& failures() {
    static const std::vector<std::pair<Reason, Spoil>> all = {
        {Reason::kNoConsent, [](Case& c) { c.person.has_consent = false; }},
        {Reason::kChannelRefused, [](Case& c) { c.preferences.refused_channels = kAllChannels; }},
        {Reason::kSuppressed, [](Case& c) { c.preferences.suppressed = "complaint"; }},
        {Reason::kEmbargoed, [](Case& c) { c.matter.is_official = false; }},
        {Reason::kShielded,
         [](Case& c) {
             c.preferences.wishes = {{"owg2026", SpoilerState::kDelayed, kNow + seconds(1)}};
         }},
        {Reason::kNotRelevant, [](Case& c) { c.person.is_relevant = false; }},
        {Reason::kCapReached, [](Case& c) { c.person.told_today = kDefaultDailyCap; }},
        {Reason::kQuietHours, [](Case& c) { c.person.quiet_until = kNow + seconds(60); }},
        {Reason::kDuplicate, [](Case& c) { c.person.was_told = true; }},
    };
    return all;
}

TEST(Decision, SendsWhenNothingSpeaksAgainstIt) {
    Case c;
    EXPECT_EQ(c.asked(), Reason::kSend);
}

TEST(Decision, TheFirstFailingCheckIsNamedWhateverElseFails) {
    for (std::size_t first = 0; first < failures().size(); ++first) {
        Case alone;
        failures()[first].second(alone);
        EXPECT_EQ(alone.asked(), failures()[first].first);
        Case with_later;
        for (std::size_t i = failures().size(); i-- > first;)
            failures()[i].second(with_later);
        EXPECT_EQ(with_later.asked(), failures()[first].first);
    }
}

TEST(Decision, EveryReasonHasAName) {
    for (std::size_t i = 0; i < kReasonNames.size(); ++i) {
        const auto reason = static_cast<Reason>(i);
        EXPECT_EQ(parse_reason(to_string(reason)), reason);
        EXPECT_FALSE(in_words(reason).empty());
    }
    EXPECT_FALSE(parse_reason("whim"));
}

TEST(Decision, AnEmbargoHoldsUntilItsTime) {
    Case c;
    c.matter.embargo = kNow + seconds(10);
    EXPECT_EQ(c.asked(), Reason::kEmbargoed);
    EXPECT_EQ(rule(c.matter, c.person, kNow).again, kNow + seconds(10));
    EXPECT_EQ(c.asked(kNow + seconds(10)), Reason::kSend);
}

TEST(Decision, QuietHoursHoldWhatIsStillFreshAfterwardsAndDropTheRest) {
    Case c;
    c.person.quiet_until = kNow + seconds(5 * 3'600);
    EXPECT_EQ(c.asked(), Reason::kQuietHours);
    c.person.quiet_until = kNow + lifetime(Kind::kResult);
    EXPECT_EQ(c.asked(), Reason::kTooLate);
    c.preferences.wishes = {{"owg2026/FSK", SpoilerState::kLive, {}}};
    EXPECT_EQ(c.asked(), Reason::kSend);  // who watches is awake
    c.preferences.wishes.clear();
    c.matter.kind = Kind::kCorrection;
    EXPECT_EQ(c.asked(), Reason::kSend);
}

TEST(Decision, ADelayedEventIsToldAfterTheRevealHoweverLate) {
    Case c;
    const Time reveal = kNow + days(3);
    c.preferences.wishes = {{"owg2026/FSK", SpoilerState::kDelayed, reveal}};
    EXPECT_EQ(c.asked(), Reason::kShielded);
    EXPECT_EQ(rule(c.matter, c.person, kNow).again, reveal);
    EXPECT_EQ(c.asked(reveal), Reason::kSend);
    c.preferences.wishes.front().state = SpoilerState::kFinished;
    EXPECT_EQ(c.asked(), Reason::kSend);
    c.preferences.wishes.front().state = SpoilerState::kNoResults;
    EXPECT_EQ(c.asked(reveal), Reason::kNoResults);
    c.preferences.wishes.clear();
    EXPECT_EQ(c.asked(kNow + lifetime(Kind::kResult)), Reason::kExpired);
}

TEST(Decision, TheNarrowestScopeDecides) {
    Case c;
    c.preferences.wishes = {{"owg2026", SpoilerState::kNoResults, {}},
                            {kEvent, SpoilerState::kLive, {}},
                            {"owg2026/FSK", SpoilerState::kDelayed, kNow + days(1)}};
    EXPECT_EQ(c.asked(), Reason::kSend);
    c.matter.event = "owg2026/FSKMSINGLES";
    EXPECT_EQ(c.asked(), Reason::kShielded);
    c.matter.event = "owg2026/CUR";
    EXPECT_EQ(c.asked(), Reason::kNoResults);
    c.matter.event = "owg20266/CUR";
    EXPECT_EQ(c.asked(), Reason::kSend);
}

TEST(Decision, AStoryGivesWayToWhatMattersMore) {
    Case c;
    c.person.was_told_more_important = true;
    EXPECT_EQ(c.asked(), Reason::kSend);
    c.matter.kind = Kind::kStory;
    EXPECT_EQ(c.asked(), Reason::kOutranked);
}

TEST(Decision, CorrectionsAreOwedWhateverTheCap) {
    Case c;
    c.person.told_today = 1'000;
    c.matter.kind = Kind::kCorrection;
    EXPECT_EQ(c.asked(), Reason::kSend);
    c.preferences.suppressed = "complaint";
    EXPECT_EQ(c.asked(), Reason::kSuppressed);
}

TEST(Preferences, RoundTripAndRefusals) {
    const char* text =
        R"({"quiet_hours":{"from":"23:30","until":"06:15"},"daily_cap":3,"zone":"Asia/Tokyo",)"
        R"("refused_channels":["email"],"alerts":["owg2026/CUR"],"spoilers":[)"
        R"({"scope":"owg2026/FSK","state":"delayed","until":"2026-02-20T08:00:00.000000Z"}]})";
    const auto json = codec::parse_json(text).value();
    const auto preferences = preferences_from_json(json);
    ASSERT_TRUE(preferences);
    EXPECT_EQ(to_json(*preferences), json);
    EXPECT_TRUE(preferences->is_quiet_at(0));
    EXPECT_FALSE(preferences->is_quiet_at(6 * 60 + 15));
    EXPECT_TRUE(preferences->is_waiting_for("owg2026/CURM"));
    EXPECT_FALSE(preferences->is_waiting_for("owg2026/FSKW"));
    for (const char* bad :
         {"[]", R"({"colour":1})", R"({"quiet_hours":{"from":"24:00","until":"07:00"}})",
          R"({"quiet_hours":{"from":"22:00"}})", R"({"daily_cap":101})", R"({"daily_cap":-1})",
          R"({"daily_cap":"many"})", R"({"zone":"a b"})", R"({"zone":7})",
          R"({"refused_channels":["pigeon"]})", R"({"alerts":["no spaces"]})", R"({"alerts":7})",
          R"({"spoilers":[{"scope":"owg2026","state":"asleep"}]})",
          R"({"spoilers":[{"scope":"owg2026","state":"delayed"}]})",
          R"({"spoilers":[{"scope":"a","state":"live"},{"scope":"a","state":"live"}]})"}) {
        const auto refused = preferences_from_json(codec::parse_json(bad).value());
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().reason, "preferences.invalid");
    }
}

TEST(PreferencesBook, KeepsReplaysAndForgets) {
    journal::Rehearsal journal;
    PreferencesBook book;
    const SubjectId one{7};
    const SubjectId other{9};
    Preferences wanted;
    wanted.daily_cap = 2;
    journal.commit(book.set(one, wanted), {&book});
    journal.commit(book.set_spoiler(one, {"owg2026", SpoilerState::kLive, {}}), {&book});
    journal.commit(book.suppress(other, "complaint"), {&book});
    EXPECT_EQ(book.suppress(other, "complaint")->size(), 0U);
    EXPECT_FALSE(book.suppress(other, "Not A Word"));
    const std::vector<SubjectId> both = {one, other};
    EXPECT_EQ(book.of(both).suppressed, "complaint");
    EXPECT_EQ(book.of(std::span(both).first(1)).daily_cap, 2);
    EXPECT_EQ(book.home(both), other);
    EXPECT_EQ(book.waiting_for(kEvent), std::vector{one});
    journal.commit(book.suppress(other, ""), {&book});
    journal.commit(book.set_spoiler(one, {"owg2026", SpoilerState::kDelayed, Time{500}}), {&book});
    EXPECT_EQ(book.shielded_from(kEvent, Time{499}), std::vector{one});
    EXPECT_TRUE(book.shielded_from(kEvent, Time{500}).empty());

    PreferencesBook replayed;
    journal.replay(replayed);
    EXPECT_EQ(journal::saved(replayed), journal::saved(book));
    PreferencesBook loaded;
    const std::string bytes = journal::saved(book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(journal::saved(loaded), bytes);

    journal.commit(book.forget(one), {&book});
    EXPECT_EQ(book.of(std::span(both).first(1)), Preferences());
    journal.erase(one);
    PreferencesBook after;
    journal.replay(after);
    EXPECT_EQ(journal::saved(after), journal::saved(book));
}

}  // namespace
}  // namespace altis::messages
