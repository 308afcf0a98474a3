// The size of a rule that is asked equals the size of a segment that is defined by it.
#include <gtest/gtest.h>
#include <random>

#include "base/test_effort.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

// Rules over a few comparisons, some of which a segment keeps.
class RuleMaker {
  public:
    explicit RuleMaker(std::uint32_t seed) : random_(seed) {}

    std::string rule(int depth) {
        const std::uint32_t choice = depth == 0 ? 0 : pick(6);
        if (choice <= 1) return comparison();
        if (choice == 2) return "not " + group(depth);
        return group(depth) + (choice <= 4 ? " and " : " or ") + group(depth);
    }
    std::uint32_t pick(std::uint32_t count) { return random_() % count; }

  private:
    std::string group(int depth) { return "(" + rule(depth - 1) + ")"; }
    std::string comparison() {
        constexpr std::string_view kComparisons[] = {
            "dwell(a) >= 200",      "dwell(b) > 2 * dwell(a)",
            "views(a) = 1",         "attended(x)",
            "dwell(a) < 100",       "dwell(a) <= 200",
            "dwell(a) > 200",       "views(b) < 2",
            "2 <= views(b)",        "attended(nowhere) = 0",
            "area = \"north\"",     "area != \"north\"",
            "area != \"atlantis\"", "language = \"ja\""};
        return std::string(kComparisons[pick(std::size(kComparisons))]);
    }

    std::mt19937 random_;
};

void send_fans(LiveBook& live, RuleMaker& maker) {
    for (int i = 0; i < 60; ++i) {
        const std::string id = "m-" + std::to_string(i);
        const std::string fan = "\"userId\":\"fan-" + std::to_string(maker.pick(25)) + "\"";
        live.send_events(
            viewed(id, fan, maker.pick(2) == 0 ? "a" : "b", static_cast<int>(maker.pick(300))));
        if (maker.pick(3) == 0) {
            live.send_events(track(id + "x", fan, "Venue Entered", R"({"sport":"x"})"));
        }
        if (maker.pick(3) == 0) {
            live.send_events(R"({"type":"identify","messageId":")" + id + R"(y",)" + fan +
                             R"(,"traits":{"area":"north"}})");
        }
    }
}

TEST(SegmentSize, IsThatOfASegmentWithTheRule) {
    RuleMaker maker(20260219);
    LiveBook live;
    live.define("kept", "dwell(a) >= 200 or area = \"north\"");
    send_fans(live, maker);
    const int rounds = test_effort(400, 60);
    for (int i = 0; i < rounds; ++i) {
        const std::string rule = maker.rule(4);
        const auto size = live.book.size_of(rule);
        ASSERT_TRUE(size) << rule << ": " << size.error().message;
        live.define("asked", rule);
        EXPECT_EQ(*size, live.book.segment("asked")->members->size()) << rule;
        EXPECT_EQ(*live.book.size_of(rule), *size) << rule;
        EXPECT_EQ(*live.book.size_of("in(asked) and not in(kept)") +
                      *live.book.size_of("in(asked) and in(kept)"),
                  *size);
        EXPECT_EQ(*live.book.size_of("not in(asked) or in(kept)"),
                  live.book.everyone().size() - *live.book.size_of("in(asked) and not in(kept)"));
    }
}

