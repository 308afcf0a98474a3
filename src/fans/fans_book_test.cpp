#include "fans/fans_book.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr std::string_view kFan1 = R"("userId":"fan-1")";

std::string user(int number) {
    return R"("userId":"fan-)" + std::to_string(number) + "\"";
}
std::string device(int number) {
    return R"("anonymousId":"d-)" + std::to_string(number) + "\"";
}

TEST(FansBook, TakesAnEventOnce) {
    LiveBook live;
    const std::string event = viewed("m-1", kFan1, "news", 10);
    live.send_events(event + "," + event);
    live.send_events(event);
    EXPECT_EQ(live.fates, (std::vector{Fate::kAccepted, Fate::kDuplicate, Fate::kDuplicate}));
    EXPECT_EQ(live.book.counts().events, 1U);
    EXPECT_EQ(live.book.value(live.fan("fan-1"), {Measure::kDwell, "news"}), 10);
    EXPECT_EQ(live.records.size(), 1U);
}

TEST(FansBook, KnowsACopyForThirtyDays) {
    LiveBook live;
    const std::string event = viewed("m-1", kFan1, "news", 10);
    live.send_events(event);
    live.received_at = kReceived + days(30);
    live.send_events(viewed("m-2", kFan1, "news", 1));
    live.send_events(event);
    live.received_at = kReceived + days(31);
    live.send_events(viewed("m-3", kFan1, "news", 1));
    live.send_events(event);
    EXPECT_EQ(live.fates, (std::vector{Fate::kAccepted, Fate::kAccepted, Fate::kDuplicate,
                                       Fate::kAccepted, Fate::kAccepted}));
    EXPECT_EQ(replay(live.records), bytes_of(live.book));
}

TEST(FansBook, OtherContentUnderAKnownIdIsKeptAsADeadLetter) {
    LiveBook live;
    live.send_events(viewed("m-1", kFan1, "news", 10));
    live.send_events(viewed("m-1", kFan1, "news", 11));
    live.send_events(viewed("m-1", kFan1, "news", 11));
    live.send_events(viewed("m-1", user(2), "news", 12));
    EXPECT_EQ(live.fates,
              (std::vector{Fate::kAccepted, Fate::kConflict, Fate::kDuplicate, Fate::kConflict}));
    EXPECT_EQ(live.book.value(live.fan("fan-1"), {Measure::kDwell, "news"}), 10);
    EXPECT_EQ(live.book.counts().conflicts, 2U);
    ASSERT_EQ(live.book.dead_letters().size(), 2U);
    EXPECT_EQ(live.book.dead_letters()[0].reason, kConflictReason);
    EXPECT_EQ(live.book.dead_letters()[1].subject, live.fan("fan-2"));
}

TEST(FansBook, KeepsBadEventsUnderSubjectsOfTheirOwn) {
    LiveBook live;
    live.send_events(track("m", kFan1, "E", "{}", "1900-01-01T00:00:00Z") + "," +
                     viewed("m-2", kFan1, "news", 1));
    EXPECT_EQ(live.book.counts().rejected, 1U);
    EXPECT_EQ(live.book.counts().events, 1U);
    ASSERT_EQ(live.book.dead_letters().size(), 1U);
    EXPECT_EQ(live.book.dead_letters()[0].subject, SubjectId{3});
    EXPECT_EQ(live.book.fan_of(SubjectId{3}), kNoSubject);
    EXPECT_EQ(live.book.dead_letters()[0].reason, "event.time_out_of_range");
    const auto letter = decode_rejection(live.records[1].draft.payload);
    ASSERT_TRUE(letter.has_value());
    EXPECT_EQ(letter->message_id, "m");
    EXPECT_TRUE(letter->raw.starts_with("{\"type\":\"track\""));
}

