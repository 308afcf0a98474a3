#include "channels/web_push.h"

#include <atomic>
#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <vector>

#include "channels/test_notice.h"
#include "channels/vapid.h"
#include "channels/web_push_encryption.h"
#include "codec/json.h"

namespace altis::channels {
namespace {

constexpr Time kNow{1'771'536'000'000'000};

WebPush test_sender() {
    return WebPush::create(crypto::Digest{1}, "mailto:push@games.example").value();
}

// The way of RFC 8291, appendix A: its keys, its salt, its bytes.
TEST(WebPushEncryption, MatchesRfc8291) {
    WebPushFreshness fresh;
    const auto salt = codec::from_base64url("DGv6ra1nlYgDCS1FRnbzlw").value();
    std::copy(salt.begin(), salt.end(), fresh.salt.begin());
    const auto secret =
        codec::from_base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").value();
    std::copy(secret.begin(), secret.end(), fresh.pair.secret.begin());
    fresh.pair.point = crypto::p256_point(fresh.pair.secret).value();

    const WebPushAddress address = test_address();
    const WebPushReceiver receiver{codec::from_base64url(address.p256dh).value(),
                                   codec::from_base64url(address.auth).value()};
    const std::string plain = "When I grow up, I want to be a watermelon";
    const auto body =
        encrypt_web_push(plain, receiver, fresh, plain.size() + kWebPushOverheadBytes);
    ASSERT_TRUE(body);
    EXPECT_EQ(codec::to_base64url(*body),
              "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
              "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
              "WGNWQexSgSxsj_Qulcy4a-fN");
}

TEST(WebPush, MakesARequestThatServicesTake) {
    const auto request = test_sender().make(test_address(), test_notice(), kNow);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->url, test_address().endpoint);
    EXPECT_EQ(header(*request, "content-encoding"), "aes128gcm");
    EXPECT_EQ(header(*request, "ttl"), "3600");
    EXPECT_EQ(header(*request, "urgency"), "normal");
    EXPECT_EQ(header(*request, "topic").size(), 32U);
    EXPECT_EQ(request->body.size(), 1'024U);
}

// RFC 8292, section 2: who is addressed, until when, and who sends.
TEST(WebPush, SignsWhoSends) {
    const WebPush sender = test_sender();
    const auto request = sender.make(test_address(), test_notice(), kNow);
    ASSERT_TRUE(request);
    const std::string value = header(*request, "authorization");
    ASSERT_TRUE(value.starts_with("vapid t="));
    EXPECT_TRUE(value.ends_with(", k=" + sender.public_key()));
    const std::string token = value.substr(8, value.find(',') - 8);
    EXPECT_EQ(token_part(token, 0), R"({"typ":"JWT","alg":"ES256"})");
    EXPECT_EQ(token_part(token, 1), R"({"aud":"https://push.example.net:8443","exp":1771579200,)"
                                    R"("sub":"mailto:push@games.example"})");
    EXPECT_EQ(token_part(token, 2).size(), 64U);
}

TEST(WebPush, NeverUsesAKeyOrSaltTwice) {
    const WebPush sender = test_sender();
    std::set<std::string> salts;
    std::set<std::string> keys;
    for (int i = 0; i < 200; ++i) {
        const auto request = sender.make(test_address(), test_notice(), kNow);
        ASSERT_TRUE(request);
        salts.insert(request->body.substr(0, 16));
        keys.insert(request->body.substr(21, 65));
    }
    EXPECT_EQ(salts.size(), 200U);
    EXPECT_EQ(keys.size(), 200U);
}

TEST(WebPush, HidesTheLength) {
    const WebPush sender = test_sender();
    const auto size_of = [&](std::size_t text_bytes) {
        Notice notice = test_notice();
        notice.text = std::string(text_bytes, 'x');
        return sender.make(test_address(), notice, kNow).value().body.size();
    };
    EXPECT_EQ(size_of(1), 1'024U);
    EXPECT_EQ(size_of(600), 1'024U);
    EXPECT_EQ(size_of(900), 2'048U);
    EXPECT_EQ(size_of(2'000), 4'096U);
}

TEST(WebPush, RefusesWhatDoesNotFit) {
    Notice notice = test_notice();
    notice.text = std::string(kMaxNoticeTextBytes, '"');
    EXPECT_EQ(reason_of(test_sender().make(test_address(), notice, kNow)), "web_push.too_long");
    notice.id = "";
    EXPECT_EQ(reason_of(test_sender().make(test_address(), notice, kNow)), "notice.id");
}

TEST(WebPush, ServesManyThreads) {
    const WebPush sender = test_sender();
    std::vector<std::thread> threads;
    std::atomic<int> made = 0;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            WebPushAddress address = test_address();
            for (int i = 0; i < 25; ++i) {
                address.endpoint = "https://push" + std::to_string((thread + i) % 5) + ".example/x";
                made += sender.make(address, test_notice(), kNow) ? 1 : 0;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(made, 100);
}

// A push service must not see which browsers are told the same; one browser's topics must stay one.
TEST(WebPush, NamesTopicsPerSubscription) {
    const WebPush sender = test_sender();
    const auto topic_of = [&](const std::string& endpoint, const std::string& topic) {
        WebPushAddress address = test_address();
        address.endpoint = endpoint;
        Notice notice = test_notice();
        notice.topic = topic;
        return header(sender.make(address, notice, kNow).value(), "topic");
    };
    const std::string topic = test_notice().topic;
    const std::string other(32, 'a');
    EXPECT_EQ(topic_of("https://a.example/1", topic), topic_of("https://a.example/1", topic));
    EXPECT_NE(topic_of("https://a.example/1", topic), topic_of("https://a.example/2", topic));
    EXPECT_NE(topic_of("https://a.example/1", topic), topic_of("https://a.example/1", other));
}

TEST(WebPush, NamesWhatIsWrongWithAnAddress) {
    const auto reason_after = [](auto change) {
        WebPushAddress address = test_address();
        change(address);
        const std::string reason = reason_of(check(address));
        EXPECT_EQ(reason_of(test_sender().make(address, test_notice(), kNow)), reason);
        return reason;
    };
    EXPECT_EQ(reason_after([](WebPushAddress&) {}), "accepted");
    for (const char* endpoint : {"", "http://push.example/x", "https://push.example/x#y"})
        EXPECT_EQ(reason_after([&](WebPushAddress& a) { a.endpoint = endpoint; }),
                  "web_push.endpoint");
    EXPECT_EQ(
        reason_after([](WebPushAddress& a) { a.endpoint.append(kMaxPushEndpointBytes, 'x'); }),
        "web_push.endpoint");
    EXPECT_EQ(
        reason_after([](WebPushAddress& a) { a.p256dh[20] = a.p256dh[20] == 'A' ? 'B' : 'A'; }),
        "web_push.p256dh");
    EXPECT_EQ(reason_after([](WebPushAddress& a) { a.p256dh.clear(); }), "web_push.p256dh");
    EXPECT_EQ(reason_after([](WebPushAddress& a) { a.p256dh += "="; }), "web_push.p256dh");
    EXPECT_EQ(reason_after([](WebPushAddress& a) { a.auth.pop_back(); }), "web_push.auth");
    EXPECT_EQ(reason_after([](WebPushAddress& a) { a.auth = a.p256dh; }), "web_push.auth");
}

TEST(WebPush, NamesABadContact) {
    for (const char* contact : {"", "push@games.example", "mailto:", "mailto:<push@games.example>",
                                "mailto:a@b c", "https://", "mailto:a@b\r\n"})
        EXPECT_EQ(reason_of(WebPush::create({}, contact)), "web_push.contact") << contact;
    EXPECT_EQ(reason_of(WebPush::create({}, "https://games.example/contact")), "accepted");
}

TEST(Vapid, KeepsATokenUntilShortlyBeforeItEnds) {
    Vapid vapid(crypto::PrivateKey::p256_of({2}), "mailto:push@games.example");
    const std::string first = vapid.authorization("https://a.example", kNow);
    const auto again = [&](Duration later) {
        return vapid.authorization("https://a.example", kNow + later);
    };
    EXPECT_EQ(again(seconds(11 * 3'600 - 1)), first);
    EXPECT_NE(vapid.authorization("https://b.example", kNow), first);
    EXPECT_EQ(again({}), first);
    EXPECT_NE(again(seconds(11 * 3'600)), first);
    EXPECT_NE(again(days(-1)), first);
}

// Subscribers name the origins, so they must not be able to fill the memory.
TEST(Vapid, KeepsFewOrigins) {
    Vapid vapid(crypto::PrivateKey::p256_of({2}), "mailto:push@games.example");
    const std::string first = vapid.authorization("https://first.example", kNow);
    for (std::size_t i = 0; i + 1 < kMaxVapidOrigins; ++i)
        vapid.authorization("https://" + std::to_string(i) + ".example", kNow);
    EXPECT_EQ(vapid.authorization("https://first.example", kNow), first);
    vapid.authorization("https://one-more.example", kNow);
    EXPECT_NE(vapid.authorization("https://first.example", kNow), first);
}

}  // namespace
}  // namespace altis::channels
