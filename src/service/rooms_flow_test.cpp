#include <algorithm>
#include <gtest/gtest.h>

#include "service/fans_table.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;

std::string identify(const std::string& user) {
    return R"({"type":"identify","messageId":"i-)" + user + R"(","userId":")" + user +
           R"(","traits":{"email":")" + user + R"(@example.org"}})";
}

// A fan of the cohort who is known by an address and agreed to clean rooms.
std::vector<std::string> room_fan(const std::string& user) {
    std::vector<std::string> events = fan_events(user, "1000001");
    events.push_back(identify(user));
    events.push_back(
        event("r-" + user, user, "Consent Updated", R"("purpose":"clean_room","given":true)"));
    return events;
}

std::ptrdiff_t count_yes(const cleanroom::TableData& table, std::size_t column) {
    return std::ranges::count(table.codes[column], 0);
}

TEST(FansTable, HoldsWhoAttendedASportOfAnyNameAndWhoIsInASegment) {
    Bench bench;
    const auto core = bench.open();
    ASSERT_TRUE(open_games(*core));
    const auto secrets = read_secrets(core->vault());
    ASSERT_TRUE(secrets);
    const std::string sport = "artistic-gymnastics-and-trampoline";
    std::vector<std::string> events = room_fan("fan-1");
    const auto second = room_fan("fan-2");
    events.insert(events.end(), second.begin(), second.end());
    events.push_back(event("a-1", "fan-1", "Venue Entered", R"("sport":")" + sport + R"(")"));
    ASSERT_TRUE(bring(*core, *secrets, batch_of(events), bench.clock.now()));

    cleanroom::Room room;
    room.edition = kGames;
    const cleanroom::Owner owner{
        "left",
        {"holder", "segment:" + std::string(kCohort)},
        1,
        {"attended." + sport, "attended.judo", "segment." + std::string(kCohort)}};
    const auto schema = fans_schema(owner);
    ASSERT_TRUE(schema) << schema.error().message;
    ASSERT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto table = fans_table(turn.world(), room, owner, *schema);
        ASSERT_TRUE(table) << table.error().message;
        EXPECT_EQ(table->rows(), 2U);
        EXPECT_EQ(count_yes(*table, 0), 1);
        EXPECT_EQ(count_yes(*table, 1), 0);
        EXPECT_EQ(count_yes(*table, 2), 2);
        cleanroom::Owner stranger = owner;
        stranger.table.organisation = "airline";
        EXPECT_EQ(fans_table(turn.world(), room, stranger, *schema).error().reason,
                  "rooms.not_an_owner");
    }));
    EXPECT_EQ(fans_schema({"left", {"holder", "fans"}, 1, {"birthday"}}).error().reason,
              "rooms.column_unknown");
}

}  // namespace
}  // namespace altis::service
