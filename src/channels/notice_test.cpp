#include "channels/notice.h"

#include <gtest/gtest.h>

#include "channels/https_url.h"
#include "channels/test_notice.h"

namespace altis::channels {
namespace {

template <class Change>
std::string reason_after(Change change) {
    Notice notice = test_notice();
    change(notice);
    return reason_of(check(notice));
}

TEST(Notice, AcceptsWhatIsDescribed) {
    EXPECT_EQ(reason_after([](Notice&) {}), "accepted");
    EXPECT_EQ(reason_after([](Notice& n) { n.title = n.link = ""; }), "accepted");
    EXPECT_EQ(reason_after([](Notice& n) { n.text = "الأولى\n\xE2\x81\xA8Sakamoto\xE2\x81\xA9"; }),
              "accepted");
    EXPECT_EQ(reason_after([](Notice& n) { n.text = std::string(kMaxNoticeTextBytes, 'x'); }),
              "accepted");
    EXPECT_EQ(reason_after([](Notice& n) { n.lifetime = {}; }), "accepted");
}

TEST(Notice, NamesWhatIsWrong) {
    for (const char* id :
         {"", "0123456789abcdef0123456789abcde", "0123456789ABCDEF0123456789abcdef",
          "0123456789abcdef0123456789abcde\n"}) {
        EXPECT_EQ(reason_after([&](Notice& n) { n.id = id; }), "notice.id") << id;
        EXPECT_EQ(reason_after([&](Notice& n) { n.topic = id; }), "notice.topic") << id;
    }
    for (const std::string& title :
         {std::string("a\nb"), std::string("a\r\nBcc: x"), std::string("\xFF"), std::string("\x7F"),
          std::string(kMaxNoticeTitleBytes + 1, 'x')})
        EXPECT_EQ(reason_after([&](Notice& n) { n.title = title; }), "notice.title") << title;
    for (const std::string& text : {std::string(), std::string("a\rb"), std::string(1, '\0'),
                                    std::string("\xC3"), std::string(kMaxNoticeTextBytes + 1, 'x')})
        EXPECT_EQ(reason_after([&](Notice& n) { n.text = text; }), "notice.text") << text;
    for (const std::string& language : {std::string(), std::string("e n"), std::string("en\""),
                                        std::string(kMaxLanguageBytes + 1, 'x')})
        EXPECT_EQ(reason_after([&](Notice& n) { n.language = language; }), "notice.language");
    for (const std::string& link :
         {std::string("http://games.example"), std::string("javascript:alert(1)"),
          std::string("https://games.example/\r\nBcc: x"),
          "https://games.example/" + std::string(kMaxNoticeLinkBytes, 'x')})
        EXPECT_EQ(reason_after([&](Notice& n) { n.link = link; }), "notice.link") << link;
    EXPECT_EQ(reason_after([](Notice& n) { n.lifetime = Duration{-1}; }), "notice.lifetime");
}

// A correction is worth telling for longer than push services keep anything.
TEST(Notice, LivesNoLongerThanPushServicesKeepIt) {
    Notice notice = test_notice();
    EXPECT_EQ(lifetime_seconds(notice), 3'600);
    notice.lifetime = days(30);
    EXPECT_EQ(reason_of(check(notice)), "accepted");
    EXPECT_EQ(lifetime_seconds(notice), 28 * 86'400);
}

TEST(Notice, WritesItsIdAsUuid) {
    EXPECT_EQ(uuid_of(test_notice()), "01234567-89ab-cdef-0123-456789abcdef");
}

TEST(HttpsUrl, TellsTheOrigin) {
    const auto origin = [](std::string_view url) {
        const auto parts = read_https_url(url);
        return parts ? parts->origin : parts.error().reason;
    };
    EXPECT_EQ(origin("https://Push.Example/a?b#c"), "https://push.example");
    EXPECT_EQ(origin("https://push.example:443"), "https://push.example");
    EXPECT_EQ(origin("https://push.example:8443?x"), "https://push.example:8443");
    EXPECT_EQ(origin("https://[::1]:8443/x"), "https://[::1]:8443");
    EXPECT_EQ(origin("https://[2001:DB8::1]"), "https://[2001:db8::1]");
    for (const char* url : {"",
                            "https://",
                            "https:///x",
                            "http://push.example",
                            "HTTPS://push.example",
                            "https://user@push.example",
                            "https://user:key@push.example",
                            "https://push.example:",
                            "https://push.example:0",
                            "https://push.example:0443",
                            "https://push.example:65536",
                            "https://push.example:4x",
                            "https://push.example /",
                            "https://push.example\n",
                            "https://push.example/\xC3\xA9",
                            "https://push.example/\"",
                            "https://.example",
                            "https://[::1",
                            "https://[]",
                            "https://[::1]x",
                            "https://[zz::1]",
                            "https://a]:1"})
        EXPECT_EQ(origin(url), "url.not_https") << url;
}

}  // namespace
}  // namespace altis::channels
