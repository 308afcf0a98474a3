#include "channels/apns.h"

#include <gtest/gtest.h>

#include "channels/test_notice.h"
#include "codec/json.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

constexpr Time kNow{1'771'536'000'000'000};
const std::string kDevice(64, 'a');

ApnsApp test_app() {
    return {"TEAM012345", "KEY0123456", "org.example.games",
            crypto::PrivateKey::p256_of(crypto::Digest{3}).pem(), kApnsProduction};
}

Apns test_sender() {
    return Apns::create(test_app()).value();
}

std::string token_at(const Apns& apns, Time now) {
    return header(apns.make(kDevice, test_notice(), now).value(), "authorization");
}

TEST(Apns, MakesARequestThatAppleTakes) {
    const auto request = test_sender().make(kDevice, test_notice(), kNow);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->url, "https://api.push.apple.com/3/device/" + kDevice);
    EXPECT_EQ(header(*request, "apns-push-type"), "alert");
    EXPECT_EQ(header(*request, "apns-topic"), "org.example.games");
    EXPECT_EQ(header(*request, "apns-id"), "01234567-89ab-cdef-0123-456789abcdef");
    EXPECT_EQ(header(*request, "apns-collapse-id"), test_notice().topic);
    EXPECT_EQ(header(*request, "apns-expiration"), "1771539600");
    EXPECT_EQ(header(*request, "apns-priority"), "5");
    EXPECT_EQ(request->body,
              R"({"aps":{"alert":{"title":"Free skate","body":"Kaori Sakamoto scored 147.67: )"
              R"(silver."}},"id":"0123456789abcdef0123456789abcdef",)"
              R"("topic":"fedcba9876543210fedcba9876543210","lang":"en",)"
              R"("link":"https://games.example/results?unit=FSKWSINGLES&fan=none"})");
}

TEST(Apns, SaysWhatIsUrgentAndWhatIsNotKept) {
    Notice notice = test_notice();
    notice.urgency = Urgency::kHigh;
    notice.lifetime = {};
    notice.title.clear();
    const auto request = test_sender().make(kDevice, notice, kNow);
    ASSERT_TRUE(request);
    EXPECT_EQ(header(*request, "apns-priority"), "10");
    EXPECT_EQ(header(*request, "apns-expiration"), "0");
    EXPECT_EQ(request->body.find("title"), std::string::npos);
}

TEST(Apns, SignsWhoSends) {
    const std::string value = token_at(test_sender(), kNow);
    ASSERT_TRUE(value.starts_with("bearer "));
    EXPECT_EQ(token_part(value.substr(7), 0), R"({"kid":"KEY0123456","alg":"ES256"})");
    EXPECT_EQ(token_part(value.substr(7), 1), R"({"iss":"TEAM012345","iat":1771536000})");
    EXPECT_EQ(token_part(value.substr(7), 2).size(), 64U);
}

// Apple refuses tokens of more than an hour, and more than one in 20 minutes.
TEST(Apns, RenewsItsTokenBetweenTwentyAndSixtyMinutes) {
    const Apns apns = test_sender();
    std::string last = token_at(apns, kNow);
    Time made = kNow;
    int renewed = 0;
    for (Time now = kNow; now < kNow + days(1); now = now + seconds(61)) {
        const std::string token = token_at(apns, now);
        if (token != last) {
            EXPECT_GE(now - made, seconds(20 * 60));
            made = now;
            last = token;
            ++renewed;
        }
        EXPECT_LT(now - made, seconds(60 * 60));
    }
    EXPECT_GE(renewed, 24);
    EXPECT_EQ(token_at(apns, made - seconds(1)), last);  // clocks of threads
    EXPECT_NE(token_at(apns, made - days(2)), last);     // a clock that was set back
}

TEST(Apns, NamesWhatIsWrong) {
    const auto reason_after = [](auto change) {
        ApnsApp app = test_app();
        change(app);
        return reason_of(Apns::create(app));
    };
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.server = kApnsSandbox; }), "accepted");
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.team = "TEAM"; }), "apns.team");
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.key_id = "KEY\n123456"; }), "apns.key_id");
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.bundle = "a\r\nb"; }), "apns.bundle");
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.server += "/"; }), "apns.server");
    EXPECT_EQ(reason_after([](ApnsApp& app) { app.key = "none"; }), "key.malformed");
    EXPECT_EQ(reason_after([](ApnsApp& app) {
                  app.key = crypto::PrivateKey::make(crypto::KeyKind::kEd25519).pem();
              }),
              "key.unsupported");

    const Apns apns = test_sender();
    for (const std::string& device :
         {std::string(), std::string(62, 'a'), std::string(65, 'a'), std::string(202, 'a'),
          std::string(63, 'a') + "/", std::string(63, 'a') + "g"})
        EXPECT_EQ(reason_of(apns.make(device, test_notice(), kNow)), "apns.device_token");
    Notice notice = test_notice();
    notice.text = std::string(kMaxNoticeTextBytes, '"');
    EXPECT_EQ(reason_of(apns.make(kDevice, notice, kNow)), "apns.too_long");
    notice.language = "";
    EXPECT_EQ(reason_of(apns.make(kDevice, notice, kNow)), "notice.language");
}

}  // namespace
}  // namespace altis::channels
