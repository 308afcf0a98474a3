// Questions in plain language over HTTP: answered with the records that prove it, or not at all.
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

std::string encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        out += '%';
        out += kHex[byte / 16];
        out += kHex[byte % 16];
    }
    return out;
}

class AnswersTest : public GamesTest {
  protected:
    void begin() override {
        send(schedule_odf());
        send(result_odf(Publication::kLive, 1));
        send(result_odf(Publication::kOfficial, 2));
    }
    void send(const std::string& xml) {
        const Reply reply = owner().send(server::Method::kPost, "/v1/odf", "application/xml", xml);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }
    Reply ask(std::string_view question, std::string_view language = "en") const {
        return owner().get("/v1/answers?edition=owg2026&q=" + encoded(question) +
                           "&language=" + std::string(language));
    }
};

TEST_F(AnswersTest, CitesTheRecordThatProvesIt) {
    const Reply reply = ask("Who won the women's free skating?");
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_TRUE(reply.json["known"].as_bool()) << reply.text;
    EXPECT_EQ(reply.json["answer"].as_string(), "Alysa LIU");
    const Json& record = reply.json["records"].items().at(0);
    EXPECT_EQ(record["id"].as_string(), "results/owg2026/" + std::string(kUnit) + "/2");
    EXPECT_EQ(record["version"].as_string(), "2");
    EXPECT_EQ(record["status"].as_string(), "OFFICIAL");
    const auto page = "/live/owg2026/units/" + std::string(kUnit);
    EXPECT_EQ(reply.json["link"].as_string(), page);
    EXPECT_EQ(reply.json["watch"]["venue"].as_string(), "MIL");
}

TEST_F(AnswersTest, SaysTheSameInAnotherLanguage) {
    const Reply english = ask("How many gold medals did the United States win?");
    const Reply japanese = ask("アメリカ合衆国は金メダルをいくつ獲得しましたか？", "ja");
    ASSERT_TRUE(english.json["known"].as_bool()) << english.text;
    EXPECT_EQ(english.json["value"].as_string(), "1");
    EXPECT_EQ(japanese.json["records"].to_string(), english.json["records"].to_string());
    EXPECT_EQ(japanese.json["value"].as_string(), "1");
    const Reply country = ask("Aus welchem Land kommt Alysa Liu?", "de");
    EXPECT_EQ(country.json["answer"].as_string(), "Vereinigte Staaten") << country.text;
    EXPECT_EQ(country.json["value"].as_string(), "USA");
}

TEST_F(AnswersTest, SaysThatItDoesNotKnow) {
    const Reply strange = ask("Who will win the women's free skating tomorrow?");
    ASSERT_EQ(strange.status, 200);
    EXPECT_FALSE(strange.json["known"].as_bool(true));
    EXPECT_EQ(strange.json["why"].as_string(), "answers.not_understood");
    EXPECT_TRUE(strange.json["answer"].is_null());
    const Reply silent = ask("When is the women's free skating?");
    EXPECT_FALSE(silent.json["known"].as_bool(true)) << silent.text;
    EXPECT_EQ(silent.json["why"].as_string(), "answers.no_data");
}

TEST_F(AnswersTest, RefusesWhatIsNoQuestion) {
    EXPECT_EQ(ask("").status, 400);
    EXPECT_EQ(ask(std::string(501, 'x')).json["code"].as_string(), "answers.question_malformed");
    EXPECT_EQ(ask("Who won?", "tlh").json["code"].as_string(), "answers.unknown_language");
    EXPECT_EQ(server_->admin().get("/v1/answers?edition=none&q=x").status, 404);
}

TEST_F(AnswersTest, NeedsTheScopeOfResults) {
    EXPECT_EQ(ingest().get("/v1/answers?edition=owg2026&q=x").status, 403);
}

}  // namespace
}  // namespace altis::e2e
