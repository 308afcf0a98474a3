#include "fans/matching/normalise.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace altis::fans::matching {
namespace {

TEST(Normalise, MakesOneSpellingOfWords) {
    EXPECT_EQ(normalise_words("  O'N\xC3\xA9ill-SMITH  jr. "), "oneill smith jr");
    EXPECT_EQ(normalise_words("\xC5\x81\xC3\xB3"
                              "d\xC5\xBA"),
              "lodz");
    EXPECT_EQ(normalise_words("e\xCC\x81toile"), "etoile");
    EXPECT_EQ(normalise_words("\xD0\x9C\xD0\xB8\xD1\x80"), "\xD0\x9C\xD0\xB8\xD1\x80");
    EXPECT_EQ(normalise_words(" - . "), "");
    EXPECT_EQ(normalise_code("AB 12-34/x"), "ab1234x");
}

TEST(Normalise, ReadsDates) {
    EXPECT_EQ(normalise_date("19850713"), "19850713");
    EXPECT_EQ(normalise_date("1985-07-13"), "19850713");
    EXPECT_EQ(normalise_date("13/7/1985"), "19850713");
    EXPECT_EQ(normalise_date("7/13/1985"), "19850713");
    EXPECT_EQ(normalise_date("13.07.1985"), "19850713");
    EXPECT_EQ(normalise_date("13071985"), "19850713");
    EXPECT_EQ(normalise_date("1985-07-13T00:00:00Z"), "19850713");
    EXPECT_EQ(normalise_date("19851307"), "19851307");  // no date, but its digits still compare
    EXPECT_EQ(normalise_date("unknown"), "");
    EXPECT_EQ(normalise_date("99999999999-1-1"), "9999999999911");
}

TEST(Normalise, WritesStreetTypesOut) {
    EXPECT_EQ(normalise(PersonField::kAddressLine1, "St. James St"), "st james street");
    EXPECT_EQ(normalise(PersonField::kAddressLine1, "Road"), "road");
    const std::string long_line = std::string(kMaxComparedBytes - 3, 'x') + " st";
    EXPECT_EQ(normalise(PersonField::kAddressLine1, long_line).size(), kMaxComparedBytes);
    EXPECT_EQ(normalise(PersonField::kEmail, " Fan-1@Mail.Example"), "fan-1@mail.example");
}

RC_GTEST_PROP(Normalise, IsBoundedAndStable, (const std::string& text)) {
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        const auto field = static_cast<PersonField>(f);
        const std::string once = normalise(field, text + text + text);
        // "st" at the end may grow to "street".
        RC_ASSERT(once.size() <= kMaxComparedBytes);
    }
}

}  // namespace
}  // namespace altis::fans::matching
