#include "messages/model_reply.h"

#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "messages/story_lies.h"

namespace altis::messages {
namespace {

const Composer& composer() {
    static const auto loaded = Composer::load(*standard_catalogue());
    return *loaded;
}

const ReplyFilter& filter() {
    static const ReplyFilter made(composer(), *Vocabulary::standard());
    return made;
}

std::string verdict(std::string_view reply, const char* language = "en") {
    const auto taken = filter().accept(reply, {{"skate_medal"}, language});
    return taken ? "taken" : taken.error().message;
}

constexpr std::string_view kGood = "What a moment! {athlete}: {medal}, {score}, {total}. {link}";

TEST(ReplyFilter, TakesSlotsAndWordsThatStateNothing) {
    EXPECT_EQ(verdict(kGood), "taken");
    for (const std::string_view language : standard_languages()) {
        const Telling telling{{"skate_medal"}, std::string(language)};
        EXPECT_EQ(verdict(lies::honest(telling.language), telling.language.c_str()), "taken")
            << language;
    }
}

// Which number is which is said by words, and so is that a result stands no longer: there the model
// has no say.
TEST(ReplyFilter, WordsThatTellNumbersApartAreNotTheModels) {
    EXPECT_NE(verdict("Bravo {athlete}! {medal}: {total}, {score} in total. {link}"), "taken");
    const Composer& all = composer();
    const auto taken = filter().accept("Bravo {athlete}! {medal}: {total}, {score}. {link}",
                                       {{"skate_medal"}, "en"});
    ASSERT_TRUE(taken);
    const auto text = all.render(*taken, "en", sakamoto(), skater_names());
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text,
              "Bravo Kaori Sakamoto! silver: 224.90 in total, 147.67 in the free skate. "
              "https://altis.example/r/fskw");
    for (const char* story : {"withdrawn", "decided", "corrected_rank", "corrected_score",
                              "skate_medal_best", "skate_rank_best"}) {
        const auto closed = filter().accept(all.find({{story}, "en"})->text, {{story}, "en"});
        ASSERT_FALSE(closed) << story;
        EXPECT_NE(closed.error().message.find("reviewed texts only"), std::string::npos) << story;
        EXPECT_FALSE(filter().request({{story}, "en"}, "m")) << story;
    }
}

TEST(ReplyFilter, RefusesEverythingElse) {
    const auto refused = [](std::string_view from, std::string_view to) {
        return verdict(lies::replaced(std::string(kGood), from, to)).find("was refused") !=
               std::string::npos;
    };
    EXPECT_TRUE(refused("{score}", "147.67"));
    EXPECT_TRUE(refused("{score}", ""));
    EXPECT_TRUE(refused("{score}", "{score} {score}"));
    EXPECT_TRUE(refused("{score}", "{rank}"));
    EXPECT_TRUE(refused("{score}", "{score, number}"));
    EXPECT_TRUE(refused("{score}", "{{score}}"));
    EXPECT_TRUE(refused("{score}", "{score"));
    EXPECT_TRUE(refused("{score}", "{score} not"));
    EXPECT_TRUE(refused("{score}", "{score} first"));
    EXPECT_TRUE(refused("{score}", "{score} yesterday"));
    EXPECT_TRUE(refused("{score}", "{}{score}"));
    EXPECT_TRUE(refused("What", "Ami Nakai, what"));
    EXPECT_TRUE(refused("What", "What's"));
    EXPECT_TRUE(refused("What", "Whаt"));  // a Cyrillic letter
    EXPECT_TRUE(refused("What", std::string(700, ' ')));
    EXPECT_TRUE(refused("What", "\xc3"));
}

TEST(ReplyFilter, ReadsChatCompletions) {
    const auto text = [](std::string_view body) {
        const auto read = ReplyFilter::text_of(body);
        return read ? *read : read.error().reason;
    };
    EXPECT_EQ(text(R"({"choices":[{"finish_reason":"stop","message":{"content":"a {b}"}}]})"),
              "a {b}");
    EXPECT_EQ(text("data: {\"choices\":[{\"delta\":{\"content\":\"a {\"}}]}\n\n"
                   "data: {\"choices\":[{\"delta\":{\"content\":\"b}\"},"
                   "\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\n\n"),
              "a {b}");
    for (const char* wrong :
         {"", "{}", "data: {}", R"(data: {"choices":[{"delta":{"content":"a"}}]})",
          R"({"choices":[]})", R"({"error":{"message":"busy"}})",
          R"({"choices":[{"finish_reason":"length","message":{"content":"a"}}]})",
          R"({"choices":[{"finish_reason":"stop","message":{"content":7}}]})",
          R"({"choices":[{"finish_reason":"stop","message":{"content":""}}]})"}) {
        EXPECT_EQ(text(wrong), "messages.reply_malformed") << wrong;
    }
}

TEST(ReplyFilter, AsksWithoutValuesAndPersons) {
    const auto request = filter().request({{"skate_medal"}, "en"}, "some-model");
    ASSERT_TRUE(request);
    const std::string text = (*request)["messages"].items()[0]["content"].as_string().data();
    EXPECT_NE(text.find("{score}"), std::string::npos);
    EXPECT_EQ((*request)["model"].as_string(), "some-model");
    EXPECT_EQ((*request)["stream"].as_bool(), false);
    EXPECT_FALSE(filter().request({{"no_such_story"}, "en"}, "m"));
}

TEST(ReplyFilter, NoLieOfAModelGetsThrough) {
    lies::Random random(20260219);
    const AliasTable names = lies::names();
    std::size_t told = 0;
    std::size_t of_model = 0;
    for (int i = 0; i < test_effort(1'000, 50); ++i) {
        const auto& skater = lies::kSkaters[lies::pick(random, lies::kSkaters.size())];
        const FactRecord facts = lies::facts(random, skater);
        const Style style{"skate_medal"};
        std::map<std::string, std::string> replies;
        for (const std::string_view language : standard_languages()) {
            const Telling telling{style, std::string(language)};
            replies[telling.language] = lies::reply(random, telling.language, facts);
        }
        const auto texts = compose_with_replies(composer(), filter(), style, replies, facts, names);
        ASSERT_TRUE(texts) << texts.error().message;
        for (const auto& [language, composed] : *texts) {
            const std::string fault = lies::Oracle(facts, language, names).fault(composed.text);
            ASSERT_EQ(fault, "") << composed.text << "\n from " << replies[language];
            EXPECT_EQ(composed.refused.empty(), composed.is_of_model);
            of_model += composed.is_of_model ? 1 : 0;
            ++told;
        }
    }
    EXPECT_GT(of_model, told / 50);
    EXPECT_LT(of_model, told / 4);
}

TEST(ReplyFilter, NoLieAboutAnyStoryGetsThrough) {
    lies::Random random(20261129);
    const AliasTable names = lies::names();
    std::size_t told = 0;
    std::set<std::string> by_model;  // stories
    for (int i = 0; i < test_effort(2'000, 200); ++i) {
        const Style style = lies::any_style(random, composer());
        const FactRecord facts = lies::facts_of(random, *composer().story(style.story));
        std::map<std::string, std::string> replies;
        for (const std::string& language : composer().languages())
            replies[language] = lies::reply_of(random, *composer().find({style, language}), facts);
        const auto texts = compose_with_replies(composer(), filter(), style, replies, facts, names);
        ASSERT_TRUE(texts) << style.story << ": " << texts.error().message;
        for (const auto& [language, composed] : *texts) {
            const auto& stated = composer().find({style, language})->slots;
            const lies::StoryOracle oracle(facts, language, names);
            ASSERT_EQ(oracle.fault(composed.text, stated), "")
                << composed.text << "\n from " << replies[language];
            if (composed.is_of_model) by_model.insert(style.story);
            ++told;
        }
    }
    EXPECT_GT(told, 2'000U);
    EXPECT_GE(by_model.size(), 8U);
}

// An oracle that finds nothing would prove nothing.
TEST(Lies, AboutAnyStoryAreFoundByTheOracle) {
    const AliasTable names = lies::names();
    lies::Random random(7);
    std::size_t changed = 0;
    for (int i = 0; i < 200; ++i) {
        const Style style = lies::any_style(random, composer());
        const FactRecord facts = lies::facts_of(random, *composer().story(style.story));
        const auto& stated = composer().find({style, "en"})->slots;
        const auto text = composer().render({style, "en"}, facts, names);
        ASSERT_TRUE(text) << text.error().message;
        const lies::StoryOracle oracle(facts, "en", names);
        ASSERT_EQ(oracle.fault(text->text, stated), "") << text->text;
        // Each digit one more, each fact's own words gone, and something added.
        for (std::size_t at = 0; at < text->text.size(); ++at) {
            if (!lies::is_digit(text->text[at])) continue;
            std::string other = text->text;
            other[at] = other[at] == '9' ? '1' : static_cast<char>(other[at] + 1);
            EXPECT_NE(oracle.fault(other, stated), "") << other;
            ++changed;
        }
        for (const char* added : {" 7", " Ami Nakai", " gold and silver", " a new record"})
            EXPECT_NE(oracle.fault(text->text + added, stated), "") << text->text + added;
    }
    EXPECT_GT(changed, 500U);
}

TEST(Lies, AreFoundByTheOracle) {
    const AliasTable names = lies::names();
    const auto texts = composer().compose({"skate_medal"}, sakamoto(), names);
    ASSERT_TRUE(texts);
    const FactRecord facts = sakamoto();
    const lies::Oracle oracle(facts, "en", names);
    const std::string& good = texts->at("en");
    EXPECT_EQ(oracle.fault(good), "");
    for (const auto& [from, to] :
         {std::pair{"147.67", "147.68"},
          {"147.67", "147"},
          {"147.67", "147,67"},
          {"147.67 in the free skate, 224.90", "224.90 in the free skate, 147.67"},
          {"Silver", "Gold"},
          {"Kaori Sakamoto", "Ami Nakai"},
          {"for Kaori", "for Ami Nakai and Kaori"},
          {"147.67", "147.67 kg"},
          {"147.67", "147.67 2"},
          {"https://altis.example", "https://evil.example"}}) {
        EXPECT_NE(oracle.fault(lies::replaced(good, from, to)), "") << to;
    }
}

}  // namespace
}  // namespace altis::messages
