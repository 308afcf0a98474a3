#include "answers/grammar.h"

#include <gtest/gtest.h>

#include "answers/ask.h"
#include "answers/official.h"

namespace altis::answers {
namespace {

std::string refusal(std::string_view text) {
    const auto grammar = Grammar::load(text);
    return grammar ? "loaded" : grammar.error().message;
}

TEST(Grammar, RefusesWhatIsNoGrammar) {
    EXPECT_EQ(refusal(""), "line 0: there is no rule \"question\"");
    EXPECT_EQ(refusal("question:\n    <other> -> count($1)\n"), "line 2: there is no rule other");
    EXPECT_EQ(refusal("question:\n    x -> count(all)\ntwo words:\n"),
              "line 3: a rule is named by one word");
    EXPECT_EQ(refusal("question:\n    (who -> count(all)\n"), "line 2: a bracket is not closed");
    EXPECT_EQ(refusal("question:\n    who -> fly(all)\n"), "line 2: no operation fly");
    EXPECT_EQ(refusal("question:\n    who -> count(all\n"),
              "line 2: count does not end behind its arguments");
    EXPECT_EQ(refusal("skip = a\nskip = b\nwho cares\nquestion:\n    x -> count(all)\n"),
              "line 3: neither a rule nor a list");
    EXPECT_EQ(refusal("gloss gold = or\ngloss silver = or\nquestion:\n    x -> count(all)\n"),
              "line 2: or is glossed twice");
}

TEST(Grammar, RefusesSortsThatDoNotFit) {
    EXPECT_EQ(refusal("question:\n    who <#cell> -> count(person)\n"),
              "line 2: person does not fit");
    EXPECT_EQ(refusal("question:\n    who <#cell> -> values($1, all)\n"),
              "line 2: $1 does not fit");
    EXPECT_EQ(refusal("question:\n    who <#cell> -> count($2)\n"), "line 2: no such place");
    EXPECT_EQ(refusal("question:\n    who (<#cell> | x) -> count($1)\n"),
              "line 2: branches mean different things");
    EXPECT_EQ(refusal("question:\n    who [<#cell>] -> count($1)\n"),
              "line 2: branches mean different things");
    EXPECT_EQ(refusal("question:\n    <#cell>\n"), "line 0: \"question\" must give an answer");
}

TEST(Grammar, RefusesRulesThatBeginWithThemselves) {
    EXPECT_EQ(refusal("question:\n    <names> -> count($1)\n"
                      "names:\n    <#cell>\n    [all] <names> <#cell> -> both($1, $2)\n"),
              "line 0: <names> begins with itself");
}

TEST(Grammar, EveryLanguageLoads) {
    EXPECT_EQ(languages().size(), 12U);
}

// A small Games: two events, three countries.
std::vector<Table> tables() {
    OfficialData data;
    data.title = "Olympic Games Paris 2024";
    data.medals = {{"USA", {40, 44, 42}, 1},
                   {"CHN", {40, 27, 24}, 1},
                   {"JPN", {20, 12, 13}, 3},
                   {"SLO", {2, 1, 0}, 4}};
    data.placings = {{"Men's 100m", "Noah Lyles", {}, "USA", 1, "9.79", "gold"},
                     {"Men's 100m", "Kishane Thompson", {}, "JAM", 2, "9.79", "silver"},
                     {"Men's Marathon", "Tamirat Tola", {}, "ETH", 1, "2:06:26", "gold"}};
    return official_tables(std::move(data));
}

Answer asked(std::string_view question) {
    return ask(tables(), *grammar_of("en"), "en", question);
}

TEST(Ask, ExplainsEveryWordOrDoesNotAnswer) {
    EXPECT_EQ(asked("Who won the men's 100m?").value.text(), "Noah Lyles");
    EXPECT_EQ(asked("Who won the men's 100m in Paris 2024?").value.text(), "Noah Lyles");
    EXPECT_EQ(asked("Who nearly won the men's 100m?").doubt, Doubt::kNoReading);
    EXPECT_EQ(asked("Who won the men's 100m in 2012?").doubt, Doubt::kNoReading);
    EXPECT_EQ(asked("").doubt, Doubt::kNoReading);
    EXPECT_EQ(asked(std::string(501, 'x')).doubt, Doubt::kTooLong);
}

TEST(Ask, GivesOneAnswerOrNone) {
    EXPECT_EQ(asked("Which country won the most silver medals?").value.text(), "USA");
    EXPECT_EQ(asked("Which country won the most gold medals?").doubt, Doubt::kNoData);  // two did
    EXPECT_EQ(asked("Which countries won the most gold medals?").value.text(), "USA|CHN");
    EXPECT_EQ(asked("Who won gold?").doubt, Doubt::kNoData);
}

TEST(Ask, FindsMisspeltNamesAndPeoples) {
    EXPECT_EQ(asked("What was the result of Noah Lylse in the men's 100m?").value.text(), "9.79");
    const auto corrected = asked("What was the result of Noah Lylse in the men's 100m?").corrected;
    EXPECT_EQ(corrected, (std::map<std::string, std::string>{{"lylse", "lyles"}}));
    EXPECT_EQ(asked("Which country is Tola from?").value.text(), "ETH");
    EXPECT_EQ(asked("How many silver medals did the Chinese win?").value.text(), "27");
    EXPECT_EQ(asked("How many silver medals did Utopia win?").doubt, Doubt::kNoReading);
    EXPECT_EQ(asked("How many silver medals did Slovenia win?").value.text(), "1");
    // Two letters from Slovenia, and another country.
    EXPECT_EQ(asked("How many silver medals did Slovakia win?").doubt, Doubt::kNoReading);
}

TEST(Ask, StaysWithinOneEvent) {
    EXPECT_EQ(asked("Who finished right after Noah Lyles in the men's 100m?").value.text(),
              "Kishane Thompson");
    EXPECT_EQ(asked("Who finished right after Kishane Thompson in the men's 100m?").doubt,
              Doubt::kNoData);
}

}  // namespace
}  // namespace altis::answers
