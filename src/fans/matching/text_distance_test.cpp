#include "fans/matching/text_distance.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fans/matching/normalise.h"

namespace altis::fans::matching {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
    EXPECT_EQ(edit_distance("", "", 9), 0U);
    EXPECT_EQ(edit_distance("garden", "garden", 9), 0U);
    EXPECT_EQ(edit_distance("garden", "gadren", 9), 1U);
    EXPECT_EQ(edit_distance("garden", "grden", 9), 1U);
    EXPECT_EQ(edit_distance("garden", "gardenx", 9), 1U);
    EXPECT_EQ(edit_distance("garden", "garten", 9), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3U);
    EXPECT_EQ(edit_distance("", "abc", 9), 3U);
    EXPECT_EQ(edit_distance("ca", "abc", 9), 3U);  // no byte is touched twice
}

TEST(EditDistance, StopsAtTheLimit) {
    EXPECT_EQ(edit_distance("kitten", "sitting", 2), 3U);
    EXPECT_EQ(edit_distance("abcdefgh", "zyxwvuts", 3), 4U);
    EXPECT_EQ(edit_distance("a", "abcdefgh", 3), 4U);
}

// The definition, without any of the shortcuts.
unsigned plain_distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<unsigned>> d(a.size() + 1, std::vector<unsigned>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = static_cast<unsigned>(i + j);
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                                d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

rc::Gen<std::string> short_word() {
    return rc::gen::resize(12, rc::gen::container<std::string>(rc::gen::inRange('a', 'e')));
}

RC_GTEST_PROP(EditDistance, IsTheOneOfTheDefinition, ()) {
    const std::string a = *short_word();
    const std::string b = *short_word();
    const unsigned limit = *rc::gen::inRange(0U, 8U);
    const unsigned plain = plain_distance(a, b);
    RC_ASSERT(edit_distance(a, b, limit) == std::min(plain, limit + 1));
    RC_ASSERT(least_edit_distance(count_letters(a), count_letters(b)) <= plain);
}

TEST(JaroWinkler, GivesThePublishedValues) {
    EXPECT_NEAR(jaro_winkler_milli("martha", "marhta"), 961, 1);
    EXPECT_NEAR(jaro_winkler_milli("dwayne", "duane"), 840, 1);
    EXPECT_NEAR(jaro_winkler_milli("dixon", "dicksonx"), 813, 1);
    EXPECT_EQ(jaro_winkler_milli("same", "same"), 1000U);
    EXPECT_EQ(jaro_winkler_milli("abc", "xyz"), 0U);
    EXPECT_EQ(jaro_winkler_milli("", "a"), 0U);
}

RC_GTEST_PROP(JaroWinkler, IsSymmetricAndBounded, ()) {
    const std::string a = *short_word();
    const std::string b = *short_word();
    const unsigned there = jaro_winkler_milli(a, b);
    RC_ASSERT(there <= 1000U);
    RC_ASSERT(there == jaro_winkler_milli(b, a));
}

TEST(PhoneticKey, IsSharedByOneSound) {
    EXPECT_EQ(phonetic_key("phelan"), phonetic_key("felan"));
    EXPECT_EQ(phonetic_key("knight"), phonetic_key("night"));
    EXPECT_EQ(phonetic_key("catherine"), phonetic_key("katharine"));
    EXPECT_EQ(phonetic_key("smith"), phonetic_key("smyth"));
    EXPECT_NE(phonetic_key("smith"), phonetic_key("jones"));
    EXPECT_EQ(phonetic_key(""), "");
}

}  // namespace
}  // namespace altis::fans::matching
