#include "language/words.h"

#include <gtest/gtest.h>

namespace altis::language {
namespace {

using Words = std::vector<std::string>;

TEST(Words, AreFoundInAnyScript) {
    EXPECT_EQ(words_of("What a Night, Élodie!", "en"), (Words{"what", "a", "night", "elodie"}));
    EXPECT_EQ(words_of("شاهد الإعادة", "ar").size(), 2U);
    EXPECT_EQ(words_of("おめでとうございます！", "ja").front(), "おめでとう");
    EXPECT_EQ(words_of("观看比赛", "zh"), (Words{"观看", "比赛"}));
    EXPECT_EQ(words_of("— … !", "en"), Words());
    EXPECT_EQ(words_of("147 points", "en"), (Words{"147", "points"}));
}

TEST(Words, OfMalformedTextAreNone) {
    EXPECT_EQ(words_of("a\xff", "en"), Words());
}

}  // namespace
}  // namespace altis::language