TEST(FansBook, KnowsThePlacesOfTheNewestDeadLettersAndCountsAll) {
    LiveBook live;
    live.send_events(viewed("m-1", kFan1, "news", 10) + "," + viewed("m-1", kFan1, "news", 11));
    EXPECT_EQ(live.book.dead_letters().front().reason, kConflictReason);
    const std::string payload = encode_rejection({0, "m", "event.unknown", "Why.", "{}"});
    journal::Record rejected;
    rejected.type = "fans.rejected";
    rejected.payload = payload;
    for (std::size_t i = 0; i < kMaxDeadLetters + 5; ++i) {
        rejected.subject = SubjectId{static_cast<std::uint32_t>(1'000 + i)};
        rejected.offset = 1'000 + i;
        live.book.apply(rejected);
    }
    ASSERT_EQ(live.book.dead_letters().size(), kMaxDeadLetters);
    EXPECT_EQ(live.book.dead_letters().front().offset, 1'005U);
    EXPECT_EQ(live.book.counts().rejected, kMaxDeadLetters + 5);
    EXPECT_EQ(live.book.counts().conflicts, 1U);
    FansBook loaded;
    const std::string bytes = bytes_of(live.book);
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.counts().rejected, kMaxDeadLetters + 5);
    EXPECT_EQ(loaded.counts().conflicts, 1U);
    // Forgetting takes the conflict out of the count, though its letter has left memory.
    EXPECT_EQ(live.forget("fan-1").size(), 1U);
    EXPECT_EQ(live.book.counts().conflicts, 0U);
    EXPECT_EQ(live.book.counts().rejected, kMaxDeadLetters + 5);
}

TEST(FansBook, AnAliasJoinsTwoIdentifiers) {
    LiveBook live;
    live.send_events(viewed("m-1", user(1), "news", 5) + "," + viewed("m-2", user(2), "news", 7));
    live.send_events(R"({"type":"alias","messageId":"a-1","userId":"fan-2","previousId":"fan-1"},)"
                     R"({"type":"alias","messageId":"a-2","userId":"fan-2","previousId":"d-9"})");
    EXPECT_EQ(live.fan("fan-1"), live.fan("fan-2"));
    EXPECT_EQ(live.device("d-9"), live.fan("fan-2"));
    EXPECT_EQ(live.book.value(live.fan("fan-1"), {Measure::kDwell, "news"}), 12);
    EXPECT_EQ(live.book.user_id(live.fan("fan-2")), "fan-1");
}

TEST(FansBook, RemembersTheLatestNotTheLast) {
    LiveBook live;
    const std::string follow = R"({"athlete":"1000001"})";
    live.send_events(track("m-1", kFan1, "Athlete Unfollowed", follow, "2026-02-19T12:00:00Z"));
    live.send_events(track("m-2", kFan1, "Athlete Followed", follow, "2026-02-19T11:00:00Z"));
    EXPECT_EQ(live.book.followers("1000001").size(), 0U);
    live.send_events(track("m-3", kFan1, "Athlete Followed", follow, "2026-02-19T13:00:00Z"));
    EXPECT_EQ(live.book.followers("1000001").members(), std::vector{live.fan("fan-1")});
    EXPECT_EQ(live.book.followers("1000002").size(), 0U);
    const auto identify = [](std::string_view id, std::string_view language, std::string_view at) {
        return R"({"type":"identify","messageId":")" + std::string(id) +
               R"(","userId":"fan-1","timestamp":")" + std::string(at) +
               R"(","traits":{"email":"fan-1@example.org","language":")" + std::string(language) +
               R"("}})";
    };
    live.send_events(identify("i-1", "ja", "2026-02-19T12:00:00Z"));
    live.send_events(identify("i-2", "en", "2026-02-19T10:00:00Z"));
    EXPECT_EQ(live.book.language(live.fan("fan-1")), "ja");
    EXPECT_EQ(live.book.email_tag(live.fan("fan-1")),
              email_tag(test_keys().email, "fan-1@example.org"));
}

constexpr std::string_view kMotivation =
    "dwell(technical_chart) >= 4 * dwell(emotional_highlight) and dwell(technical_chart) > 0";
constexpr std::string_view kHighValue =
    "bought(ticket, volleyball) >= 1 and spent(merchandise) >= 50.00 and area = \"los-angeles\"";

