#include "service/webhook_signature.h"

#include <gtest/gtest.h>

#include "codec/text.h"

namespace altis::service {
namespace {

// The example of the Standard Webhooks libraries.
TEST(WebhookSignature, IsThatOfTheSpecification) {
    const auto secret = codec::from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    ASSERT_TRUE(secret);
    const server::Fields headers =
        webhook_headers(*secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", Time{1'614'265'330'999'999},
                        R"({"test": 2432232314})");
    const server::Fields expected = {
        {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
        {"webhook-timestamp", "1614265330"},
        {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
    EXPECT_EQ(headers, expected);
}

TEST(WebhookSignature, EachReceiverAndSaltHasItsSecret) {
    const crypto::Digest key{};
    const std::string one = webhook_secret(key, "la28", "https://a/", "salt");
    EXPECT_EQ(one.size(), 32U);
    EXPECT_EQ(one, webhook_secret(key, "la28", "https://a/", "salt"));
    EXPECT_NE(one, webhook_secret(key, "la28", "https://b/", "salt"));
    EXPECT_NE(one, webhook_secret(key, "airline", "https://a/", "salt"));
    EXPECT_NE(one, webhook_secret(key, "la28", "https://a/", "other"));
    EXPECT_NE(one, webhook_secret({1}, "la28", "https://a/", "salt"));
    EXPECT_TRUE(printed_webhook_secret(one).starts_with("whsec_"));
}

}  // namespace
}  // namespace altis::service
