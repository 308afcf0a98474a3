// What is known of the fans is a function of the set of their events: a log in any order, with any
// event sent again, gives the same state.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "base/test_effort.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

class Log {
  public:
    explicit Log(std::uint32_t seed) : random_(seed) {
        for (int i = 0; i < kEvents; ++i)
            events_.push_back(event("m-" + std::to_string(i)));
    }

    const std::vector<std::string>& events() const { return events_; }

    static constexpr std::uint32_t kFans = 20;

  private:
    static constexpr int kEvents = 240;

    std::uint32_t pick(std::uint32_t count) { return random_() % count; }
    std::string number(std::uint32_t count) { return std::to_string(pick(count)); }
    // Devices are often shared.
    std::string who() {
        const std::string user = R"("userId":"fan-)" + number(kFans) + '"';
        const std::string device = R"("anonymousId":"d-)" + number(kFans / 2) + '"';
        const std::uint32_t kind = pick(3);
        return kind == 0 ? user : kind == 1 ? device : user + "," + device;
    }
    std::string time() {
        return "2026-02-" + std::to_string(10 + pick(9)) + "T" + std::to_string(10 + pick(12)) +
               ":" + std::to_string(10 + pick(50)) + ":00Z";
    }
    std::string tracked(const std::string& id, std::string_view name,
                        const std::string& properties) {
        return track(id, who(), name, properties, time());
    }
    std::string event(const std::string& id) {
        switch (pick(9)) {
            case 0:
                return tracked(id, pick(2) == 0 ? "Athlete Followed" : "Athlete Unfollowed",
                               R"({"athlete":"a-)" + number(3) + "\"}");
            case 1:
                return tracked(id, pick(2) == 0 ? "Sport Followed" : "Sport Unfollowed",
                               R"({"sport":"s-)" + number(3) + "\"}");
            case 2:
                return tracked(id, "Order Completed",
                               R"({"products":[{"category":"ticket","sport":"luge","price":)" +
                                   number(90) + "}]}");
            case 3:
                return tracked(id, "Content Shared", R"({"kind":"replay"})");
            case 4:
                return R"({"type":"identify","messageId":")" + id + R"(","userId":"fan-)" +
                       number(kFans) + R"(","timestamp":")" + time() + R"(","traits":{"area":"r-)" +
                       number(4) + R"(","language":"l-)" + number(3) + R"(","email":"e)" +
                       number(9) + R"(@example.org"},"context":{"timezone":"z-)" + number(3) +
                       "\"}}";
            case 5:
                return pick(3) == 0
                           ? R"({"type":"alias","messageId":")" + id + R"(","userId":"fan-)" +
                                 number(kFans) + R"(","timestamp":")" + time() +
                                 R"(","previousId":"d-)" + number(kFans / 2) + "\"}"
                           : tracked(id, "Venue Entered", R"({"sport":"luge"})");
            default:
                return tracked(id, "Content Viewed",
                               R"({"kind":"k-)" + number(4) + R"(","sport":"luge","dwell_ms":)" +
                                   number(90'000) + "}");
        }
    }

    std::mt19937 random_;
    std::vector<std::string> events_;
};

// Everything that does not depend on how subjects are numbered, and who is in a segment that a
// score makes.
std::string state_of(const std::vector<std::string>& events) {
    LiveBook live;
    const auto score = codec::parse_json(
        R"({"form":"logistic","intercept":-1000000,"terms":[{"measure":"sessions","weight":90000},)"
        R"({"measure":"dwell","of":"k-1","weight":700000,"per":60000,"cap":300000}]})");
    live.commit(*live.book.decide_score("eager", *score));
    live.define("eager", "score(eager) >= 600000 and zone != \"z-1\"");
    for (const std::string& event : events)
        live.send_events(event);
    std::string state(crypto::as_text(live.book.content_hash()));
    for (std::uint32_t i = 0; i < Log::kFans; ++i) {
        const FanId fan = live.fan("fan-" + std::to_string(i));
        state += live.book.in_segment(fan, "eager") ? "1" : "0";
    }
    return state;
}

TEST(Shuffle, AnyOrderAndAnyCopiesGiveTheSameState) {
    std::vector<std::string> events = Log(20260219).events();
    const std::string expected = state_of(events);
    ASSERT_NE(expected.find('1', sizeof(crypto::Digest)), std::string::npos);
    std::mt19937 random(7);
    const int shuffles = test_effort(1'000, 40);
    for (int i = 0; i < shuffles; ++i) {
        std::vector<std::string> sent = events;
        for (int copy = 0; copy < 20; ++copy)
            sent.push_back(events[random() % events.size()]);
        std::ranges::shuffle(sent, random);
        ASSERT_EQ(state_of(sent), expected) << "shuffle " << i;
    }
    events.pop_back();
    EXPECT_NE(state_of(events), expected);
}

}  // namespace
}  // namespace altis::fans
