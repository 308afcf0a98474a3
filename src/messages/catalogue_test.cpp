#include "messages/catalogue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "messages/composer.h"
#include "messages/gate.h"
#include "messages/skaters.h"
#include "messages/story_facts.h"

namespace altis::messages {
namespace {

const Composer& composer() {
    static const auto loaded = Composer::load(*standard_catalogue());
    return *loaded;
}

TEST(Catalogue, HasTwelveLanguages) {
    EXPECT_EQ(standard_languages().size(), 12U);
    EXPECT_EQ(template_files().size(), 12U);
}

TEST(Catalogue, EveryTextPassesTheGateOverEdgeValues) {
    const auto catalogue = standard_catalogue();
    ASSERT_TRUE(catalogue) << catalogue.error().message;
    std::size_t told = 0;
    for (const Template& text : catalogue->templates) {
        const Story* const story = composer().story(text.style.story);
        ASSERT_NE(story, nullptr) << text.name();
        for (const char* whole : {"1", "2", "3", "4", "11", "21", "22", "100", "1234567"}) {
            for (const char* decimal : {"0.01", "1.00", "147.67", "1234.5", "1234567.890"}) {
                const FactRecord facts = facts_for(*story, whole, decimal);
                const auto rendered =
                    composer().render({text.style, text.language}, facts, skater_names());
                ASSERT_TRUE(rendered) << text.name() << ": " << rendered.error().message;
                const auto readings = read_back(*rendered, facts, skater_names());
                ASSERT_TRUE(readings) << rendered->text << ": " << readings.error().message;
                ++told;
            }
        }
    }
    EXPECT_GT(told, 5'000U);
}

TEST(Catalogue, TellsTheSkatersOwnNameAndScoreInEveryLanguage) {
    const auto texts = composer().compose({"skate_medal"}, sakamoto(), skater_names());
    ASSERT_TRUE(texts) << texts.error().message;
    EXPECT_EQ(texts->at("de"),
              "Kaori Sakamoto: Silber. Kür: 147,67, gesamt: 224,90. Noch einmal ansehen: "
              "https://altis.example/r/fskw");
    EXPECT_EQ(texts->at("ar"),
              "\u2068Kaori Sakamoto\u2069: الميدالية الفضية. البرنامج الحر: ١٤٧٫٦٧، المجموع: "
              "٢٢٤٫٩٠. شاهد الإعادة: https://altis.example/r/fskw");
    EXPECT_EQ(texts->at("zh"),
              "Kaori Sakamoto：银牌。自由滑：147.67，总分：224.90。观看回放：https://altis.example/"
              "r/fskw");
}

TEST(Catalogue, TellsInTheNearestStyle) {
    const auto text = [](const Style& style) {
        const auto texts = composer().compose(
            style, facts_for(*composer().story(style.story), "2", "1.5"), skater_names());
        return texts ? texts->at("en") : texts.error().message;
    };
    EXPECT_TRUE(text({"medal", "everyone", "celebration"}).starts_with("Congratulations! Kaori"));
    EXPECT_EQ(text({"medal", "x", "x", "x"}), text({"medal"}));
    // Titles are found among titles alone.
    EXPECT_EQ(text({"medal", "x", "celebration", "title"}),
              "Kaori Sakamoto: silver, Women’s 4 x 100 m");
    EXPECT_EQ(composer().find({{"phrase_medal", "x", "plain", "title"}, "en"}), nullptr);
}

TEST(Catalogue, EveryStoryThatIsToldHasATitleInEveryLanguage) {
    std::size_t titled = 0;
    for (const Story& story : composer().stories()) {
        EXPECT_EQ(story.needs_title, !story.id.starts_with("phrase_")) << story.id;
        const FactRecord facts = facts_for(story, "1234567", "1234567.890");
        const auto titles = composer().compose_titles({story.id}, facts, skater_names());
        ASSERT_TRUE(titles) << story.id << ": " << titles.error().message;
        EXPECT_EQ(titles->size(), story.needs_title ? 12U : 0U) << story.id;
        for (const auto& [language, title] : *titles) {
            EXPECT_LE(title.text.size(), kMaxTitleBytes) << title.text;
            EXPECT_EQ(title.text.find("https"), std::string::npos) << title.text;
            EXPECT_FALSE(title.readings.empty()) << title.text;
            ++titled;
        }
    }
    EXPECT_GE(titled, 18U * 12U);
}

TEST(Catalogue, ATitleSaysWhatTheTextSays) {
    const auto titles = composer().compose_titles({"skate_medal"}, sakamoto(), skater_names());
    ASSERT_TRUE(titles) << titles.error().message;
    const std::map<std::string, std::string> expected = {
        {"en", "Kaori Sakamoto: silver"},
        {"fr", "Kaori Sakamoto\u00a0: médaille d’argent"},
        {"es", "Kaori Sakamoto: medalla de plata"},
        {"pt", "Kaori Sakamoto: medalha de prata"},
        {"de", "Kaori Sakamoto: Silber"},
        {"it", "Kaori Sakamoto: medaglia d’argento"},
        {"ja", "坂本花織選手: 銀メダル"},
        {"zh", "Kaori Sakamoto：银牌"},
        {"ko", "Kaori Sakamoto: 은메달"},
        {"ar", "\u2068Kaori Sakamoto\u2069: الميدالية الفضية"},
        {"ru", "Kaori Sakamoto: серебро"},
        {"hi", "Kaori Sakamoto: रजत पदक"}};
    for (const auto& [language, title] : *titles)
        EXPECT_EQ(title.text, expected.at(language)) << language;
    // Provisional facts are as little for titles as for texts.
    FactRecord facts = with(sakamoto(), "medal", "gold");
    for (Fact& fact : facts)
        fact.status = FactStatus::kProvisional;
    EXPECT_EQ(composer().compose_titles({"skate_medal"}, facts, skater_names()).error().reason,
              "messages.fact_not_official");
}

TEST(Catalogue, ATitleThatIsTooLongIsLeftOutAndNeverCut) {
    FactRecord facts = facts_for(*composer().story("medal"), "1", "1.5");
    for (Fact& fact : facts)
        if (fact.name == "event") fact.text = "A" + std::string(kMaxTitleBytes - 25, 'a');
    const auto titles = composer().compose_titles({"medal"}, facts, skater_names());
    ASSERT_TRUE(titles) << titles.error().message;
    EXPECT_TRUE(titles->contains("en"));
    EXPECT_FALSE(titles->contains("it"));  // "medaglia d’argento" is longer than "silver"
}

std::string refusal(std::string_view text) {
    const auto read = read_templates({"en.txt", text}, "en");
    return read ? "accepted" : read.error().message;
}

TEST(Catalogue, NamesFileAndLineOfAFault) {
    EXPECT_EQ(refusal("# words\n\n[medal tone=x cohort=y]\n{a}\n\n[rank]\n{b}\n"), "accepted");
    EXPECT_TRUE(refusal("\nmedal\n{a}").starts_with("en.txt:2: a section begins like"));
    EXPECT_TRUE(refusal("[medal]\n\n{a}").starts_with("en.txt:2: a section's text"));
    EXPECT_TRUE(refusal("[medal]").starts_with("en.txt:1: a section's text"));
    EXPECT_TRUE(refusal("[]\nx").starts_with("en.txt:1: a section names its story"));
    EXPECT_TRUE(refusal("[medal size=3]\nx").starts_with("en.txt:1: 'size=3' is not"));
    EXPECT_TRUE(refusal("[medal tone=]\nx").starts_with("en.txt:1: 'tone=' is not"));
    const auto loaded = [](std::string_view text) {
        Catalogue catalogue{
            {"en"}, {{"medal", {{"score", FactKind::kDecimal}, {"link", FactKind::kLink}}}}, {}};
        catalogue.templates = *read_templates({"en.txt", text}, "en");
        const auto made = Composer::load(std::move(catalogue));
        return made ? "accepted" : made.error().message;
    };
    EXPECT_EQ(loaded("[medal]\n{score}\n"), "accepted");
    EXPECT_NE(loaded("\n[medal]\n{total}\n").find("(en.txt:2) uses the slot 'total'"),
              std::string::npos);
    EXPECT_NE(loaded("[medal]\n{score} of 6\n").find("(en.txt:1) has digits"), std::string::npos);
    EXPECT_NE(loaded("[medal]\n{score} 一\n").find("(en.txt:1) has digits"), std::string::npos);
    EXPECT_NE(loaded("\n[medal channel=title]\n{link}\n").find("(en.txt:2) is a title and has"),
              std::string::npos);
}

TEST(Catalogue, AMissingTitleIsNamedWithFileAndLine) {
    const auto loaded = [](std::string_view english, std::string_view french) {
        Catalogue catalogue{{"en", "fr"}, {{"medal", {{"score", FactKind::kDecimal}}, true}}, {}};
        catalogue.templates = *read_templates({"en.txt", english}, "en");
        const auto other = *read_templates({"fr.txt", french}, "fr");
        catalogue.templates.insert(catalogue.templates.end(), other.begin(), other.end());
        const auto made = Composer::load(std::move(catalogue));
        return made ? "accepted" : made.error().reason + " " + made.error().message;
    };
    const std::string_view whole = "[medal]\n{score}\n\n[medal channel=title]\n{score}\n";
    EXPECT_EQ(loaded(whole, whole), "accepted");
    EXPECT_EQ(loaded(whole, "\n[medal]\n{score}\n"),
              "messages.template_missing_title template 'medal/everyone/plain/any/fr' (fr.txt:2) "
              "has no title; add a section [medal channel=title]");
}

}  // namespace
}  // namespace altis::messages
