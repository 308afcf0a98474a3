#include "messages/composer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/decimal.h"
#include "language/letters.h"
#include "language/numbers.h"
#include "messages/gate.h"
#include "messages/skaters.h"

namespace altis::messages {
namespace {

const std::string kEnd = "https://altis.example/r/fskw";

std::string text(const std::string& story, const std::string& cohort, const std::string& language,
                 const FactRecord& facts) {
    const auto composer = Composer::load(*standard_catalogue());
    if (!composer) return composer.error().message;
    const auto texts = composer->compose({story, cohort}, facts, skater_names());
    return texts ? texts->at(language) : texts.error().message;
}

TEST(Composer, TellsThePerformanceCohortInEnglish) {
    const auto told = [](const FactRecord& facts) {
        return text("skate_medal", "performance-motivation", "en", facts);
    };
    EXPECT_EQ(told(sakamoto()),
              "Kaori Sakamoto scored 147.67 in the free skate (224.90 in total): silver. "
              "Technical breakdown: " +
                  kEnd);
    EXPECT_EQ(told(liu()),
              "Alysa Liu scored 150.20 in the free skate (226.79 in total): gold. "
              "Technical breakdown: " +
                  kEnd);
    EXPECT_EQ(told(nakai()),
              "Ami Nakai scored 140.45 in the free skate (219.16 in total): bronze. "
              "Technical breakdown: " +
                  kEnd);
}

TEST(Composer, TellsThePerformanceCohortInJapanese) {
    const auto told = [](const FactRecord& facts) {
        return text("skate_medal", "performance-motivation", "ja", facts);
    };
    EXPECT_EQ(told(sakamoto()),
              "坂本花織選手はフリースケーティングで147.67点、合計224.90点で銀メダル。"
              "技術面の詳細: " +
                  kEnd);
    EXPECT_EQ(told(liu()),
              "アリサ・リュウ選手はフリースケーティングで150.20点、合計226.79点で金メダル。"
              "技術面の詳細: " +
                  kEnd);
    EXPECT_EQ(told(nakai()),
              "中井亜美選手はフリースケーティングで140.45点、合計219.16点で銅メダル。"
              "技術面の詳細: " +
                  kEnd);
}

TEST(Composer, TellsThePerformanceCohortInFrench) {
    const auto told = [](const FactRecord& facts) {
        return text("skate_medal", "performance-motivation", "fr", facts);
    };
    EXPECT_EQ(told(sakamoto()),
              "Kaori Sakamoto a obtenu 147,67 points au programme libre (224,90 au total)\u00a0: "
              "médaille d’argent. Analyse technique\u00a0: " +
                  kEnd);
    EXPECT_EQ(told(liu()),
              "Alysa Liu a obtenu 150,20 points au programme libre (226,79 au total)\u00a0: "
              "médaille d’or. Analyse technique\u00a0: " +
                  kEnd);
    EXPECT_EQ(told(nakai()),
              "Ami Nakai a obtenu 140,45 points au programme libre (219,16 au total)\u00a0: "
              "médaille de bronze. Analyse technique\u00a0: " +
                  kEnd);
}

TEST(Composer, TellsEveryoneElseInOtherWords) {
    EXPECT_EQ(text("skate_medal", "a-cohort-without-templates", "en", sakamoto()),
              "Silver for Kaori Sakamoto: 147.67 in the free skate, 224.90 in total. "
              "Watch it again: " +
                  kEnd);
    EXPECT_EQ(text("skate_medal", "everyone", "fr", sakamoto()),
              "Médaille d’argent pour Kaori Sakamoto\u00a0: 147,67 points au programme libre, "
              "224,90 au total. À revoir\u00a0: " +
                  kEnd);
    EXPECT_EQ(text("skate_medal", "everyone", "ja", sakamoto()),
              "坂本花織選手が銀メダル。フリースケーティング147.67点、合計224.90点。"
              "リプレイを見る: " +
                  kEnd);
}

TEST(Composer, WritesPlacesAsOrdinals) {
    const auto place = [](const std::string& rank, const std::string& language) {
        const std::string told =
            text("skate_rank", "everyone", language, with(sakamoto(), "rank", rank));
        return told.substr(0, told.find_first_of(" \xe3"));
    };
    for (const auto& [rank, written] :
         {std::pair{"1", "1st"}, {"2", "2nd"}, {"3", "3rd"}, {"11", "11th"}, {"22", "22nd"}}) {
        EXPECT_EQ(place(rank, "en"), written);
    }
    EXPECT_EQ(place("1", "fr"), "1re");
    EXPECT_EQ(place("4", "fr"), "4e");
    EXPECT_EQ(text("skate_rank", "performance-motivation", "ja", sakamoto()),
              "坂本花織選手はフリースケーティングで147.67点、合計224.90点で2位。"
              "技術面の詳細: " +
                  kEnd);
}

TEST(Composer, NeverCutsOrRoundsAScore) {
    for (const char* language : {"en", "ja", "fr"}) {
        const std::string told = text("skate_medal", "everyone", language, sakamoto());
        const std::string score = std::string(language) == "fr" ? "147,67" : "147.67";
        EXPECT_NE(told.find(score), std::string::npos) << language;
        EXPECT_EQ(told.find(std::string(language) == "fr" ? "147.67" : "147,67"),
                  std::string::npos);
        EXPECT_EQ(told.find("147 "), std::string::npos) << language;
    }
}

TEST(Composer, RefusesAbsentProvisionalAndMalformedFacts) {
    const auto composer = Composer::load(*standard_catalogue());
    ASSERT_TRUE(composer);
    const auto refused = [&](const FactRecord& facts) {
        const auto texts = composer->compose({"skate_medal"}, facts, skater_names());
        return texts ? "accepted" : texts.error().reason;
    };
    FactRecord facts = sakamoto();
    facts.erase(facts.begin());
    EXPECT_EQ(refused(facts), "messages.fact_missing");
    facts = sakamoto();
    facts[1].status = FactStatus::kProvisional;
    EXPECT_EQ(refused(facts), "messages.fact_not_official");
    EXPECT_EQ(refused(with(sakamoto(), "score", "1e2")), "messages.fact_invalid");
    EXPECT_EQ(refused(with(sakamoto(), "score", "0147.67")), "messages.fact_invalid");
    EXPECT_EQ(refused(with(sakamoto(), "medal", "tin")), "messages.fact_invalid");
    EXPECT_EQ(refused(with(sakamoto(), "link", "javascript:x")), "messages.fact_invalid");
    EXPECT_EQ(refused(with(sakamoto(), "rank", "0")), "messages.fact_invalid");
    facts = sakamoto();
    facts.push_back(facts.front());
    EXPECT_EQ(refused(facts), "messages.fact_invalid");
    facts = sakamoto();
    facts[1].source.clear();
    EXPECT_EQ(refused(facts), "messages.fact_invalid");
}

std::string load_error(const std::vector<Template>& templates) {
    const Catalogue catalogue{{"en", "ja"},
                              {{"tale",
                                {{"score", FactKind::kDecimal},
                                 {"falls", FactKind::kCount},
                                 {"medal", FactKind::kMedal}}}},
                              templates};
    const auto composer = Composer::load(catalogue);
    return composer ? "accepted" : composer.error().reason + " " + composer.error().message;
}

TEST(Composer, RefusesFaultyTemplatesAtLoadByName) {
    const auto refused = [](const std::string& pattern, const std::string& reason) {
        const std::string error = load_error({{{"tale"}, "en", pattern}, {{"tale"}, "ja", "-"}});
        return error.starts_with(reason) &&
               error.find("tale/everyone/plain/any/en") != std::string::npos;
    };
    EXPECT_TRUE(refused("{name} {score}", "messages.template_unknown_slot"));
    EXPECT_TRUE(refused("{0}", "messages.template_unknown_slot"));
    EXPECT_TRUE(refused("{score", "messages.template_malformed"));
    EXPECT_TRUE(refused("{score, number}", "messages.template_malformed"));
    EXPECT_TRUE(refused("{medal}", "messages.template_wrong_slot"));
    EXPECT_TRUE(refused("{medal, select, other {{score}}}", "messages.template_malformed"));
    EXPECT_TRUE(
        load_error({{{"tale"}, "en", "{score}"}})
            .starts_with("messages.template_missing_language template 'tale/everyone/plain/any' is "
                         "missing in language 'ja'"));
    EXPECT_TRUE(load_error({{{"saga"}, "en", "-"}}).starts_with("messages.template_unknown_story"));
    EXPECT_TRUE(load_error({{{"tale"}, "en", "-"}, {{"tale"}, "en", "-"}})
                    .starts_with("messages.template_duplicate"));
}

TEST(Composer, ChoosesPluralForms) {
    const Catalogue catalogue{
        {"en", "fr"},
        {{"tale", {{"falls", FactKind::kCount}}}},
        {{{"tale"}, "en", "{falls, plural, one {# fall} other {# falls}}"},
         {{"tale"}, "fr", "{falls, plural, one {# chute} other {# chutes}}"}}};
    const auto composer = Composer::load(catalogue);
    ASSERT_TRUE(composer) << composer.error().message;
    const auto told = [&](const std::string& falls) {
        Fact fact{"falls", FactKind::kCount, falls, "",
                  "",      "results/x/1",    1,     FactStatus::kOfficial};
        const auto texts = composer->compose({"tale"}, {fact}, skater_names());
        return texts ? texts->at("en") + "|" + texts->at("fr") : texts.error().message;
    };
    EXPECT_EQ(told("0"), "0 falls|0 chute");
    EXPECT_EQ(told("1"), "1 fall|1 chute");
    EXPECT_EQ(told("1234567"), "1,234,567 falls|1\u202f234\u202f567 chutes");
}

TEST(Composer, CleansAndIsolatesNames) {
    EXPECT_EQ(language::presentable_name("Kaori Sakamoto", "en"), "Kaori Sakamoto");
    EXPECT_EQ(language::presentable_name(" Kaori\n\u202eSakamoto\u2069\x07 ", "en"),
              "Kaori Sakamoto");
    EXPECT_EQ(language::presentable_name("كاوري", "en"), "\u2068كاوري\u2069");
    EXPECT_EQ(language::presentable_name("Kaori", "ar"), "\u2068Kaori\u2069");
    EXPECT_EQ(language::presentable_name("坂本花織", "ja"), "坂本花織");
    EXPECT_EQ(language::presentable_name("\u202e\n", "en"), "");

    AliasTable nobody;
    FactRecord facts = sakamoto();
    facts[0].text = "\u202e\n";
    const auto composer = Composer::load(*standard_catalogue());
    const auto texts = composer->compose({"skate_medal"}, facts, nobody);
    ASSERT_FALSE(texts);
    EXPECT_EQ(texts.error().reason, "messages.fact_invalid");
    facts[0].text = "{score} كاوري '{'";
    EXPECT_TRUE(composer->compose({"skate_medal"}, facts, nobody));
}

TEST(Aliases, GivesTheNameOfTheLanguageThenEnglishThenTheOfficialOne) {
    const AliasTable names = skater_names();
    EXPECT_EQ(names.name(kSakamoto, "ja", "SAKAMOTO Kaori"), "坂本花織");
    EXPECT_EQ(names.name(kSakamoto, "fr", "SAKAMOTO Kaori"), "Kaori Sakamoto");
    EXPECT_EQ(names.name("999", "ja", "SAKAMOTO Kaori"), "SAKAMOTO Kaori");
    const auto broken = AliasTable::parse("# code\n1\ten\tA\n2\tja\n", "names.tsv");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().reason, "messages.alias_malformed");
    EXPECT_EQ(broken.error().message.substr(0, 12), "names.tsv:3:");
}

TEST(ComposerProperty, DecimalsKeepEveryDigit) {
    rc::check([] {
        const auto digits = *rc::gen::inRange<std::int64_t>(-999'999'999'999, 999'999'999'999);
        const Decimal value(digits, *rc::gen::inRange(0, 10));
        const std::string exact = value.to_string();
        std::string english = language::format_decimal(exact, "en");
        std::erase(english, ',');
        RC_ASSERT(english == exact);
        RC_ASSERT(language::format_decimal(exact, "ja") == language::format_decimal(exact, "en"));
        const std::string french = language::format_decimal(exact, "fr");
        RC_ASSERT(french.find('.') == std::string::npos);
        RC_ASSERT((french.find(',') != std::string::npos) == (value.scale() > 0));
    });
}

}  // namespace
}  // namespace altis::messages
