#include "channels/fcm.h"

#include <gtest/gtest.h>

#include "channels/test_notice.h"
#include "codec/json.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

constexpr Time kNow{1'771'536'000'000'000};
constexpr char kDevice[] = "device-12:APA91b_x";

codec::Json test_account() {
    static const std::string kKey = crypto::PrivateKey::make(crypto::KeyKind::kRsa).pem();
    return codec::Json::object({{"type", "service_account"},
                                {"project_id", "games-example"},
                                {"private_key_id", "0123456789abcdef"},
                                {"private_key", kKey},
                                {"client_email", "push@games-example.iam.gserviceaccount.com"},
                                {"token_uri", "https://oauth2.googleapis.com/token"}});
}

Fcm test_sender() {
    return Fcm::create(test_account().to_string()).value();
}

TEST(Fcm, AsksForATokenByAnAssertion) {
    const OutboundRequest request = test_sender().token_request(kNow);
    EXPECT_EQ(request.url, "https://oauth2.googleapis.com/token");
    EXPECT_EQ(header(request, "content-type"), "application/x-www-form-urlencoded");
    const std::string front =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    ASSERT_TRUE(request.body.starts_with(front));
    const std::string token = request.body.substr(front.size());
    EXPECT_EQ(token_part(token, 0), R"({"typ":"JWT","kid":"0123456789abcdef","alg":"RS256"})");
    EXPECT_EQ(token_part(token, 1),
              R"({"iss":"push@games-example.iam.gserviceaccount.com",)"
              R"("scope":"https://www.googleapis.com/auth/firebase.messaging",)"
              R"("aud":"https://oauth2.googleapis.com/token","iat":1771536000,"exp":1771539600})");
    EXPECT_EQ(token_part(token, 2).size(), 256U);
}

TEST(Fcm, MakesAMessageOfVersionOne) {
    Fcm fcm = test_sender();
    ASSERT_TRUE(fcm.accept_token(R"({"access_token":"ya29.abc","expires_in":3599,)"
                                 R"("token_type":"Bearer"})",
                                 kNow));
    const auto request = fcm.make(kDevice, test_notice(), kNow);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->url, "https://fcm.googleapis.com/v1/projects/games-example/messages:send");
    EXPECT_EQ(header(*request, "authorization"), "Bearer ya29.abc");
    EXPECT_EQ(request->body,
              R"({"message":{"token":"device-12:APA91b_x","notification":{"title":"Free skate",)"
              R"("body":"Kaori Sakamoto scored 147.67: silver."},)"
              R"("data":{"id":"0123456789abcdef0123456789abcdef",)"
              R"("topic":"fedcba9876543210fedcba9876543210","lang":"en",)"
              R"("link":"https://games.example/results?unit=FSKWSINGLES&fan=none"},)"
              R"("android":{"collapse_key":"fedcba9876543210fedcba9876543210",)"
              R"("priority":"NORMAL","ttl":"3600s",)"
              R"("notification":{"tag":"fedcba9876543210fedcba9876543210"}}}})");
}

TEST(Fcm, KnowsWhenATokenEnds) {
    Fcm fcm = test_sender();
    EXPECT_TRUE(fcm.needs_token(kNow));
    EXPECT_EQ(reason_of(fcm.make(kDevice, test_notice(), kNow)), "fcm.no_token");
    ASSERT_TRUE(fcm.accept_token(R"({"access_token":"a","expires_in":3600})", kNow));
    EXPECT_FALSE(fcm.needs_token(kNow + seconds(3'299)));
    EXPECT_TRUE(fcm.needs_token(kNow + seconds(3'300)));
    EXPECT_EQ(reason_of(fcm.make(kDevice, test_notice(), kNow + seconds(3'599))), "accepted");
    EXPECT_EQ(reason_of(fcm.make(kDevice, test_notice(), kNow + seconds(3'600))), "fcm.no_token");
}

TEST(Fcm, RefusesAnswersWithoutAToken) {
    Fcm fcm = test_sender();
    ASSERT_TRUE(fcm.accept_token(R"({"access_token":"kept","expires_in":3600})", kNow));
    for (const std::string& body :
         {std::string(), std::string("[]"), std::string(R"({"error":"invalid_grant"})"),
          std::string(R"({"access_token":"a","expires_in":0})"),
          std::string(R"({"access_token":"a\r\nx: y","expires_in":3600})"),
          std::string(R"({"access_token":"","expires_in":3600})"),
          R"({"access_token":")" + std::string(kMaxFcmTokenBytes + 1, 'a') +
              R"(","expires_in":3600})"})
        EXPECT_EQ(reason_of(fcm.accept_token(body, kNow)), "fcm.token") << body.substr(0, 60);
    EXPECT_EQ(header(fcm.make(kDevice, test_notice(), kNow).value(), "authorization"),
              "Bearer kept");
}

TEST(Fcm, NamesWhatIsWrong) {
    for (const char* member :
         {"project_id", "private_key_id", "client_email", "token_uri", "private_key"}) {
        codec::Json account = test_account();
        account.set(member, "");
        const auto fcm = Fcm::create(account.to_string());
        const bool is_key = std::string_view(member) == "private_key";
        EXPECT_EQ(reason_of(fcm), is_key ? "key.malformed" : "fcm.account") << member;
    }
    EXPECT_EQ(reason_of(Fcm::create("no json")), "fcm.account");
    EXPECT_EQ(reason_of(Fcm::create(std::string(kMaxFcmAccountBytes + 1, ' '))), "fcm.account");
    codec::Json account = test_account();
    account.set("project_id", "a/../b");
    EXPECT_EQ(reason_of(Fcm::create(account.to_string())), "fcm.account");
    account = test_account();
    account.set("private_key", crypto::PrivateKey::p256_of({1}).pem());
    EXPECT_EQ(reason_of(Fcm::create(account.to_string())), "key.unsupported");
    EXPECT_EQ(reason_of(Fcm::create(test_account().to_string(), "http://fcm.example")),
              "fcm.server");

    Fcm fcm = test_sender();
    ASSERT_TRUE(fcm.accept_token(R"({"access_token":"a","expires_in":3600})", kNow));
    for (const std::string& device : {std::string(), std::string("a b"), std::string("a\"b"),
                                      std::string(kMaxFcmDeviceTokenBytes + 1, 'a')})
        EXPECT_EQ(reason_of(fcm.make(device, test_notice(), kNow)), "fcm.device_token");
    Notice notice = test_notice();
    notice.text = std::string(kMaxNoticeTextBytes, '"');
    EXPECT_EQ(reason_of(fcm.make(kDevice, notice, kNow)), "fcm.too_long");
    notice.topic = "";
    EXPECT_EQ(reason_of(fcm.make(kDevice, notice, kNow)), "notice.topic");
}

}  // namespace
}  // namespace altis::channels
