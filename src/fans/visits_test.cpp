#include "fans/visits.h"

#include <gtest/gtest.h>
#include <vector>

#include "fans/cohorts.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr std::string_view kFan1 = R"("userId":"fan-1")";

std::string seen(std::string_view id, std::string_view who, std::string_view time) {
    return track(id, who, "Seen", "{}", time);
}

TEST(Visits, AreRunsOfHalfHoursAndDays) {
    std::vector<HalfHour> visits;
    const auto at = [](std::string_view time) { return half_hour_of(*parse_rfc3339(time)); };
    EXPECT_EQ(count_visits(visits).sessions, 0);
    EXPECT_EQ(at("2026-02-19T23:30:00Z"), at("2026-02-19T23:59:59Z"));
    visits = {at("2026-02-19T23:50:00Z"), at("2026-02-20T00:10:00Z")};  // goes on past midnight
    EXPECT_EQ(count_visits(visits).sessions, 1);
    EXPECT_EQ(count_visits(visits).active_days, 2);
    visits = {at("2026-02-18T12:00:00Z"), at("2026-02-19T23:50:00Z"), at("2026-02-20T00:10:00Z"),
              at("2026-02-20T01:00:00Z")};
    EXPECT_EQ(count_visits(visits).sessions, 3);
    EXPECT_EQ(count_visits(visits).active_days, 3);
}

TEST(Visits, OfSeveralDevicesAreUnitedAndPartedAgain) {
    LiveBook live;
    live.define("regular", "sessions() >= 3 and active_days() >= 2");
    live.send_events(seen("m-1", kFan1, "2026-02-18T10:00:00Z") + "," +
                     seen("m-2", kFan1, "2026-02-19T10:00:00Z"));
    live.send_events(seen("m-3", R"("anonymousId":"d-1")", "2026-02-19T10:10:00Z") + "," +
                     seen("m-4", R"("anonymousId":"d-1")", "2026-02-19T15:00:00Z"));
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-1"), "regular"));
    live.send_events(R"({"type":"alias","messageId":"a","userId":"fan-1","previousId":"d-1",)"
                     R"("timestamp":"2026-02-19T10:05:00Z"})");
    EXPECT_EQ(live.book.value(live.fan("fan-1"), {Measure::kActiveDays, {}, {}}), 2);
    EXPECT_TRUE(live.book.in_segment(live.fan("fan-1"), "regular"));
    live.commit(*live.book.decide_unlink(user_fingerprint(test_keys(), "fan-1"),
                                         anonymous_fingerprint(test_keys(), "d-1"), "a sister's"));
    EXPECT_FALSE(live.book.in_segment(live.fan("fan-1"), "regular"));
    EXPECT_EQ(replay(live.records), bytes_of(live.book));
}

TEST(Profile, HasSportsZoneSharesAndVisits) {
    LiveBook live;
    live.send_events(track("m-1", kFan1, "Sport Followed", R"({"sport":"skating"})"));
    live.send_events(track("m-2", kFan1, "Sport Followed", R"({"sport":"luge"})"));
    live.send_events(
        track("m-3", kFan1, "Sport Unfollowed", R"({"sport":"luge"})", "2026-02-19T20:30:00Z"));
    live.send_events(track("m-4", kFan1, "Content Shared", R"({"kind":"replay"})"));
    live.send_events(track("m-5", kFan1, "Content Viewed", R"({"kind":"replay","sport":"luge"})"));
    live.send_events(R"({"type":"identify","messageId":"i",)" + std::string(kFan1) +
                     R"(,"timestamp":"2026-02-19T20:00:00Z","traits":{"timezone":"Asia/Tokyo"}})");
    const codec::Json profile = live.book.profile(live.fan("fan-1"));
    EXPECT_EQ(profile["follows_sports"].to_string(), R"(["skating"])");
    EXPECT_EQ(profile["zone"].as_string(), "Asia/Tokyo");
    EXPECT_EQ(profile["shares"].as_int(), 1);
    EXPECT_EQ(profile["watched"]["luge"].as_int(), 1);
    EXPECT_EQ(profile["sessions"].as_int(), 1);
    EXPECT_EQ(profile["active_days"].as_int(), 1);
    live.define("tokyo", "zone = \"Asia/Tokyo\" and follows_sport(skating) and watched(luge) >= 1");
    EXPECT_TRUE(live.book.in_segment(live.fan("fan-1"), "tokyo"));
}

