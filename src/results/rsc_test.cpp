#include "results/rsc.h"

#include <gtest/gtest.h>

namespace altis::results {
namespace {

TEST(Rsc, GivesItsParts) {
    const auto rsc = Rsc::parse("BOBOTEAM4-------------TRNO000500--");
    ASSERT_TRUE(rsc) << rsc.error().message;
    EXPECT_EQ(rsc->discipline(), "BOB");
    EXPECT_EQ(rsc->gender(), 'O');
    EXPECT_EQ(rsc->event_type(), "TEAM4");
    EXPECT_EQ(rsc->modifier(), "");
    EXPECT_EQ(rsc->phase(), "TRNO");
    EXPECT_EQ(rsc->unit(), "000500");
    EXPECT_EQ(rsc->event_code(), "BOBOTEAM4");
    EXPECT_TRUE(rsc->names_unit());
}

TEST(Rsc, KeepsDashesInsideAPart) {
    const auto rsc = Rsc::parse("CSPWK1-500M-----------HEAT000200--");
    ASSERT_TRUE(rsc);
    EXPECT_EQ(rsc->event_type(), "K1-500M");
}

TEST(Rsc, ADisciplineNamesNoUnit) {
    const auto rsc = Rsc::parse("FSK-------------------------------");
    ASSERT_TRUE(rsc);
    EXPECT_FALSE(rsc->names_unit());
    EXPECT_EQ(rsc->event_code(), "FSK");
}

TEST(Rsc, NamesAWrongLength) {
    for (const std::size_t size : {0U, 1U, 33U, 35U, 38U}) {
        const std::string text =
            std::string("ATHMDECATHLON-100M----FNL-000100------").substr(0, size);
        const auto rsc = Rsc::parse(text);
        ASSERT_FALSE(rsc) << text;
        EXPECT_EQ(rsc.error().reason, "rsc.wrong_length");
        EXPECT_NE(rsc.error().message.find(" " + std::to_string(text.size()) + " characters"),
                  std::string::npos);
    }
}

TEST(Rsc, RefusesForeignCharactersGendersAndDisciplines) {
    for (const char* text :
         {"fSKWSINGLES-----------FNL-000100--", "FSKWSINGLES _---------FNL-000100--",
          "FSKBSINGLES-----------FNL-000100--", "F-KWSINGLES-----------FNL-000100--",
          "FSKWSINGLES-----------FNL-00010\xc3\xa9-"}) {
        const auto rsc = Rsc::parse(text);
        ASSERT_FALSE(rsc) << text;
        EXPECT_EQ(rsc.error().reason, "rsc.malformed") << text;
    }
}

}  // namespace
}  // namespace altis::results
