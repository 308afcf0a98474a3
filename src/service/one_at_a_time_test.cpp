#include "service/one_at_a_time.h"

#include <gtest/gtest.h>
#include <optional>

namespace altis::service {
namespace {

TEST(OneAtATime, TheNextEntersWhenThePlaceIsFree) {
    std::optional<OneAtATime> door(std::in_place);
    OneAtATime::Place first = door->enter();
    ASSERT_TRUE(first);
    EXPECT_FALSE(door->enter());
    EXPECT_FALSE(door->enter()) << "a refusal frees nothing";
    first.reset();
    OneAtATime::Place second = door->enter();
    EXPECT_TRUE(second);
    door.reset();
    second.reset();  // the place outlives the door
}

}  // namespace
}  // namespace altis::service