TEST(FansBook, CohortsAreLive) {
    LiveBook live;
    live.send_events(viewed("m-1", kFan1, "technical_chart", 4000));
    live.define("performance-motivation", kMotivation);
    const FanId fan = live.fan("fan-1");
    EXPECT_TRUE(live.book.in_segment(fan, "performance-motivation"));
    live.send_events(viewed("m-2", kFan1, "emotional_highlight", 1001));
    EXPECT_FALSE(live.book.in_segment(fan, "performance-motivation"));
    live.send_events(viewed("m-3", kFan1, "technical_chart", 4));
    EXPECT_TRUE(live.book.in_segment(fan, "performance-motivation"));
    EXPECT_EQ(live.book.segment("performance-motivation")->members->size(), 1U);

    live.define("high-value", kHighValue);
    live.send_events(track("o-1", kFan1, "Order Completed", R"({"products":[
        {"category":"ticket","sport":"volleyball","price":80},
        {"category":"merchandise","price":"49.99"}]})"));
    live.send_events(
        R"({"type":"identify","messageId":"i","userId":"fan-1","traits":{"area":"los-angeles"}})");
    EXPECT_FALSE(live.book.in_segment(fan, "high-value"));
    live.send_events(track("o-2", kFan1, "Order Completed",
                           R"({"products":[{"category":"merchandise","price":"0.01"}]})"));
    EXPECT_TRUE(live.book.in_segment(fan, "high-value"));
    const std::string_view both[] = {"high-value", "performance-motivation"};
    EXPECT_EQ(*live.book.intersection_size(both), 1U);
    const std::string_view unknown[] = {"high-value", "none"};
    EXPECT_EQ(live.book.intersection_size(unknown).error().reason, "fans.unknown_segment");
}

TEST(FansBook, RedefinitionEvaluatesEveryFan) {
    LiveBook live;
    live.send_events(viewed("m-1", user(1), "a", 10) + "," + viewed("m-2", user(2), "a", 20));
    live.define("s", "dwell(a) >= 15");
    EXPECT_EQ(live.book.segment("s")->members->size(), 1U);
    live.define("s", "not dwell(a) >= 15 or attended(x)");
    EXPECT_EQ(live.book.segment("s")->members->members(), std::vector{live.fan("fan-1")});
    EXPECT_EQ(live.book.segment("s")->version, 2);
    const std::size_t records = live.records.size();
    live.define("s", "not dwell(a) >= 15 or attended(x)");
    EXPECT_EQ(live.records.size(), records);
    live.define("s", "dwell(a) >= 15");
    live.send_events(viewed("m-3", user(1), "a", 5) + "," + viewed("m-4", user(3), "b", 5));
    EXPECT_EQ(live.book.segment("s")->members->size(), 2U);
    EXPECT_FALSE(live.book.decide_segment("Bad Id", SegmentKind::kCohort, "opened()"));
    EXPECT_FALSE(live.book.decide_segment("s", SegmentKind::kCohort, "opened("));
}

TEST(FansBook, NegationsHoldForNewFans) {
    LiveBook live;
    live.define("absent", "not attended(volleyball) and area != \"los-angeles\"");
    live.send_events(viewed("m-1", user(1), "a", 10));
    EXPECT_TRUE(live.book.in_segment(live.fan("fan-1"), "absent"));
    live.send_events(track("v", kFan1, "Venue Entered", R"({"sport":"volleyball"})"));
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-1"), "absent"));
}

