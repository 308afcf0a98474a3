#include "channels/email.h"

#include <gtest/gtest.h>

#include "channels/test_notice.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

constexpr Time kNow{1'771'536'000'000'000};
constexpr char kUnsubscribe[] = "https://games.example/u?fan=f&key=k";

EmailSettings test_settings() {
    static const std::string kKey = crypto::PrivateKey::make(crypto::KeyKind::kEd25519).pem();
    return {"Games \"2026\"", "news@games.example", "games.example", "altis", kKey};
}

std::string message_of(const Notice& notice) {
    const Email email = Email::create(test_settings()).value();
    return email.make("fan-12@mail.example", notice, kUnsubscribe, kNow).value();
}

// The header but for the signature.
std::string header_of(const std::string& message) {
    const std::size_t begin = message.find("\r\nFrom:") + 2;
    return message.substr(begin, message.find("\r\n\r\n") + 2 - begin);
}

TEST(Email, WritesTheHeader) {
    const std::string message = message_of(test_notice());
    EXPECT_TRUE(message.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;"));
    EXPECT_EQ(header_of(message),
              "From: \"Games \\\"2026\\\"\" <news@games.example>\r\n"
              "To: fan-12@mail.example\r\n"
              "Subject: Free skate\r\n"
              "Date: Thu, 19 Feb 2026 21:20:00 +0000\r\n"
              "Message-ID: <0123456789abcdef0123456789abcdef@games.example>\r\n"
              "List-Unsubscribe: <https://games.example/u?fan=f&key=k>\r\n"
              "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "Content-Language: en\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: multipart/alternative;\r\n"
              " boundary=\"=_0123456789abcdef0123456789abcdef\"\r\n");
}

TEST(Email, SaysTheSameAsTextAndAsHtml) {
    Notice notice = test_notice();
    notice.text = "1 < 2 & \"3\"\nsecond";
    const std::string message = message_of(notice);
    EXPECT_NE(message.find("\r\n\r\nFree skate\r\n\r\n1 < 2 & \"3\"\r\nsecond\r\n\r\n"
                           "https://games.example/results?unit=3DFSKWSINGLES&fan=3Dnone\r\n\r\n"
                           "Unsubscribe\r\nhttps://games.example/u?fan=3Df&key=3Dk\r\n--=_"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("<h1>Free skate</h1>\r\n<p>1 &lt; 2 &amp; &quot;3&quot;<br>\r\n"
                           "second</p>\r\n"),
              std::string::npos);
}

// Lines end with CRLF, are short and ASCII, and none is a dot alone.
TEST(Email, KeepsToTheLinesOfSmtp) {
    Notice notice = test_notice();
    notice.title = std::string(kMaxNoticeTitleBytes, 'x');
    notice.text = "銀\n.\n..\n";
    for (int i = 0; i < 80; ++i)
        notice.text += "médaille d’argent ";
    notice.link = "https://games.example/" + std::string(kMaxNoticeLinkBytes - 22, 'x');
    const std::string message = message_of(notice);
    std::size_t begin = 0;
    while (begin < message.size()) {
        const std::size_t end = message.find("\r\n", begin);
        ASSERT_NE(end, std::string::npos);
        const std::string line = message.substr(begin, end - begin);
        EXPECT_LE(line.size(), line.starts_with("List-Unsubscribe:") ? 998U : 78U) << line;
        EXPECT_FALSE(line.starts_with('.')) << line;
        for (const char c : line)
            EXPECT_TRUE(c >= ' ' && c < 0x7F) << line;
        begin = end + 2;
    }
}

TEST(Email, NeverCutsASubject) {
    Notice notice = test_notice();
    notice.title.clear();
    notice.text = "Kaori Sakamoto scored 147.67\nand more";
    EXPECT_NE(message_of(notice).find("\r\nSubject: Kaori Sakamoto scored 147.67\r\n"),
              std::string::npos);
}

TEST(Email, NamesWhatIsWrong) {
    const auto reason_after = [](auto change) {
        EmailSettings settings = test_settings();
        change(settings);
        return reason_of(Email::create(settings));
    };
    EXPECT_EQ(reason_after([](EmailSettings&) {}), "accepted");
    EXPECT_EQ(reason_after([](EmailSettings& s) { s.name = "a\r\nBcc: b@c"; }), "email.name");
    EXPECT_EQ(reason_after([](EmailSettings& s) { s.address = "a@b\r\nBcc: b@c"; }),
              "email.address");
    EXPECT_EQ(reason_after([](EmailSettings& s) { s.domain = "x y"; }), "dkim.domain");
    EXPECT_EQ(reason_after([](EmailSettings& s) { s.key = ""; }), "key.malformed");

    const Email email = Email::create(test_settings()).value();
    const auto made = [&](std::string_view to, const Notice& notice, std::string_view url) {
        return reason_of(email.make(to, notice, url, kNow));
    };
    EXPECT_EQ(made("fan-12", test_notice(), kUnsubscribe), "email.to");
    EXPECT_EQ(made("a@b\r\nBcc: c@d", test_notice(), kUnsubscribe), "email.to");
    EXPECT_EQ(made("a@b", test_notice(), "mailto:u@games.example"), "email.unsubscribe_url");
    EXPECT_EQ(made("a@b", test_notice(), "https://x/>\r\nBcc: c@d"), "email.unsubscribe_url");
    EXPECT_EQ(made("a@b", test_notice(), "https://x/" + std::string(kMaxUnsubscribeUrlBytes, 'x')),
              "email.unsubscribe_url");
    Notice notice = test_notice();
    notice.title = "a\r\nBcc: c@d";
    EXPECT_EQ(made("a@b", notice, kUnsubscribe), "notice.title");
}

}  // namespace
}  // namespace altis::channels
