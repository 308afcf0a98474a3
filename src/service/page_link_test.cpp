#include "service/page_link.h"

#include <gtest/gtest.h>

namespace altis::service {
namespace {

constexpr Time kNow{1'771'500'000'000'000};
const crypto::Digest kKey = {1, 2, 3};
const PageLink kLink{{42, 43}, "owg2026", kNow, kNow + seconds(600)};

TEST(PageLinkTest, IsReadBack) {
    const auto opened = open_page_token(kKey, page_token(kKey, kLink), kNow);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, kLink);
}

TEST(PageLinkTest, Ends) {
    const std::string token = page_token(kKey, kLink);
    EXPECT_TRUE(open_page_token(kKey, token, kLink.until - milliseconds(1)));
    const auto ended = open_page_token(kKey, token, kLink.until);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().reason, "page.link_ended");
}

TEST(PageLinkTest, EveryChangedByteIsRefused) {
    const std::string token = page_token(kKey, kLink);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto opened = open_page_token(kKey, changed, kNow);
        ASSERT_FALSE(opened) << i;
        EXPECT_EQ(opened.error().reason, "page.unknown_link") << i;
        EXPECT_FALSE(open_page_token(kKey, token.substr(0, i), kNow)) << i;
    }
}

TEST(PageLinkTest, AnotherKeyAndOtherTextsAreRefused) {
    const crypto::Digest other = {9};
    EXPECT_FALSE(open_page_token(other, page_token(kKey, kLink), kNow));
    for (const char* text : {"", ".", "...", "none", "1.2.3.4"})
        EXPECT_FALSE(open_page_token(kKey, text, kNow)) << text;
    EXPECT_FALSE(open_page_token(kKey, std::string(10'000, '.'), kNow));
}

}  // namespace
}  // namespace altis::service
