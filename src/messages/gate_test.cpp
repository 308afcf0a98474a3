#include "messages/gate.h"

#include <cctype>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/decimal.h"
#include "language/letters.h"
#include "language/numbers.h"
#include "messages/skaters.h"

namespace altis::messages {
namespace {

std::string verdict(const Rendered& rendered, const FactRecord& facts) {
    const auto readings = read_back(rendered, facts, skater_names());
    return readings ? "passed" : readings.error().reason;
}

constexpr const char* kRefused = "messages.gate_refused";

Rendered render(const std::string& cohort, const std::string& language, const FactRecord& facts) {
    static const auto composer = Composer::load(*standard_catalogue());
    auto rendered = composer->render({{"skate_medal", cohort}, language}, facts, skater_names());
    EXPECT_TRUE(rendered);
    return std::move(*rendered);
}

Rendered replaced(Rendered rendered, const std::string& from, const std::string& to) {
    const auto at = rendered.text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    rendered.text.replace(at, from.size(), to);
    return rendered;
}

TEST(Gate, FindsThePlaceOfEachFact) {
    const Rendered rendered = render("performance-motivation", "en", sakamoto());
    const auto readings = read_back(rendered, sakamoto(), skater_names());
    ASSERT_TRUE(readings);
    std::vector<std::pair<std::string, std::string>> read;
    for (const Reading& reading : *readings) {
        read.emplace_back(reading.fact,
                          rendered.text.substr(reading.begin, reading.end - reading.begin));
    }
    EXPECT_EQ(read, (std::vector<std::pair<std::string, std::string>>{
                        {"athlete", "Kaori Sakamoto"},
                        {"score", "147.67"},
                        {"total", "224.90"},
                        {"medal", "silver"},
                        {"link", "https://altis.example/r/fskw"}}));
}

TEST(Gate, RefusesWrongNumbers) {
    const FactRecord facts = sakamoto();
    const Rendered text = render("performance-motivation", "en", facts);
    for (const char* wrong :
         {"147", "147,67", "147.6", "147.670", "148", "-147.67", "1147.67", "147.67.1", "147.6７",
          "one hundred", "CXLVII", "147½", "147 and 67", "1,47.67", "224.90"}) {
        EXPECT_EQ(verdict(replaced(text, "147.67", wrong), facts), kRefused) << wrong;
    }
    EXPECT_EQ(verdict(replaced(text, "147.67", "１４７.６７"), facts), "passed");
    EXPECT_EQ(verdict(replaced(text, "147.67", "１４７.６８"), facts), kRefused);
}

TEST(Gate, ReadsNumbersAsTheLanguageDoes) {
    const FactRecord facts = sakamoto();
    const Rendered french = render("performance-motivation", "fr", facts);
    EXPECT_EQ(verdict(french, facts), "passed");
    EXPECT_EQ(verdict(replaced(french, "147,67", "147.67"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(french, "147,67", "1\u202f47,67"), facts), kRefused);
    const Rendered japanese = render("everyone", "ja", facts);
    EXPECT_EQ(verdict(japanese, facts), "passed");
    EXPECT_EQ(verdict(replaced(japanese, "147.67", "147,67"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(japanese, "147.67", "百四十七"), facts), kRefused);
}

TEST(Gate, RefusesSwapsOmissionsAndAdditions) {
    const FactRecord facts = sakamoto();
    const Rendered text = render("performance-motivation", "en", facts);
    EXPECT_EQ(verdict(replaced(replaced(replaced(text, "147.67", "x"), "224.90", "147.67"), "x",
                               "224.90"),
                      facts),
              kRefused);
    EXPECT_EQ(verdict(replaced(text, "Kaori Sakamoto", "Alysa Liu"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "silver", "gold"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "silver", "Silver, almost GOLD"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "silver", "second"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "altis.example", "altis.invalid"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "in total", "in total, 2nd"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "in total", "in \u202etotal"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "in total", "in\ntotal"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "in total", "\xff"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "silver", "silver — no, silver"), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, " (224.90 in total)", ""), facts), kRefused);
    EXPECT_EQ(verdict(replaced(text, "in total", "overall"), facts), "passed");
}

TEST(Gate, KnowsTheMedalWordsOfEachLanguage) {
    const FactRecord facts = sakamoto();
    EXPECT_EQ(verdict(replaced(render("everyone", "fr", facts), "d’argent", "d’or"), facts),
              kRefused);
    EXPECT_EQ(verdict(replaced(render("everyone", "ja", facts), "銀メダル", "金メダル"), facts),
              kRefused);
}

TEST(Gate, KnowsUnitsClaimsAndTimes) {
    const Story story{"tale",
                      {{"result", FactKind::kDecimal},
                       {"unit", FactKind::kText},
                       {"time", FactKind::kClock},
                       {"best", FactKind::kClaim}}};
    const auto fact = [](const char* name, FactKind kind, const char* exact, const char* unit) {
        return Fact{name, kind, exact, unit, "", "results/x/1", 1, FactStatus::kOfficial};
    };
    const FactRecord facts = {fact("result", FactKind::kDecimal, "8.45", "metres"),
                              fact("unit", FactKind::kText, "metres", ""),
                              fact("time", FactKind::kClock, "9:58.30", ""),
                              fact("best", FactKind::kClaim, "season_best", "")};
    const auto said = [&](const std::string& pattern, const std::string& language) {
        const auto parsed = story_pattern(pattern, language, story, "test");
        EXPECT_TRUE(parsed) << parsed.error().message;
        const auto rendered = Composer::render(*parsed, language, facts, AliasTable());
        return rendered ? verdict(*rendered, facts) : rendered.error().reason;
    };
    EXPECT_EQ(said("{result} m, {time}", "en"), "passed");
    EXPECT_EQ(said("{result}m", "en"), "passed");
    EXPECT_EQ(said("{result} kg", "en"), kRefused);
    EXPECT_EQ(said("{result} points", "en"), kRefused);
    EXPECT_EQ(said("{result}点", "ja"), kRefused);
    EXPECT_EQ(said("{time}: {best, select, season_best {Season best} other {}}", "en"), "passed");
    EXPECT_EQ(said("{time}: {best, select, season_best {personal best} other {}}", "en"), kRefused);
    EXPECT_EQ(said("a season best: {time}", "en"), kRefused);
    EXPECT_EQ(said("{time} 9:58.30", "en"), kRefused);
}

// "Women’s 4 x 100 m" does not stand in "Women’s 4 x 100 mixed".
TEST(Gate, ANameEndsWhereItsWordEnds) {
    const FactRecord facts = {{"event", FactKind::kName, "Women’s 4 x 100 m", "", "", "results/x/1",
                               1, FactStatus::kOfficial}};
    const auto passes = [&](const char* text, const char* language) {
        return read_back({text, language, {"event"}}, facts, AliasTable()).has_value();
    };
    EXPECT_TRUE(passes("Decided: Women’s 4 x 100 m.", "en"));
    EXPECT_FALSE(passes("Decided: Women’s 4 x 100 mixed.", "en"));
    EXPECT_FALSE(passes("Decided: andWomen’s 4 x 100 m.", "en"));
    EXPECT_TRUE(passes("Women’s 4 x 100 mの結果", "ja"));
    EXPECT_FALSE(passes("Women’s 4 x 100 mixedの結果", "ja"));
}

TEST(Gate, KnowsUnitsByTheirNames) {
    const FactRecord facts = with(sakamoto(), "score", "147.67");
    const Rendered text = render("performance-motivation", "en", facts);
    EXPECT_EQ(verdict(replaced(text, "147.67", "147.67 points"), facts), "passed");
    for (const char* unit : {"metres", "kilometres", "kilos", "minutes", "%", "feet", "goals"})
        EXPECT_EQ(verdict(replaced(text, "147.67", std::string("147.67 ") + unit), facts),
                  kRefused);
    EXPECT_EQ(verdict(replaced(text, "silver", "a golden silver"), facts), kRefused);
}

TEST(Gate, ANameMayHoldDigitsOnlyWhenItIsTheName) {
    AliasTable nobody;
    FactRecord facts = with(sakamoto(), "athlete", "Sakamoto 999.99");
    const auto composer = Composer::load(*standard_catalogue());
    auto rendered = composer->render({{"skate_medal"}, "en"}, facts, nobody);
    ASSERT_TRUE(rendered);
    EXPECT_TRUE(read_back(*rendered, facts, nobody));
    rendered->text += " 999.99";
    EXPECT_FALSE(read_back(*rendered, facts, nobody));
}

// Arbitrary but well-formed facts.
FactRecord arbitrary_facts() {
    const auto decimal = [] {
        return Decimal(*rc::gen::inRange<std::int64_t>(0, 3'000'000'000), *rc::gen::inRange(0, 4))
            .to_string();
    };
    const char* medals[] = {"gold", "silver", "bronze"};
    FactRecord facts = with(sakamoto(), "score", decimal());
    facts = with(facts, "total", decimal());
    facts = with(facts, "rank", std::to_string(*rc::gen::inRange(1, 2'000)));
    return with(facts, "medal", medals[*rc::gen::inRange(0, 3)]);
}

Rendered arbitrary_text(const FactRecord& facts) {
    const auto composer = Composer::load(*standard_catalogue());
    const auto languages = standard_languages();
    const Telling telling{
        {*rc::gen::element<std::string>("skate_medal", "skate_rank"),
         *rc::gen::element<std::string>("performance-motivation", "everyone")},
        std::string(languages[*rc::gen::inRange<std::size_t>(0, languages.size())])};
    auto rendered = composer->render(telling, facts, skater_names());
    RC_ASSERT(rendered.has_value());
    return std::move(*rendered);
}

TEST(GateProperty, PassesEveryTextOfTheComposer) {
    rc::check([] {
        const FactRecord facts = arbitrary_facts();
        const Rendered rendered = arbitrary_text(facts);
        RC_LOG() << rendered.text;
        RC_ASSERT(verdict(rendered, facts) == "passed");
    });
}

TEST(GateProperty, RefusesEveryChangedDigit) {
    rc::check([] {
        const FactRecord facts = arbitrary_facts();
        const Rendered rendered = arbitrary_text(facts);
        for (std::size_t i = 0; i < rendered.text.size(); ++i) {
            if (std::isdigit(static_cast<unsigned char>(rendered.text[i])) == 0) continue;
            const char other = static_cast<char>('0' + *rc::gen::inRange(0, 10));
            Rendered changed = rendered;
            changed.text[i] = other;
            if (other != rendered.text[i]) RC_ASSERT(verdict(changed, facts) == kRefused);
            changed.text = rendered.text;
            changed.text.erase(i, 1);
            RC_ASSERT(verdict(changed, facts) == kRefused);
            changed.text = rendered.text;
            changed.text.insert(i, 1, other);
            RC_ASSERT(verdict(changed, facts) == kRefused);
        }
    });
}

TEST(GateProperty, NeverAcceptsTheTextOfOtherFacts) {
    rc::check([] {
        const FactRecord facts = arbitrary_facts();
        const FactRecord others = arbitrary_facts();
        const Rendered rendered = arbitrary_text(facts);
        bool is_same = true;
        for (const std::string& slot : rendered.slots) {
            is_same = is_same && find_fact(facts, slot)->text == find_fact(others, slot)->text;
        }
        RC_ASSERT((verdict(rendered, others) == "passed") == is_same);
    });
}

}  // namespace
}  // namespace altis::messages
