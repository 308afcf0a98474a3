#include "language/date_words.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace altis::language {
namespace {

bool has(std::string_view language, std::u32string_view word) {
    return std::ranges::count(date_words(language), word) == 1;
}

TEST(DateWords, HasDaysMonthsAndWhatIsSaidFromToday) {
    EXPECT_TRUE(has("en", U"saturday"));
    EXPECT_TRUE(has("en", U"february"));
    EXPECT_TRUE(has("en", U"yesterday"));
    EXPECT_TRUE(has("en", U"last week"));
    EXPECT_TRUE(has("fr", U"fevrier"));
    EXPECT_TRUE(has("fr", U"aujourd'hui"));
    EXPECT_TRUE(has("de", U"marz"));
    EXPECT_TRUE(has("ja", U"土曜日"));
    EXPECT_TRUE(has("zh", U"昨天"));
    EXPECT_TRUE(has("ru", U"февраля"));
    EXPECT_TRUE(has("hi", U"शनिवार"));
    EXPECT_TRUE(has("ar", U"السبت"));
    EXPECT_TRUE(has("ko", U"토요일"));
}

TEST(DateWords, LeavesOutWhatIsTooShortOrNumbered) {
    EXPECT_FALSE(has("de", U"so"));
    EXPECT_FALSE(has("de", U"mo"));
    EXPECT_FALSE(has("ja", U"2月"));
    EXPECT_FALSE(has("en", U"now"));
}

}  // namespace
}  // namespace altis::language
