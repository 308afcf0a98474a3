#include "codec/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "codec/mutations.h"

namespace altis::codec {
namespace {

TEST(Utf8, AcceptsWellFormedText) {
    for (const char* text : {"", "a", "é", "坂本", "\xF4\x8F\xBF\xBF", "\xEF\xBB\xBF"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(Utf8, RefusesOverlongSurrogatesAndCuts) {
    for (const char* text : {"\xff", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                             "\xE5\x9D", "\x80", "a\xC3"}) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
    EXPECT_FALSE(is_utf8(std::string(100, 'a') + "\xC3"));
}

TEST(Hex, KnownValues) {
    EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
    EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xff\x1a", 3));
    EXPECT_EQ(from_hex(""), "");
    for (const char* text : {"0", "0g", "g0", " 00", "0x00", "\xff\xff"}) {
        ASSERT_FALSE(from_hex(text)) << text;
        EXPECT_EQ(from_hex(text).error().reason, "hex.malformed");
    }
}

TEST(Base64, MatchesRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"},
                                                                      {"\xfb\xff", "+/8="}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded), plain);
    }
}

TEST(Base64, RefusesEveryOtherForm) {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n",
                             "Zm9_", "Z=9v", "Zg==Zg==", "Zm 9"}) {
        ASSERT_FALSE(from_base64(text)) << text;
        EXPECT_EQ(from_base64(text).error().reason, "base64.malformed") << text;
    }
}

TEST(Base64Url, MatchesRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},           {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"\xfb\xff\xbe", "-_--"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64url(plain), encoded);
        EXPECT_EQ(from_base64url(encoded), plain);
    }
}

TEST(Base64Url, RefusesEveryOtherForm) {
    for (const char* text : {"Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm9vZ", "Zm9v\n", "Zm9/", "+m9v"}) {
        ASSERT_FALSE(from_base64url(text)) << text;
        EXPECT_EQ(from_base64url(text).error().reason, "base64url.malformed") << text;
    }
}

TEST(HexAndBase64, RoundTrip) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) {
        RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
        RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
        RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
    }));
}

// One text per value: whatever is accepted is what the writer would have written.
TEST(HexAndBase64, MutationsAreRefusedOrCanonical) {
    for_each_mutation({"Zm9vYmFy", "Zm9vYg==", "Zm9vYmE=", "00ff1a2b"},
                      [](const std::string& text) {
                          if (const auto bytes = from_base64(text)) {
                              ASSERT_EQ(to_base64(*bytes), text);
                          }
                          if (const auto bytes = from_base64url(text)) {
                              ASSERT_EQ(to_base64url(*bytes), text);
                          }
                          if (const auto bytes = from_hex(text)) {
                              ASSERT_EQ(bytes->size() * 2, text.size());
                          }
                      });
}

TEST(Text, MarkupIsReadAsText) {
    const auto written = [](std::string_view text, MarkupPlace place) {
        std::string out = "-";
        append_markup(out, text, place);
        return out;
    };
    EXPECT_EQ(written("<a href=\"x\">&amp;", MarkupPlace::kContent),
              "-&lt;a href=&quot;x&quot;&gt;&amp;amp;");
    EXPECT_EQ(written("a\tb\nc\r", MarkupPlace::kContent), "-a\tb\nc\r");
    EXPECT_EQ(written("a\tb\nc\r\"", MarkupPlace::kAttribute), "-a&#9;b&#10;c&#13;&quot;");
    EXPECT_EQ(written("Zoë", MarkupPlace::kAttribute), "-Zoë");
}

}  // namespace
}  // namespace altis::codec
