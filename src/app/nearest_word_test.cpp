#include "app/nearest_word.h"

#include <gtest/gtest.h>
#include <vector>

namespace altis::app {
namespace {

const std::vector<std::string> kWords = {"serve", "demo", "fans", "rooms", "results", "config"};

TEST(NearestWord, FindsWhatWasMeant) {
    EXPECT_EQ(nearest_word("fan", kWords), "fans");
    EXPECT_EQ(nearest_word("fnas", kWords), "fans");
    EXPECT_EQ(nearest_word("reslts", kWords), "results");
    EXPECT_EQ(nearest_word("configure", kWords), "config");
    EXPECT_EQ(nearest_word("rooms", kWords), "rooms");
}

TEST(NearestWord, IsEmptyWhenNothingIsNear) {
    EXPECT_EQ(nearest_word("bogus", kWords), "");
    EXPECT_EQ(nearest_word("x", kWords), "");
    EXPECT_EQ(nearest_word("", kWords), "");
    EXPECT_EQ(nearest_word("fan", {}), "");
}

TEST(NearestWord, TakesTheFirstOfSeveral) {
    const std::vector<std::string> words = {"show", "stow"};
    EXPECT_EQ(nearest_word("slow", words), "show");
}

}  // namespace
}  // namespace altis::app
