// What is held for longer than it may be, and that forgetting it is as if it had never been.
#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr SubjectRange kAll{1, 1'000};
constexpr Time kFeb20{1'771'545'600'000'000};  // 2026-02-20T00:00:00Z

RetentionLimits keep(std::optional<Duration> fans, std::optional<Duration> letters = {}) {
    return {{"owg2026", {fans, letters}}};
}

std::string seen(std::string_view id, std::string_view who, std::string_view time) {
    return track(id, who, "Noted", "{}", time);
}

// The same event in another edition.
void send_to(LiveBook& live, std::string_view edition, const std::string& event) {
    auto batch = parse_batch("{\"batch\":[" + event + "]}", test_source(), live.received_at);
    ASSERT_TRUE(batch);
    batch->events.front().edition = edition;
    live.decide(batch->events.front());
}

TEST(Retention, AFanEndsAfterTheLastEventByEventTime) {
    LiveBook live;
    live.send_events(seen("1", R"("userId":"fan-1")", "2026-02-10T00:00:00Z") + "," +
                     seen("2", R"("userId":"fan-2")", "2026-02-10T00:00:00Z") + "," +
                     seen("3", R"("userId":"fan-2","anonymousId":"d")", "2026-02-15T00:00:00Z"));
    const std::vector<FanId> none;
    EXPECT_EQ(live.book.inactive_fans(keep({}), kFeb20, kAll), none);
    EXPECT_EQ(live.book.inactive_fans({}, kFeb20, kAll), none);
    EXPECT_EQ(live.book.inactive_fans(keep(days(10)), kFeb20, kAll), none) << "to the microsecond";
    const std::vector old = {live.fan("fan-1")};
    EXPECT_EQ(live.book.inactive_fans(keep(days(9)), kFeb20, kAll), old);
    EXPECT_EQ(live.book.inactive_fans(keep(days(9)), kFeb20, {to_number(old[0]) + 1, 100}), none);
    EXPECT_EQ(live.book.inactive_fans(keep(days(4)), kFeb20, kAll).size(), 2U);
}

TEST(Retention, TheLongestLimitOfTheFansEditionsCounts) {
    LiveBook live;
    live.send_events(seen("1", R"("userId":"fan-1")", "2026-02-01T00:00:00Z"));
    send_to(live, "la28", seen("2", R"("userId":"fan-1")", "2026-02-02T00:00:00Z"));
    RetentionLimits limits = keep(days(5));
    EXPECT_TRUE(live.book.inactive_fans(limits, kFeb20, kAll).empty()) << "la28 keeps for good";
    limits["la28"].fans = days(30);
    EXPECT_TRUE(live.book.inactive_fans(limits, kFeb20, kAll).empty());
    limits["la28"].fans = days(17);
    EXPECT_EQ(live.book.inactive_fans(limits, kFeb20, kAll).size(), 1U);
    EXPECT_TRUE(live.book.is_active_in(live.fan("fan-1"), "la28"));
    EXPECT_FALSE(live.book.is_active_in(live.fan("fan-1"), "paris2024"));
}

TEST(Retention, AConflictIsActivity) {
    LiveBook live;
    live.send_events(seen("1", R"("userId":"fan-1")", "2026-02-01T00:00:00Z") + "," +
                     seen("1", R"("userId":"fan-2")", "2026-02-18T00:00:00Z"));
    ASSERT_EQ(live.book.counts().conflicts, 1U);
    EXPECT_EQ(live.book.inactive_fans(keep(days(5)), kFeb20, kAll), std::vector{live.fan("fan-1")});
    EXPECT_EQ(live.book.inactive_fans(keep(days(1)), kFeb20, kAll).size(), 2U);
}

TEST(Retention, ForgettingManyIsAsIfTheyHadNeverBeen) {
    LiveBook live;
    live.define("noted", "active_days() >= 1");
    for (int i = 0; i < 40; ++i) {
        const std::string user = R"("userId":"fan-)" + std::to_string(i) +
                                 R"(","anonymousId":"d-)" + std::to_string(i) + "\"";
        live.send_events(seen(std::to_string(i), user,
                              i % 3 == 0 ? "2026-02-18T00:00:00Z" : "2026-02-01T00:00:00Z") +
                         "," + viewed("bad-" + std::to_string(i), user, "news", -1));
    }
    const auto old = live.book.inactive_fans(keep(days(5)), kFeb20, kAll);
    ASSERT_EQ(old.size(), 26U);
    auto decision = live.book.decide_forget_fans({old.begin(), old.end()});
    EXPECT_EQ(decision.subjects.size(), 52U);
    EXPECT_EQ(decision.letters.size(), 26U);
    std::set<SubjectId> destroyed(decision.subjects.begin(), decision.subjects.end());
    destroyed.insert(decision.letters.begin(), decision.letters.end());
    live.commit(std::move(decision.drafts));
    EXPECT_EQ(live.book.counts().fans, 14U);
    EXPECT_EQ(live.book.segment("noted")->members->size(), 14U);
    EXPECT_EQ(bytes_of(live.book), replay(live.records, destroyed));
    EXPECT_TRUE(live.book.inactive_fans(keep(days(5)), kFeb20, kAll).empty());
    const std::string bytes = bytes_of(live.book);
    FansBook loaded;
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(bytes_of(loaded), bytes);
    EXPECT_EQ(loaded.inactive_fans(keep(days(1)), kFeb20, kAll).size(), 14U);
}

TEST(Retention, ADeadLetterEndsAfterItCame) {
    LiveBook live;
    live.send_events(viewed("b-1", R"("userId":"fan-1")", "news", -1));
    live.received_at = kReceived + days(3);
    live.send_events(viewed("b-2", R"("userId":"fan-1")", "news", -1));
    const Time later = kReceived + days(31);
    const auto old = live.book.old_letters(keep({}, days(30)), later, 10);
    ASSERT_EQ(old, std::vector{live.records.front().draft.subject});
    EXPECT_EQ(live.book.old_letters(keep({}, days(20)), later, 1).size(), 1U);
    EXPECT_TRUE(live.book.old_letters({}, later, 10).empty());
    EXPECT_TRUE(live.book.old_letters(keep({}, days(30)), kReceived + days(30), 10).empty());
    live.commit(live.book.decide_forget_letters(old).drafts);
    EXPECT_EQ(live.book.counts().rejected, 1U);
    EXPECT_EQ(bytes_of(live.book), replay(live.records, {old.begin(), old.end()}));
}

}  // namespace
}  // namespace altis::fans