std::string seen_in(std::string_view message, std::string_view who, std::string_view zone) {
    return R"({"type":"page","messageId":")" + std::string(message) + R"(",)" + std::string(who) +
           R"(,"timestamp":"2026-02-19T2)" + std::string(message.substr(2)) +
           R"(:00:00Z","context":{"locale":"en","timezone":)" + std::string(zone) + "}}";
}

// The fan's own word counts, however old; then the latest zone of any of its devices.
TEST(Profile, TheZoneOfADeviceStandsInForTheFansOwn) {
    constexpr std::string_view kDevice = R"("anonymousId":"d-1")";
    LiveBook live;
    const auto zone = [&] { return live.book.profile(live.fan("fan-1"))["zone"].to_string(); };
    const auto in_rome = [&] { return live.book.in_segment(live.fan("fan-1"), "rome"); };
    live.define("rome", "zone = \"Europe/Rome\"");
    live.send_events(seen_in("m-0", kFan1, R"("Asia/Tokyo")"));
    EXPECT_EQ(zone(), "\"Asia/Tokyo\"");
    live.send_events(seen_in("m-2", kDevice, R"("Europe/Rome")"));
    live.send_events(seen_in("m-1", std::string(kFan1) + "," + std::string(kDevice), "7"));
    EXPECT_EQ(zone(), "\"Europe/Rome\"") << "the device is the fan's, and was seen last";
    EXPECT_TRUE(in_rome());
    EXPECT_EQ(live.book.counts().rejected, 0U) << "a strange context harms no event";
    live.send_events(R"({"type":"identify","messageId":"i",)" + std::string(kFan1) +
                     R"(,"timestamp":"2026-02-18T20:00:00Z","traits":{"timezone":"UTC"}})");
    EXPECT_EQ(zone(), "\"UTC\"");
    EXPECT_FALSE(in_rome());
}

// Fans as the meanings of the cohorts describe them are in these, and in no contrary one.
TEST(Cohorts, HoldWhomTheirMeaningsDescribe) {
    LiveBook live;
    for (const Cohort& cohort : kCohorts)
        live.define(cohort.id, cohort.rule);
    const auto is_in = [&](std::string_view user, std::string_view cohort) {
        return live.book.in_segment(live.fan(user), cohort);
    };
    const auto who = [](std::string_view user) {
        return R"("userId":")" + std::string(user) + '"';
    };
    live.send_events(viewed("p-1", who("chart"), "technical_chart", 9000) + "," +
                     viewed("p-2", who("chart"), "emotional_highlight", 1000));
    live.send_events(viewed("e-1", who("heart"), "emotional_highlight", 9000));
    for (int i = 0; i < 3; ++i) {
        const std::string id = std::to_string(i);
        live.send_events(track("s-" + id, who("sharer"), "Content Shared", R"({"kind":"replay"})"));
        live.send_events(viewed("n-" + id, who("patriot"), "national_team", 10));
    }
    const auto buy = [&](std::string_view user, std::string_view price) {
        live.send_events(
            track("o-" + std::string(user), who(user), "Order Completed",
                  R"({"products":[{"category":"ticket","price":)" + std::string(price) + "}]}"));
    };
    buy("rich", "250");
    buy("middle", "199.99");
    buy("poor", "1");
    EXPECT_TRUE(is_in("chart", "performance-motivation"));
    EXPECT_FALSE(is_in("chart", "emotional-motivation"));
    EXPECT_FALSE(is_in("chart", "casual"));
    EXPECT_TRUE(is_in("heart", "emotional-motivation"));
    EXPECT_TRUE(is_in("heart", "casual"));
    EXPECT_FALSE(is_in("heart", "performance-motivation"));
    EXPECT_TRUE(is_in("sharer", "social-motivation"));
    EXPECT_FALSE(is_in("heart", "social-motivation"));
    EXPECT_TRUE(is_in("patriot", "national-motivation"));
    EXPECT_FALSE(is_in("chart", "national-motivation"));
    EXPECT_TRUE(is_in("rich", "value-high"));
    EXPECT_TRUE(is_in("middle", "value-medium"));
    EXPECT_TRUE(is_in("poor", "value-low"));
    EXPECT_FALSE(is_in("rich", "value-medium") || is_in("poor", "value-medium"));
    EXPECT_FALSE(is_in("rich", "casual"));
}

}  // namespace
}  // namespace altis::fans
