#include "answers/games.h"

#include <array>
#include <gtest/gtest.h>

#include "answers/ask.h"
#include "answers/official.h"

namespace altis::answers {
namespace {

const std::string kParis = "Olympic Games Paris 2024";
const std::array kOthers = {Games{"rio2016", "Olympic Games Rio 2016"},
                            Games{"london2012", "Olympic Games London 2012"},
                            Games{"nanjing2014", "Youth Olympic Games Nanjing 2014"},
                            Games{"sochi2014", "Olympic Winter Games Sochi 2014"}};

std::string named(std::string_view question) {
    return games_named(question, kParis, kOthers).id;
}

TEST(Games, AreNamedByTheirYear) {
    EXPECT_EQ(named("Who won the men's marathon in 2016?"), "rio2016");
    EXPECT_EQ(named("Who won the men's marathon in 2024?"), "");
    EXPECT_EQ(named("Who won the men's marathon in 2020?"), "");
    EXPECT_EQ(named("Who won the men's marathon?"), "");
    EXPECT_EQ(named("Who won more in 2012 or in 2016?"), "");
}

TEST(Games, OfOneYearAreToldApartByTheirPlace) {
    EXPECT_EQ(named("Who won gold in Sochi 2014?"), "sochi2014");
    EXPECT_EQ(named("Who won gold in Nanjing 2014?"), "nanjing2014");
    EXPECT_EQ(named("Who won gold in 2014?"), "");
}

TEST(Games, AreNamedByTheirPlaceLessSurely) {
    const auto london = games_named("Who won gold in London?", kParis, kOthers);
    EXPECT_EQ(london.id, "london2012");
    EXPECT_FALSE(london.is_by_year);
    EXPECT_EQ(london.question, "Who won gold in London?");
    EXPECT_EQ(named("Who won gold at the Olympic Games in Paris?"), "");
    EXPECT_EQ(named("Who won gold in London or in Rio?"), "");
}

TEST(Games, OfThePastAreAskedAboutInEveryLanguage) {
    OfficialData data;
    data.title = "Olympic Games Rio 2016";
    int rank = 0;
    for (const char* name : {"Eliud Kipchoge", "Feyisa Lilesa", "Galen Rupp"}) {
        Placing placing;
        placing.event = "Men's Marathon";
        placing.name = name;
        placing.organisation = std::array{"KEN", "ETH", "USA"}[static_cast<std::size_t>(rank)];
        placing.rank = ++rank;
        placing.result = std::array{"2:08:44", "2:09:54", "2:10:05"}[placing.rank - 1];
        placing.medal = std::array{"gold", "silver", "bronze"}[placing.rank - 1];
        placing.origin.record = "results/rio2016/marathon/1";
        data.placings.push_back(std::move(placing));
    }
    const auto tables = official_tables(std::move(data));
    struct Asked {
        const char* language;
        const char* question;
    };
    constexpr std::array kAsked = {
        Asked{"en", "Who won the men's marathon at the 2016 Olympics?"},
        Asked{"en", "Who won the men’s marathon in Rio in 2016?"},
        Asked{"fr", "Qui a gagné le marathon masculin aux Jeux olympiques de 2016 ?"},
        Asked{"es", "¿Quién ganó el maratón masculino en 2016?"},
        Asked{"pt", "Quem venceu a maratona masculina em 2016?"},
        Asked{"de", "Wer gewann den Marathon der Männer im Jahr 2016?"},
        Asked{"it", "Chi ha vinto la maratona maschile nel 2016?"},
        Asked{"ja", "2016年の男子マラソンで優勝したのは誰ですか？"},
        Asked{"zh", "2016年奥运会谁赢得了男子马拉松？"},
        Asked{"ko", "2016년 올림픽에서 남자 마라톤은 누가 우승했나요?"},
        Asked{"ar", "من فاز بماراثون الرجال عام 2016؟"},
        Asked{"ru", "Кто выиграл марафон среди мужчин в 2016 году?"},
        Asked{"hi", "2016 में पुरुष मैराथन किसने जीता?"}};
    for (const Asked& one : kAsked) {
        const auto games = games_named(one.question, kParis, kOthers);
        EXPECT_EQ(games.id, "rio2016") << one.question;
        EXPECT_TRUE(games.is_by_year);
        const auto answer = ask(tables, *grammar_of(one.language), one.language, games.question);
        EXPECT_EQ(answer.doubt, Doubt::kNone) << one.question << " as " << games.question;
        EXPECT_EQ(answer.value.text(), "Eliud Kipchoge") << one.question;
    }
}

}  // namespace
}  // namespace altis::answers
