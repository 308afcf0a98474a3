#include "service/fan_page.h"

#include <gtest/gtest.h>

#include "fans/features.h"
#include "service/fan_page_names.h"

namespace altis::service {
namespace {

using codec::Json;
using messages::SpoilerState;

constexpr std::string_view kHostile = "<img src=x onerror=alert(1)>\"'&";

FanPage page_with(std::string_view value) {
    FanPage page;
    page.token = "token";
    page.edition = "owg2026";
    page.known = Json::object(
        {{"profile", Json::object({{"area", value}})},
         {"identity",
          Json::object({{"subjects", Json::array({Json::object({{"user_id", value}})})}})},
         {"segments", Json::array({Json::object({{"id", "angelenos"},
                                                 {"member", true},
                                                 {"why", Json::object({{"rule", value}})}})})}});
    page.messages = Json::array({Json::object({{"text", value},
                                               {"language", value},
                                               {"sent", "2026-02-19T21:00:00Z"},
                                               {"followed", value}})});
    return page;
}

TEST(FanPage, ShowsHostileTextsAsTexts) {
    for (const FanPageWords& words : fan_page_languages()) {
        const std::string html = fan_page(words, page_with(kHostile));
        EXPECT_EQ(html.find("<img"), std::string::npos);
        EXPECT_EQ(html.find("<script"), std::string::npos);
        EXPECT_NE(html.find("&lt;img src=x"), std::string::npos);
        EXPECT_EQ(html.find("{}"), std::string::npos) << "a place that is not filled";
        EXPECT_NE(html.find("dir=\"" + std::string(words.direction) + "\""), std::string::npos);
    }
}

TEST(FanPage, EveryPurposeHasItsWordsInEveryLanguage) {
    for (const FanPageWords& words : fan_page_languages()) {
        const std::string html = fan_page(words, page_with("x"));
        for (const PurposeWords& purpose : words.purposes) {
            EXPECT_FALSE(purpose.words.empty());
            EXPECT_NE(html.find("value=\"" + std::string(rights::to_string(purpose.purpose))),
                      std::string::npos);
        }
    }
}

// Every member that a profile has, as fans_queries.cpp and features.h name them.
TEST(FanPage, NamesValuesInItsLanguage) {
    for (const FanPageWords& words : fan_page_languages()) {
        for (const char* name : {"fan", "subjects", "user_ids", "events", "first_seen", "last_seen",
                                 "language", "area", "email_known", "zone", "follows",
                                 "follows_sports", "scores", "segments", "subject", "user_id"}) {
            EXPECT_FALSE(value_name(words.code, name).empty()) << words.code << name;
        }
        for (auto measure = fans::Measure::kDwell; measure < fans::Measure::kFollows;
             measure = static_cast<fans::Measure>(static_cast<int>(measure) + 1)) {
            const auto name = fans::kMeasureNames[static_cast<std::size_t>(measure)];
            EXPECT_FALSE(value_name(words.code, name).empty()) << words.code << name;
        }
    }
    EXPECT_NE(value_name("ja", "area"), value_name("en", "area"));
    EXPECT_NE(value_name("ar", "area"), value_name("en", "area"));
    EXPECT_TRUE(value_name("en", "").empty());
    EXPECT_TRUE(value_name("en", "zzz").empty());
}

TEST(FanPage, ShowsValuesAsPeopleReadThem) {
    EXPECT_EQ(value_text("en", "dwell", "replay", 723'999), "12:03");
    EXPECT_EQ(value_text("en", "spent", "merchandise/USD", 4'999), "49.99 USD");
    EXPECT_EQ(value_text("en", "spent", "merchandise/USD", -5), "-0.05 USD");
    EXPECT_EQ(value_text("en", "spent", "ticket/USD", INT64_MIN), "-92233720368547758.08 USD");
    EXPECT_EQ(value_text("ja", "spent", "ticket/JPY", 1'200), "1200 JPY");
    EXPECT_EQ(value_text("ja", "email_known", "", true), "はい");
    EXPECT_EQ(value_text("ar", "email_known", "", false), "لا");
    EXPECT_EQ(value_text("en", "first_seen", "", "2026-02-19T21:00:05.000000Z"),
              "2026-02-19 21:00 UTC");
    EXPECT_EQ(value_text("en", "first_seen", "", "never"), "never");
    EXPECT_EQ(value_text("en", "area", "", "2026-02-19T21:00:05Z"), "2026-02-19T21:00:05Z");
    EXPECT_EQ(value_text("en", "orders", "", 3), "3");
    EXPECT_EQ(value_text("en", "x", "", Json::array({1})), "[1]");
    FanPage page;
    page.known =
        Json::object({{"profile", Json::object({{"spent", Json::object({{"ticket/USD", 8'000}})},
                                                {"bought", Json::object({{"own/kind_of", 1}})}})}});
    const std::string html = fan_page(fan_page_words("ja", ""), page);
    EXPECT_NE(html.find("チケット: <bdi>80.00 USD</bdi>"), std::string::npos) << html;
    EXPECT_NE(html.find("<bdi>own</bdi> / <bdi>kind of</bdi>: <bdi>1</bdi>"), std::string::npos);
}

TEST(FanPage, TakesTheLanguageThatIsAskedForElseTheFirstThatIsAccepted) {
    EXPECT_EQ(fan_page_words("ar", "ja").code, "ar");
    EXPECT_EQ(fan_page_words("", "fr-FR,ja;q=0.8,en;q=0.5").code, "ja");
    EXPECT_EQ(fan_page_words("", "ar-EG").code, "ar");
    for (const char* strange : {"", ",,,", ";;;", "xx", "-", " , "})
        EXPECT_EQ(fan_page_words(strange, strange).code, "en") << strange;
}

TEST(FanPage, ReadsTheChoicesOfItsForm) {
    messages::Preferences before;
    before.zone = "Asia/Tokyo";
    before.wishes = {{"owg2026", SpoilerState::kLive, {}}, {"og2028", SpoilerState::kLive, {}}};
    const auto choices = read_choices(
        "language=ja&allow=messages&allow=analytics&no_results=yes&quiet_from=23%3A30&"
        "quiet_until=06%3A00%3A00&daily_cap=3",
        before, "owg2026");
    ASSERT_TRUE(choices) << choices.error().message;
    EXPECT_EQ(choices->allowed,
              (std::vector{rights::Purpose::kMessages, rights::Purpose::kAnalytics}));
    EXPECT_EQ(choices->preferences.quiet_from, 23 * 60 + 30);
    EXPECT_EQ(choices->preferences.quiet_until, 6 * 60);
    EXPECT_EQ(choices->preferences.daily_cap, 3);
    EXPECT_EQ(choices->preferences.zone, "Asia/Tokyo") << "what the form does not show stays";
    const auto* wish = choices->preferences.wish_about("owg2026/FSK");
    ASSERT_NE(wish, nullptr);
    EXPECT_EQ(wish->state, SpoilerState::kNoResults);
    const auto taken_back = read_choices("daily_cap=3", choices->preferences, "owg2026");
    ASSERT_TRUE(taken_back);
    EXPECT_EQ(taken_back->preferences.wish_about("owg2026/FSK"), nullptr);
    EXPECT_NE(taken_back->preferences.wish_about("og2028/FSK"), nullptr);
}

// Found by the fuzzer page_form: hours that begin when they end were kept as they were written.
TEST(FanPage, QuietHoursThatBeginWhenTheyEndAreNone) {
    const auto choices = read_choices("quiet_from=22:30&quiet_until=22:30", {}, "owg2026");
    ASSERT_TRUE(choices) << choices.error().message;
    EXPECT_EQ(messages::preferences_from_json(messages::to_json(choices->preferences)),
              choices->preferences);
    EXPECT_FALSE(choices->preferences.is_quiet_at(22 * 60 + 30));
}

TEST(FanPage, RefusesWhatItsFormDoesNotSend) {
    for (const char* form :
         {"allow=everything", "daily_cap=101", "daily_cap=-1", "daily_cap=", "daily_cap=3x",
          "quiet_from=24:00", "quiet_from=2:00", "quiet_until=12", "suppressed=x", "zone=x"}) {
        const auto choices = read_choices(form, {}, "owg2026");
        ASSERT_FALSE(choices) << form;
        EXPECT_EQ(choices.error().reason, "page.choices_invalid") << form;
    }
    EXPECT_FALSE(read_choices("%zz", {}, "owg2026"));
    EXPECT_FALSE(read_choices(std::string(kMaxFormBytes + 1, 'a'), {}, "owg2026"));
}

}  // namespace
}  // namespace altis::service
