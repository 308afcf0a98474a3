#include "service/rooms_flow.h"

#include <algorithm>
#include <gtest/gtest.h>

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

std::size_t attendants(const RoomSide& side) {
    return static_cast<std::size_t>(std::ranges::count_if(
        side.rows.flags, [&](int flags) { return (flags & side.bits) != 0; }));
}

TEST(RoomSide, HoldsWhoAttendedASportOfAnyName) {
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

    cleanroom::TreasuryFiles files(bench.files, kData + "/treasury", core->vault());
    const Treasuries treasuries(files, secrets->ingest.email, bench.random);
    cleanroom::Room room;
    room.edition = kGames;
    room.owners = {{{"holder", "segment:" + std::string(kCohort)}, 1}};
    ASSERT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto side = room_side(turn.world(), treasuries, room, 0, sport);
        ASSERT_TRUE(side) << side.error().message;
        EXPECT_EQ(side->rows.size(), 2U);
        EXPECT_EQ(attendants(*side), 1U);
        const auto other = room_side(turn.world(), treasuries, room, 0, "judo");
        ASSERT_TRUE(other) << other.error().message;
        EXPECT_EQ(attendants(*other), 0U);
    }));
}

}  // namespace
}  // namespace altis::service