TEST(FansBook, ExplainsMembershipAndProfile) {
    LiveBook live;
    live.define("performance-motivation", kMotivation);
    live.send_events(viewed("m-1", kFan1, "technical_chart", 4000) + "," +
                     viewed("m-2", kFan1, "emotional_highlight", 1001));
    const FanId fan = live.fan("fan-1");
    const auto why = live.book.explain(fan, "performance-motivation");
    ASSERT_TRUE(why.has_value());
    EXPECT_FALSE((*why)["member"].as_bool(true));
    const auto& predicates = (*why)["predicates"].items();
    ASSERT_EQ(predicates.size(), 2U);
    EXPECT_EQ(predicates[0]["left"].as_int(), 4000);
    EXPECT_EQ(predicates[0]["right"].as_int(), 4004);
    EXPECT_FALSE(predicates[0]["holds"].as_bool(true));
    EXPECT_TRUE(predicates[1]["holds"].as_bool(false));
    EXPECT_FALSE(live.book.explain(fan, "none"));
    EXPECT_FALSE(live.book.explain(FanId{99}, "performance-motivation"));
    const codec::Json profile = live.book.profile(fan);
    EXPECT_EQ(profile["dwell"]["technical_chart"].as_int(), 4000);
    EXPECT_EQ(profile["user_ids"].items()[0].as_string(), "fan-1");
    EXPECT_EQ(profile["events"].as_int(), 2);
}

// A population with links, conflicts, duplicates, rejections, follows and orders.
std::string random_event(int number) {
    const int fan = *rc::gen::inRange(1, 6);
    const std::string id = "m-" + std::to_string(*rc::gen::inRange(0, 12) == 0 ? 0 : number);
    std::string who = *rc::gen::element(user(fan), device(fan), user(fan) + "," + device(fan),
                                        user(fan) + "," + device(1));
    const std::string time = "2026-02-19T1" + std::to_string(*rc::gen::inRange(0, 3)) + ":00:00Z";
    switch (*rc::gen::inRange(0, 6)) {
        case 0:
            return viewed(id, who, *rc::gen::element<std::string>("a", "b", "c"), 10 * fan);
        case 1:
            return track(id, who, "Athlete Followed", R"({"athlete":1})", time);
        case 2:
            return track(id, who, "Athlete Unfollowed", R"({"athlete":1})", time);
        case 3:
            return track(id, who, "Order Completed",
                         R"({"products":[{"category":"ticket","sport":"v","price":3}]})", time);
        case 4:
            return R"({"type":"identify","messageId":")" + id + "\"," + who + R"(,"timestamp":")" +
                   time + R"(","traits":{"email":"fan-)" + std::to_string(number % 3) +
                   R"(@example.org","area":")" + std::to_string(number % 3) + "\"}}";
        default:
            return R"({"type":"alias","messageId":")" + id + "\"," + user(fan) + "," +
                   R"("previousId":"d-)" + std::to_string(*rc::gen::inRange(1, 7)) + "\"}";
    }
}

void fill(LiveBook& live) {
    live.define("a", "dwell(a) >= 2 * dwell(b) or bought(ticket, v)");
    live.define("b", "not follows(1) and area != \"2\"");
    const int count = *rc::gen::inRange(1, 40);
    for (int i = 0; i < count; ++i)
        live.send_events(random_event(i));
    live.define("c", "orders() + opened() > 1 or spent(ticket) >= 6");
}

