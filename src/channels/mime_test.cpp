#include "channels/mime.h"

#include <gtest/gtest.h>

#include "channels/dkim.h"
#include "channels/test_notice.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

TEST(Mime, WritesHeadersAsTheyAreOrInEncodedWords) {
    EXPECT_EQ(header_text("Free skate: 147.67"), "Free skate: 147.67");
    EXPECT_EQ(header_text("Kür"), "=?utf-8?B?S8O8cg==?=");
    EXPECT_EQ(header_text("=?utf-8?B?S8O8cg==?="), "=?utf-8?B?PT91dGYtOD9CP1M4TzhjZz09Pz0=?=");
    EXPECT_EQ(header_text(" x"), "=?utf-8?B?IHg=?=");
    // 39 bytes a word, and never half a character.
    EXPECT_EQ(header_text(std::string(38, 'x') + "ü" + "y"),
              "=?utf-8?B?" + codec::to_base64(std::string(38, 'x')) + "?=\r\n =?utf-8?B?" +
                  codec::to_base64("üy") + "?=");
}

TEST(Mime, WritesMailboxes) {
    EXPECT_EQ(mailbox("", "a@b.example"), "a@b.example");
    EXPECT_EQ(mailbox("The \"Games\" <x>", "a@b.example"),
              "\"The \\\"Games\\\" <x>\" <a@b.example>");
    EXPECT_EQ(mailbox("Kür", "a@b.example"), "=?utf-8?B?S8O8cg==?= <a@b.example>");
}

TEST(Mime, KnowsAddresses) {
    for (const char* good : {"a@b", "fan-12+games@mail.example", "o'neil@x.example", "a.b@c.d"})
        EXPECT_TRUE(is_mail_address(good)) << good;
    for (const std::string& bad : {std::string(),
                                   std::string("@b"),
                                   std::string("a@"),
                                   std::string("a"),
                                   std::string("a b@c"),
                                   std::string("a@b c"),
                                   std::string("a@b\r\nRCPT TO:<x@y>"),
                                   std::string("<a@b>"),
                                   std::string("a,b@c"),
                                   std::string("\"a\"@b"),
                                   std::string(".a@b"),
                                   std::string("a.@b"),
                                   std::string("a..b@c"),
                                   std::string("a@b..c"),
                                   std::string("a@-b"),
                                   std::string("a@[::1]"),
                                   std::string("ü@b"),
                                   std::string("a@ü"),
                                   std::string("a@b@c"),
                                   std::string(65, 'a') + "@b",
                                   "a@" + std::string(254, 'b')})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
}

TEST(Mime, WritesDates) {
    EXPECT_EQ(mail_date({}), "Thu, 01 Jan 1970 00:00:00 +0000");
    EXPECT_EQ(mail_date(parse_rfc3339("2026-02-19T21:04:05Z").value()),
              "Thu, 19 Feb 2026 21:04:05 +0000");
    EXPECT_EQ(mail_date(parse_rfc3339("2028-02-29T00:00:00Z").value()),
              "Tue, 29 Feb 2028 00:00:00 +0000");
}

TEST(Mime, WritesQuotedPrintable) {
    EXPECT_EQ(quoted_printable(""), "");
    EXPECT_EQ(quoted_printable("a = ü"), "a =3D =C3=BC\r\n");
    EXPECT_EQ(quoted_printable("end \nnext\n\nlast"), "end=20\r\nnext\r\n\r\nlast\r\n");
    EXPECT_EQ(quoted_printable(".\nFrom us\nFromage"), "=2E\r\n=46rom us\r\nFromage\r\n");
    EXPECT_EQ(quoted_printable(std::string(80, 'x')),
              std::string(75, 'x') + "=\r\n" + std::string(5, 'x') + "\r\n");
}

TEST(Mime, TakesTheShorterEncoding) {
    EXPECT_NE(mime_part("text/plain", "silver: médaille").find("quoted-printable"),
              std::string::npos);
    EXPECT_NE(mime_part("text/plain", "坂本花織選手は銀メダル").find("base64"), std::string::npos);
}

// RFC 6376, section 3.4.5.
TEST(Dkim, MakesTheRelaxedForms) {
    EXPECT_EQ(relaxed_field("A", " X"), "a:X\r\n");
    EXPECT_EQ(relaxed_field("B", " Y\t\r\n\tZ  "), "b:Y Z\r\n");
    EXPECT_EQ(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    EXPECT_EQ(relaxed_body(""), "");
    EXPECT_EQ(relaxed_body("\r\n \r\n"), "");
    EXPECT_EQ(relaxed_body("a"), "a\r\n");
}

TEST(Dkim, SaysWhereItsKeyBelongs) {
    const auto key = crypto::PrivateKey::make(crypto::KeyKind::kEd25519);
    const Dkim dkim = Dkim::create("games.example", "altis", key.pem()).value();
    EXPECT_EQ(dkim.record_name(), "altis._domainkey.games.example");
    EXPECT_EQ(dkim.record(), "v=DKIM1; k=ed25519; p=" + codec::to_base64(key.public_key()));
}

TEST(Dkim, NamesWhatIsWrong) {
    const auto key = crypto::PrivateKey::make(crypto::KeyKind::kEd25519).pem();
    EXPECT_EQ(reason_of(Dkim::create("games.example;x", "altis", key)), "dkim.domain");
    EXPECT_EQ(reason_of(Dkim::create("games.example", "a\r\nb", key)), "dkim.selector");
    EXPECT_EQ(reason_of(Dkim::create("games.example", "altis", "")), "key.malformed");
    EXPECT_EQ(
        reason_of(Dkim::create("games.example", "altis", crypto::PrivateKey::p256_of({1}).pem())),
        "key.unsupported");
}

}  // namespace
}  // namespace altis::channels
