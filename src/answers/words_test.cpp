#include "answers/words.h"

#include <gtest/gtest.h>

namespace altis::answers {
namespace {

using Words = std::vector<std::string>;

TEST(Words, AreFoldedAndHoldNumbersTogether) {
    EXPECT_EQ(words("Did KRÄMER finish in 1:53.94, or 1,332?"),
              (Words{"did", "kramer", "finish", "in", "1:53.94", "or", "1,332"}));
    EXPECT_EQ(words("1st, 4x100 and 100m"), (Words{"1st", "4x100", "and", "100", "m"}));
    EXPECT_EQ(words("#1"), (Words{"#", "1"}));
}

TEST(Words, LoseApostrophesOfPossessionAndElision) {
    EXPECT_EQ(words("women's k'andelak'i l’Italie"), (Words{"women", "kandelaki", "l", "italie"}));
    EXPECT_EQ(words("U.S. team"), (Words{"us", "team"}));
}

TEST(Words, AreCharactersWhereAScriptHasNoBlanks) {
    EXPECT_EQ(words("男子100米"), (Words{"男", "子", "100", "米"}));
    EXPECT_EQ(words("ノア・ライルズ").size(), 6U);
    EXPECT_EQ(words("\xff\xfe"), Words{});
}

TEST(Words, DistanceCountsLettersAndExchanges) {
    EXPECT_EQ(edit_distance("brazil", "brasil", 2), 1U);
    EXPECT_EQ(edit_distance("brazil", "barzil", 2), 1U);
    EXPECT_EQ(edit_distance("kaori", "kaori", 2), 0U);
    EXPECT_EQ(edit_distance("kaori", "sakamoto", 2), 3U);
    EXPECT_EQ(edit_distance("мужчин", "мужчины", 2), 1U);
}

}  // namespace
}  // namespace altis::answers
