#include "codec/email.h"

#include <gtest/gtest.h>

namespace altis::codec {
namespace {

TEST(NormaliseEmail, GivesOneSpellingPerMailbox) {
    EXPECT_EQ(normalise_email(" Fan-1@Example.ORG\r\n").value(), "fan-1@example.org");
    EXPECT_EQ(normalise_email("fan.1+games@example.org").value(), "fan.1+games@example.org");
    EXPECT_EQ(normalise_email("fan-1@localhost").value(), "fan-1@localhost");
}

TEST(NormaliseEmail, IsIdempotent) {
    const std::string once = normalise_email("\tFAN-1@EXAMPLE.org ").value();
    EXPECT_EQ(normalise_email(once).value(), once);
}

TEST(NormaliseEmail, RefusesWhatIsNoAddress) {
    for (const char* text :
         {"", "   ", "fan-1", "@", "fan-1@", "@example.org", "a@b@c", "fan 1@x.org", "fan-1@.org",
          "fan-1@example.org.", "fan-1@example..org", "fan-1@exa\x01mple.org",
          "fan-1@example.org\x7f"}) {
        const auto result = normalise_email(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().reason, "email.malformed") << text;
    }
}

TEST(NormaliseEmail, HasLimitsAndNeverRepeatsTheAddress) {
    const std::string local(64, 'a');
    EXPECT_TRUE(normalise_email(local + "@example.org"));
    EXPECT_EQ(normalise_email(local + "a@example.org").error().reason, "email.too_long");
    const auto result = normalise_email("a@" + std::string(253, 'b'));
    EXPECT_EQ(result.error().reason, "email.too_long");
    EXPECT_EQ(result.error().message.find("bbb"), std::string::npos);
    EXPECT_TRUE(normalise_email("a@" + std::string(252, 'b')));
}

}  // namespace
}  // namespace altis::codec
