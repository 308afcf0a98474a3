#include "language/fold.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace altis::language {
namespace {

TEST(Fold, LeavesOutCaseAndAccents) {
    EXPECT_EQ(fold("  Ōsaka \t NAOMI "), "osaka naomi");
    EXPECT_EQ(fold("Țiriac"), "tiriac");
    EXPECT_EQ(fold("STRAẞE"), "strasse");
    EXPECT_EQ(fold("Семён"), fold("Семен"));
}

TEST(Fold, KeepsMarksThatAreLetters) {
    EXPECT_EQ(fold("ガ"), "ガ");
    EXPECT_NE(fold("ガ"), fold("カ"));
    EXPECT_EQ(fold("ｶﾞ"), "ガ");
    EXPECT_EQ(fold("한국"), "한국");
    EXPECT_NE(fold("की"), fold("क"));
}

TEST(Fold, ReadsDigitsOfAllScripts) {
    EXPECT_EQ(fold("١٤٧"), "147");
    EXPECT_EQ(fold("१४७"), "147");
    EXPECT_EQ(fold("１４７"), "147");
}

TEST(Fold, RemovesWhatIsNotSeen) {
    EXPECT_EQ(fold("a\u202eb\u200bc"), "abc");
    EXPECT_EQ(fold("كـــاوري"), fold("كاوري"));
    EXPECT_EQ(fold(""), "");
}

TEST(Fold, IsIdempotentOnAnyBytes) {
    rc::check([](const std::string& text) {
        const std::string once = fold(text);
        RC_ASSERT(fold(once) == once);
    });
}

}  // namespace
}  // namespace altis::language
