#include "codec/phone.h"

#include <gtest/gtest.h>

namespace altis::codec {
namespace {

TEST(Phone, HasOneSpellingPerNumber) {
    for (const char* text : {"+33123456789", "0033 1 23 45 67 89", " +33 (0) 1.23.45.67.89 ",
                             "+33-1-23-45-67-89\r", "+33(0)123456789"}) {
        EXPECT_EQ(normalise_phone(text), "+33123456789") << text;
    }
}

TEST(Phone, SaysWhatIsWrongWithoutTheNumber) {
    for (const char* text : {"", " ", "0123456789", "+33 12x", "+0123456789", "+12345",
                             "+1234567890123456", "++33123456789", "+33 1 23 45 67 89 ext 4"}) {
        const auto number = normalise_phone(text);
        ASSERT_FALSE(number) << text;
        EXPECT_EQ(number.error().reason, "phone.malformed");
    }
}

}  // namespace
}  // namespace altis::codec
