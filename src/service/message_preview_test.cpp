#include "service/message_preview.h"

#include <gtest/gtest.h>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using codec::Json;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kLiu = "1000001";
const std::string kUnit(results::fixture::kFreeSkate);

// A core with one result of the free skate.
class MessagePreviewTest : public ::testing::Test {
  protected:
    void publish_as(ResultStatus status) {
        ASSERT_TRUE(open_games(*core_));
        ASSERT_TRUE(schedule(*core_));
        secrets_ = read_secrets(core_->vault()).value();
        dispatcher_ = std::move(*Dispatcher::create(streams_, secrets_));
        ASSERT_TRUE(publish(*core_, *dispatcher_, free_skate(2, status)));
    }
    void TearDown() override { core_->stop(); }

    static PreviewRequest request() {
        PreviewRequest wanted;
        wanted.unit = results::UnitKey(kGames, kUnit);
        wanted.competitor = kLiu;
        wanted.link = "https://app.example.org/unit";
        wanted.language = "en";
        return wanted;
    }

    Result<Json> preview(const PreviewRequest& wanted) {
        Result<Json> shown;
        EXPECT_TRUE(core_->run(TaskKind::kRead, [&](Turn& turn) {
            shown = preview_message(turn.world(), dispatcher_->composer(), wanted);
        }));
        return shown;
    }

    Bench bench_;
    std::unique_ptr<Core> core_ = bench_.open();
    Secrets secrets_;
    server::StreamHub streams_;
    std::unique_ptr<Dispatcher> dispatcher_;
};

std::string whole(const Json& text) {
    std::string all;
    for (const Json& piece : text["pieces"].items())
        all += piece["text"].as_string();
    return all;
}

const Json& in_language(const Json& texts, std::string_view language) {
    for (const Json& text : texts.items())
        if (text["language"].as_string() == language) return text;
    static const Json kNone;
    return kNone;
}

TEST_F(MessagePreviewTest, SaysWhatWouldBeSentInEveryLanguage) {
    publish_as(ResultStatus::kOfficial);
    const auto shown = preview(request());
    ASSERT_TRUE(shown) << shown.error().message;
    const auto& texts = (*shown)["texts"];
    ASSERT_EQ(texts.items().size(), messages::standard_languages().size());
    for (const Json& text : texts.items()) {
        EXPECT_TRUE(text["passed"].as_bool()) << text.to_string();
        std::set<std::string> marked;
        for (const Json& piece : text["pieces"].items())
            marked.emplace(piece["fact"].as_string());
        EXPECT_TRUE(marked.contains("athlete") && marked.contains("score")) << text.to_string();
    }
    // Whoever is shielded reads nothing that the facts of the result say.
    for (const Json& text : (*shown)["shielded"].items()) {
        EXPECT_TRUE(text["passed"].as_bool());
        for (const Json& fact : (*shown)["facts"].items()) {
            const std::string_view name = fact["name"].as_string();
            if (name == "score" || name == "total" || name == "athlete") {
                EXPECT_EQ(whole(text).find(fact["text"].as_string()), std::string::npos) << name;
            }
        }
    }
}

TEST_F(MessagePreviewTest, TheGateRefusesOwnWordsThatStateMore) {
    publish_as(ResultStatus::kOfficial);
    PreviewRequest wanted = request();
    wanted.pattern = "{athlete} scored {score}, that is 1.50 more: {link}";
    auto shown = preview(wanted);
    ASSERT_TRUE(shown) << shown.error().message;
    const Json& english = in_language((*shown)["texts"], "en");
    EXPECT_FALSE(english["passed"].as_bool());
    EXPECT_EQ(english["code"].as_string(), "messages.gate_refused");
    EXPECT_TRUE(in_language((*shown)["texts"], "fr")["passed"].as_bool());
    wanted.pattern = "{athlete} scored {score}: {link}";
    shown = preview(wanted);
    ASSERT_TRUE(shown);
    EXPECT_TRUE(in_language((*shown)["texts"], "en")["passed"].as_bool());
    for (const char* broken : {"{athlete", "{nobody} scored"}) {
        wanted.pattern = broken;
        EXPECT_FALSE(preview(wanted)) << broken;
    }
    wanted.pattern = std::string(kMaxPatternBytes + 1, 'x');
    EXPECT_EQ(preview(wanted).error().reason, "messages.pattern_too_long");
}

TEST_F(MessagePreviewTest, NothingOfWhatIsNotOfficial) {
    publish_as(ResultStatus::kUnofficial);
    const auto shown = preview(request());
    ASSERT_FALSE(shown);
    EXPECT_EQ(shown.error().reason, "messages.fact_not_official");
    PreviewRequest nobody = request();
    nobody.competitor = "none";
    EXPECT_EQ(preview(nobody).error().reason, "messages.unknown_result");
}

}  // namespace
}  // namespace altis::service
