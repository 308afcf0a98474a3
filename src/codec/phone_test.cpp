#include "codec/phone.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace altis::codec {
namespace {

std::string number(std::string_view text, std::string_view calling_code = "+41") {
    const auto result = normalise_phone(text, calling_code);
    return result ? *result : result.error().reason;
}

TEST(Phone, OneFormForEveryWayOfWriting) {
    for (const char* text : {"+41791234567", "+41 (0)79 123 45 67", "0041 79 123-45-67",
                             "079/123.45.67", " 79 123 45 67\r", "(079) 123 45 67"}) {
        EXPECT_EQ(number(text), "+41791234567") << text;
    }
    EXPECT_EQ(number("+33 6 12 34 56 78"), "+33612345678");
    for (const char* text : {"+33123456789", "0033 1 23 45 67 89", " +33 (0) 1.23.45.67.89 ",
                             "+33-1-23-45-67-89\r", "+33(0)123456789", "0033(0)123456789"}) {
        EXPECT_EQ(number(text, ""), "+33123456789") << text;
    }
}

TEST(Phone, CountriesDialWithinThemselvesInTheirOwnWays) {
    EXPECT_EQ(number("06 1234 5678", "+39"), "+390612345678");
    EXPECT_EQ(number("8 912 345-67-89", "+7"), "+79123456789");
    EXPECT_EQ(number("800 555 35 35", "+7"), "+78005553535");
    EXPECT_EQ(number("1 (310) 555-0100", "+1"), "+13105550100");
    EXPECT_EQ(number("(310) 555-0100", "+1"), "+13105550100");
    EXPECT_EQ(number("06 1 234 5678", "+36"), "+3612345678");
    EXPECT_EQ(number("090-1234-5678", "+81"), "+819012345678");
}

TEST(Phone, RefusesWhatIsNoNumber) {
    EXPECT_EQ(number("call me"), "phone.malformed");
    EXPECT_EQ(number("079 123 45 67 ext 3"), "phone.malformed");
    EXPECT_EQ(number("41+79"), "phone.malformed");
    EXPECT_EQ(number("++33123456789"), "phone.malformed");
    EXPECT_EQ(number("079 123 45 67", ""), "phone.national");
    EXPECT_EQ(number("123"), "phone.length");
    EXPECT_EQ(number(""), "phone.length");
    EXPECT_EQ(number("+1234567890123456"), "phone.length");
    EXPECT_EQ(number("+01234567"), "phone.length");
    EXPECT_TRUE(is_calling_code("+1") && is_calling_code("+423"));
    for (const char* text : {"41", "+", "+0", "+4123", "+4a", ""})
        EXPECT_FALSE(is_calling_code(text)) << text;
}

RC_GTEST_PROP(Phone, IsStable, (const std::string& text)) {
    const auto once = normalise_phone(text, "+44");
    if (once) RC_ASSERT(*normalise_phone(*once, "+1") == *once);
}

}  // namespace
}  // namespace altis::codec