// Many thresholds on few features: as if each had been compared with each value.
TEST(SegmentSize, StaysRightWhileValuesPassManyThresholds) {
    RuleMaker maker(7);
    LiveBook live;
    constexpr std::string_view kSigns[] = {">=", ">", "<=", "<", "="};
    for (int i = 0; i < 60; ++i) {
        live.define("t-" + std::to_string(i),
                    "dwell(a) " + std::string(kSigns[i % 5]) + " " + std::to_string(i * 10));
    }
    live.define("t-3", "opened() > 0");  // no longer a threshold of dwell
    send_fans(live, maker);
    live.send_events(R"({"type":"alias","messageId":"al","userId":"fan-1","previousId":"fan-2"})");
    for (const auto& [id, segment] : live.book.segments()) {
        const Predicate& predicate = segment.rule.predicates.front();
        std::vector<SubjectId> expected;
        for (const FanId fan : live.book.everyone().members()) {
            const codec::Json why = *live.book.explain(fan, id);
            const codec::Json& values = why["predicates"].items().front();
            if (compare(predicate.comparator, values["left"].as_int(), values["right"].as_int())) {
                expected.push_back(fan);
            }
        }
        EXPECT_EQ(segment.members->members(), expected) << segment.rule.text;
    }
}

TEST(SegmentSize, NamesWhatItCannotAnswer) {
    LiveBook live;
    EXPECT_EQ(live.book.size_of("in(none)").error().reason, "fans.unknown_segment");
    EXPECT_EQ(live.book.size_of("in()").error().reason, "fans.rule_malformed");
    EXPECT_EQ(live.book.size_of("in(a, b)").error().reason, "fans.rule_malformed");
    EXPECT_EQ(live.book.decide_segment("s", SegmentKind::kSegment, "in(s)").error().reason,
              "fans.rule_nested");
}

// What waits to go into sets goes there in the end as if it had gone at once: rules of one and of
// several comparisons, values that rise and, with fans who become one or leave, fall.
TEST(SegmentSize, IsTheSameHoweverRarelySomebodyLooks) {
    LiveBook watched;
    LiveBook unseen;
    const auto in_both = [&](const auto& act) {
        act(watched);
        act(unseen);
        for (const auto& [id, segment] : watched.book.segments())
            ASSERT_LE(segment.members->size(), watched.book.everyone().size());
    };
    constexpr std::string_view kRules[] = {"views(a) >= 1",
                                           "views(a) < 3",
                                           "dwell(a) >= 300",
                                           "not (views(a) >= 2)",
                                           "views(a) >= 1 and dwell(a) < 400 and not attended(x)",
                                           "dwell(a) <= 250 or views(b) > 1"};
    for (std::size_t i = 0; i < std::size(kRules); ++i) {
        in_both([&](LiveBook& live) { live.define("r-" + std::to_string(i), kRules[i]); });
    }
    RuleMaker maker(11);
    constexpr int kFans = 1'500;  // more moves of a comparison than wait
    for (int i = 0; i < 3 * kFans; ++i) {
        const std::string number = std::to_string(i);
        const std::string fan = "\"userId\":\"fan-" + std::to_string(maker.pick(kFans)) + "\"";
        const std::string event = maker.pick(9) == 0
                                      ? track(number, fan, "Venue Entered", R"({"sport":"x"})")
                                      : viewed(number, fan, maker.pick(4) == 0 ? "b" : "a",
                                               static_cast<int>(maker.pick(200)));
        const std::string other = "fan-" + std::to_string(maker.pick(kFans));
        const bool joins = maker.pick(60) == 0;
        const bool leaves = maker.pick(90) == 0;
        in_both([&](LiveBook& live) {
            live.send_events(event);
            if (joins) {
                live.send_events(R"({"type":"alias","messageId":"al-)" + number + "\"," + fan +
                                 R"(,"previousId":")" + other + "\"}");
            }
            if (leaves) live.forget(other);
        });
    }
    for (const auto& [id, segment] : watched.book.segments()) {
        EXPECT_GT(segment.members->size(), 0U) << id;
        EXPECT_EQ(segment.members->members(), unseen.book.segment(id)->members->members()) << id;
        EXPECT_EQ(segment.members->size(), *unseen.book.size_of("in(" + id + ")")) << id;
        for (const SubjectId fan : watched.book.everyone().members())
            ASSERT_EQ(watched.book.in_segment(fan, id), unseen.book.in_segment(fan, id)) << id;
    }
}

}  // namespace
}  // namespace altis::fans
