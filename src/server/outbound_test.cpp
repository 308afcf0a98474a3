#include "server/outbound.h"

#include <gtest/gtest.h>

namespace altis::server {
namespace {

std::string parts_of(std::string_view text) {
    const auto url = parse_outbound_url(text);
    if (!url) return url.error().reason;
    return std::string(url->is_secure ? "https " : "http ") + url->host + " " +
           std::to_string(url->port) + " " + url->target;
}

TEST(OutboundUrl, HasFourParts) {
    EXPECT_EQ(parts_of("https://receiver.example.org"), "https receiver.example.org 443 /");
    EXPECT_EQ(parts_of("http://Receiver.Example.org/a/b?c=d&e"),
              "http receiver.example.org 80 /a/b?c=d&e");
    EXPECT_EQ(parts_of("https://a.example:8443?q"), "https a.example 8443 /?q");
    EXPECT_EQ(parts_of("https://[2606:4700::1111]:444/x"), "https 2606:4700::1111 444 /x");
    EXPECT_EQ(parts_of("https://1.1.1.1/"), "https 1.1.1.1 443 /");
}

TEST(OutboundUrl, OthersAreRefused) {
    for (const std::string_view text : {"",
                                        "receiver.example.org",
                                        "ftp://a.example/",
                                        "https://",
                                        "https:///x",
                                        "https://:443/",
                                        "https://user@a.example/",
                                        "https://a.example#here",
                                        "https://a.example:0/",
                                        "https://a.example:65536/",
                                        "https://a.example:/",
                                        "https://a.example:44x/",
                                        "https://[::1/",
                                        "https://[nonsense]/",
                                        "https://[::1]x/",
                                        "https://a b.example/",
                                        "https://a.example/\r\nHost: b",
                                        "https://a\\b/",
                                        "https://a_\xC3\xA9.example/",
                                        "HTTPS://a.example/"}) {
        EXPECT_EQ(parts_of(text), "outbound.bad_url") << text;
    }
}

TEST(PublicAddress, IsNoneOfASpecialRange) {
    for (const char* address : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                                "100.128.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255",
                                "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
                                "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1"}) {
        EXPECT_TRUE(is_public_address(address)) << address;
    }
    for (const char* address : {"0.0.0.0",
                                "10.0.0.1",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.255",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.168.1.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "198.51.100.7",
                                "203.0.113.9",
                                "224.0.0.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:10.0.0.1",
                                "::ffff:1.1.1.1",
                                "64:ff9b::a00:1",
                                "64:ff9b:1::1",
                                "100::1",
                                "fc00::1",
                                "fd12::1",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1",
                                "2001::1",
                                "2001:db8::1",
                                "2002:a00:1::",
                                "3fff::1",
                                "localhost",
                                "",
                                "1.1.1"}) {
        EXPECT_FALSE(is_public_address(address)) << address;
    }
}

TEST(Outbound, WhatNeverAnswersIsToldByName) {
    const auto reason_of = [](std::string_view text, Reach reach) {
        const auto answer = post_outbound(*parse_outbound_url(text), reach, {}, "x", seconds(2));
        return answer ? std::to_string(*answer) : answer.error().reason;
    };
    EXPECT_EQ(reason_of("http://1.1.1.1/", Reach::kPublic), "outbound.not_secure");
    EXPECT_EQ(reason_of("http://1.1.1.1/", Reach::kAnywhere), "outbound.not_secure");
    EXPECT_EQ(reason_of("https://127.0.0.1/", Reach::kPublic), "outbound.private_address");
    // Other ways to write the same address.
    EXPECT_EQ(reason_of("https://2130706433/", Reach::kPublic), "outbound.private_address");
    EXPECT_EQ(reason_of("https://0x7f.1/", Reach::kPublic), "outbound.private_address");
    EXPECT_EQ(reason_of("https://localhost/", Reach::kPublic), "outbound.private_address");
    EXPECT_EQ(reason_of("http://127.0.0.1:1/", Reach::kAnywhere), "outbound.connect_failed");
}

}  // namespace
}  // namespace altis::server