std::vector<StoredRecord> shuffled(std::vector<StoredRecord> records) {
    for (std::size_t i = records.size(); i > 1; --i) {
        std::swap(records[i - 1], records[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    return records;
}

std::map<std::string, std::vector<SubjectId>> memberships(const FansBook& book) {
    std::map<std::string, std::vector<SubjectId>> result;
    for (const auto& [id, segment] : book.segments())
        result[id] = segment.members->members();
    result["everyone"] = book.everyone().members();
    result["followers"] = book.followers("1").members();
    return result;
}

RC_GTEST_PROP(FansBookProperty, AnyOrderAndDuplicationGivesTheSameState, ()) {
    LiveBook live;
    fill(live);
    std::vector<StoredRecord> records = shuffled(live.records);
    const std::size_t size = records.size();
    for (std::size_t i = 0; i < size; i += 3)
        records.push_back(records[i]);
    FansBook book;
    for (const StoredRecord& stored : records)
        book.apply(as_record(stored, false));
    RC_ASSERT(bytes_of(book) == bytes_of(live.book));
    RC_ASSERT(memberships(book) == memberships(live.book));
}

RC_GTEST_PROP(FansBookProperty, SnapshotsComeBackWhole, ()) {
    LiveBook live;
    fill(live);
    const std::string bytes = bytes_of(live.book);
    FansBook book;
    ByteReader in(bytes);
    const auto loaded = book.load(in);
    RC_ASSERT(loaded.has_value());
    RC_ASSERT(in.done());
    RC_ASSERT(bytes_of(book) == bytes);
    RC_ASSERT(memberships(book) == memberships(live.book));
    const std::string cut = bytes.substr(0, *rc::gen::inRange<std::size_t>(0, bytes.size()));
    ByteReader damaged(cut);
    RC_ASSERT(!book.load(damaged));
    RC_ASSERT(bytes_of(book) == bytes_of(FansBook()));
}

RC_GTEST_PROP(FansBookProperty, MembershipEqualsARecomputation, ()) {
    LiveBook live;
    fill(live);
    for (const auto& [id, segment] : live.book.segments()) {
        for (const FanId fan : live.book.everyone().members()) {
            const auto why = live.book.explain(fan, id);
            RC_ASSERT(why.has_value());
            const bool truth = segment.rule.evaluate([&](std::uint32_t i) {
                const codec::Json& entry = (*why)["predicates"].items()[i];
                const Comparator comparator = segment.rule.predicates[i].comparator;
                if (!entry.contains("value")) {
                    return compare(comparator, entry["left"].as_int(), entry["right"].as_int());
                }
                const bool equal =
                    entry["value"].as_string() == segment.rule.predicates[i].expected;
                return equal == (comparator == Comparator::kEqual);
            });
            RC_ASSERT(truth == segment.members->contains(fan));
        }
    }
}

RC_GTEST_PROP(FansBookProperty, ErasureEqualsReplayWithDestroyedKeys, ()) {
    LiveBook live;
    fill(live);
    std::set<SubjectId> destroyed;
    const std::string name = "fan-" + std::to_string(*rc::gen::inRange(1, 6));
    for (const SubjectId subject : live.forget(name))
        destroyed.insert(subject);
    RC_ASSERT(bytes_of(live.book) == replay(live.records, destroyed));
    RC_ASSERT(live.fan(name) == kNoSubject);
    for (int i = 100; i < 110; ++i)
        live.send_events(random_event(i));  // life goes on
    RC_ASSERT(bytes_of(live.book) == replay(live.records, destroyed));
    for (const SubjectId subject : destroyed) {
        RC_ASSERT(live.book.fan_of(subject) == kNoSubject);
        for (const auto& [id, members] : memberships(live.book)) {
            RC_ASSERT(std::ranges::find(members, subject) == members.end());
        }
    }
}

TEST(FansBook, ForgetsTheWholeFanAndOnlyThat) {
    LiveBook live;
    live.define("viewers", "views(news)");
    live.send_events(viewed("m-1", device(1), "news", 5) + "," + viewed("m-2", user(2), "news", 5) +
                     "," + viewed("m-3", user(1) + "," + device(1), "news", 5) + "," +
                     viewed("m-3", user(1), "news", 6));
    EXPECT_EQ(live.book.segment("viewers")->members->size(), 2U);
    EXPECT_EQ(live.forget("fan-1").size(), 2U);
    EXPECT_EQ(live.fan("fan-1"), kNoSubject);
    EXPECT_EQ(live.device("d-1"), kNoSubject);
    EXPECT_EQ(live.book.segment("viewers")->members->members(), std::vector{live.fan("fan-2")});
    EXPECT_EQ(live.book.counts().events, 1U);
    EXPECT_EQ(live.book.counts().conflicts, 0U);
    EXPECT_EQ(live.book.forgotten_subjects().size(), 2U);
    EXPECT_EQ(bytes_of(live.book).find("fan-1"), std::string::npos);
    EXPECT_TRUE(live.forget("fan-1").empty());
    live.send_events(viewed("m-1", device(1), "news", 5));
    EXPECT_EQ(live.fates.back(), Fate::kAccepted);
}

}  // namespace
}  // namespace altis::fans
