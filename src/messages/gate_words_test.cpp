// The gate against words: each reviewed text with one word more that states something.
#include <cstdio>
#include <gtest/gtest.h>
#include <map>

#include "base/test_effort.h"
#include "messages/composer.h"
#include "messages/gate.h"
#include "messages/lexicon.h"
#include "messages/story_facts.h"

namespace altis::messages {
namespace {

const Composer& composer() {
    static const auto loaded = Composer::load(*standard_catalogue());
    return *loaded;
}

// Numbers, days and names as a person writes them, by language; of them none stands in the lexicon.
const std::map<std::string, std::vector<std::string>>& written_by_hand() {
    static const std::map<std::string, std::vector<std::string>> kWords = {
        {"en",
         {"one hundred forty-seven", "second", "twenty-one", "seven", "on Saturday", "in February",
          "Ami Nakai", "a third", "zero", "yesterday"}},
        {"fr",
         {"cent quarante-sept", "deuxième", "vingt et un", "sept", "samedi", "en février",
          "un point", "nonante", "Ami Nakai", "hier"}},
        {"es",
         {"ciento cuarenta y siete", "segunda", "veintiún", "siete", "el sábado", "en febrero",
          "un punto", "mil", "Ami Nakai", "ayer"}},
        {"pt",
         {"cento e quarenta e sete", "segunda", "vinte e um", "sete", "no sábado", "em fevereiro",
          "um ponto", "dezasseis", "Ami Nakai", "ontem"}},
        {"de",
         {"einhundertsiebenundvierzig", "vierundsechzig", "zweite", "sieben", "am Samstag",
          "im Februar", "ein Punkt", "dreissig", "zweimal", "gestern"}},
        {"it",
         {"centoquarantasette", "seconda", "ventuno", "sette", "sabato", "a febbraio", "un punto",
          "duemilaventisei", "Ami Nakai", "ieri"}},
        {"ja", {"百四十七", "第二", "土曜日", "二月", "昨日", "seven", "second", "①", "２"}},
        {"zh", {"一百四十七", "第二", "星期六", "二月", "昨天", "两", "seven", "亚军", "２"}},
        {"ko",
         {"마흔일곱", "백사십칠", "두 번째", "일곱", "토요일", "어제", "칠점", "seven", "스물하나",
          "하나"}},
        {"ar",
         {"مئة وسبعة وأربعون", "مائة", "الثانية", "سبعة", "السبت", "فبراير", "أمس", "seven",
          "وسبعة", "أول"}},
        {"ru",
         {"сто сорок семь", "сорока семи", "вторая", "семь", "суббота", "в феврале", "вчера",
          "seven", "Ами Накаи", "седьмым"}},
        {"hi", {"एक सौ सैंतालीस", "सैंतालीस", "दूसरी", "सात", "शनिवार", "सातवें", "पहले स्थान"}},
    };
    return kWords;
}

std::string utf8(std::u32string_view text) {
    std::string out;
    for (const char32_t c : text) {
        const auto push = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
        if (c < 0x80) {
            push(c);
        } else if (c < 0x800) {
            push(0xC0 | (c >> 6));
            push(0x80 | (c & 0x3F));
        } else {
            push(0xE0 | (c >> 12));
            push(0x80 | ((c >> 6) & 0x3F));
            push(0x80 | (c & 0x3F));
        }
    }
    return out;
}

std::vector<std::string> stating_words(const std::string& language) {
    std::vector<std::string> words = written_by_hand().at(language);
    for (const LexiconWord& word : Lexicon::of(language).words())
        if (word.kind != WordKind::kUnit) words.push_back(utf8(word.word));
    return words;
}

// Where a word may be put: before each blank, and at the end.
std::vector<std::size_t> places(const std::string& text) {
    std::vector<std::size_t> found = {text.size()};
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == ' ') found.push_back(i);
    return found;
}

std::vector<Rendered> all_texts(const std::string& language) {
    std::vector<Rendered> texts;
    for (const auto& [style, pattern] : composer().templates(language)) {
        const Story* const story = composer().story(style.story);
        auto rendered =
            composer().render({style, language}, facts_for(*story, "2", "147.67"), skater_names());
        EXPECT_TRUE(rendered);
        texts.push_back(std::move(*rendered));
    }
    return texts;
}

TEST(GateWords, RefusesEveryTextWithOneWordMoreThatStatesSomething) {
    std::size_t tried = 0;
    std::size_t passed = 0;
    for (const std::string_view code : standard_languages()) {
        const std::string language(code);
        const auto words = stating_words(language);
        EXPECT_GT(words.size(), 50U) << language;
        const auto styles = composer().templates(language);
        const auto texts = all_texts(language);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const FactRecord facts =
                facts_for(*composer().story(styles[i].first.story), "2", "147.67");
            ASSERT_TRUE(read_back(texts[i], facts, skater_names())) << texts[i].text;
            const auto where = places(texts[i].text);
            for (std::size_t k = 0; k < words.size(); k += test_effort(1, 17)) {
                Rendered changed = texts[i];
                changed.text.insert(where[(i + k) % where.size()], " " + words[k]);
                ++tried;
                if (!read_back(changed, facts, skater_names())) continue;
                ++passed;
                ADD_FAILURE() << language << " '" << words[k] << "': " << changed.text;
            }
        }
    }
    std::printf("%zu texts with one word more, %zu let pass\n", tried, passed);
    EXPECT_GT(tried, test_effort<std::size_t>(35'000, 2'000));
}

// Sentences that were not written from the lexicon.
TEST(GateWords, RefusesComparisonsAsPeopleWriteThem) {
    const std::vector<std::pair<const char*, const char*>> kSentences = {
        {"en", "she overtook everybody"},
        {"en", "the highest score of the season"},
        {"en", "nobody had ever done it"},
        {"en", "the champion"},
        {"en", "her comeback win"},
        {"en", "knocked out by a rival, eliminated"},
        {"fr", "elle s’impose, victorieuse"},
        {"fr", "la plus haute note"},
        {"fr", "sa dernière saison"},
        {"fr", "championne du monde"},
        {"es", "venció a todas"},
        {"es", "la mejor nota"},
        {"es", "supera a su rival"},
        {"es", "campeona del mundo"},
        {"pt", "venceu todas"},
        {"pt", "a melhor nota"},
        {"pt", "nunca antes"},
        {"pt", "campeã do mundo"},
        {"de", "sie besiegte alle"},
        {"de", "die höchste Wertung"},
        {"de", "liegt in Führung"},
        {"de", "Weltmeisterin"},
        {"it", "ha sconfitto tutte"},
        {"it", "il miglior punteggio"},
        {"it", "mai prima"},
        {"it", "campionessa del mondo"},
        {"ja", "選手を破りました"},
        {"ja", "今季最高"},
        {"ja", "世界王者"},
        {"ja", "逆転で優勝"},
        {"zh", "击败了所有人"},
        {"zh", "本赛季最高分"},
        {"zh", "世界冠军"},
        {"zh", "首次"},
        {"ko", "모두를 꺾고"},
        {"ko", "시즌 최고점"},
        {"ko", "세계 챔피언"},
        {"ko", "역전 우승"},
        {"ar", "فازت على الجميع"},
        {"ar", "أعلى نتيجة"},
        {"ar", "بطلة العالم"},
        {"ar", "هزمت منافستها"},
        {"ru", "победила всех"},
        {"ru", "лучший балл"},
        {"ru", "чемпионка мира"},
        {"ru", "обошла соперницу"},
        {"hi", "सबको हराया"},
        {"hi", "सबसे ऊँचा अंक"},
        {"hi", "विश्व चैंपियन"},
        {"hi", "उसकी जीत"}};
    for (const auto& [language, sentence] : kSentences)
        EXPECT_FALSE(read_back({sentence, language, {}}, {}, AliasTable())) << sentence;
}

TEST(GateWords, AnArticleIsANumberOnlyBesideAUnitOrANumber) {
    const auto verdict = [](const char* language, const std::string& words) {
        const FactRecord none = {};
        return read_back({words, language, {}}, none, AliasTable()).has_value();
    };
    EXPECT_TRUE(verdict("fr", "un moment superbe pour une patineuse"));
    EXPECT_FALSE(verdict("fr", "un point"));
    EXPECT_FALSE(verdict("fr", "une seconde"));
    EXPECT_FALSE(verdict("fr", "vingt-et-un"));
    EXPECT_TRUE(verdict("de", "ein Moment, noch einmal"));
    EXPECT_FALSE(verdict("de", "ein Meter"));
    EXPECT_FALSE(verdict("de", "eine Million"));
    EXPECT_TRUE(verdict("es", "una alegría"));
    EXPECT_FALSE(verdict("es", "un punto"));
    EXPECT_TRUE(verdict("pt", "um momento"));
    EXPECT_TRUE(verdict("it", "uno spettacolo"));
    EXPECT_FALSE(verdict("it", "un metro"));
    EXPECT_TRUE(verdict("ko", "이 순간"));
    EXPECT_FALSE(verdict("ko", "이점"));
    EXPECT_FALSE(verdict("en", "one moment"));
}

TEST(GateWords, ReadsForeignLettersAsNothing) {
    const auto refused = [](const char* language, const std::string& words) {
        const auto read = read_back({words, language, {}}, {}, AliasTable());
        return read ? "passed" : read.error().message;
    };
    EXPECT_NE(refused("en", "坂本").find("another script"), std::string::npos);
    EXPECT_NE(refused("en", "whаt").find("another script"), std::string::npos);  // Cyrillic а
    EXPECT_NE(refused("ru", "坂本").find("another script"), std::string::npos);
    EXPECT_NE(refused("ja", "금메달").find("another script"), std::string::npos);
    EXPECT_EQ(refused("ja", "見る kg"), "passed");
    EXPECT_NE(refused("en", "bravo, Nakai").find("a name"), std::string::npos);
    EXPECT_EQ(refused("de", "bravo, Leistung"), "passed");
}

TEST(Lexicon, NamesFileAndLineOfAFault) {
    const auto verdict = [](std::string_view text) {
        const auto parsed = Lexicon::parse({"words.txt", text});
        return parsed ? "accepted" : parsed.error().reason + " " + parsed.error().message;
    };
    EXPECT_EQ(verdict("# words\n\nen medal gold: gold*, golden\n"), "accepted");
    for (const char* wrong : {"en medal: gold", "en colour gold: gold", "en relation x: gold",
                              "en medal gold:", "en medal gold: *", "gold"}) {
        EXPECT_TRUE(verdict(std::string("\n") + wrong)
                        .starts_with("messages.lexicon_malformed words.txt:2: "))
            << wrong;
    }
}

TEST(Lexicon, TakesTheLongestWordAndKeepsToWordBoundaries) {
    const Lexicon& english = Lexicon::of("en");
    const auto meaning = [&](std::u32string_view text, std::size_t at) {
        const auto found = english.word_at(text, at);
        return found.word == nullptr ? std::string("none")
                                     : found.word->meaning + "|" + std::to_string(found.end);
    };
    EXPECT_EQ(meaning(U"season best", 0), "season_best|11");
    EXPECT_EQ(meaning(U"season bests", 0), "none");
    EXPECT_EQ(meaning(U"golden", 0), "gold|6");
    EXPECT_EQ(meaning(U"marigold", 4), "none");
    EXPECT_EQ(english.unit_at(U"minutes", 0).word->meaning, "minutes");
    EXPECT_EQ(english.unit_at(U"most", 0).word, nullptr);
    EXPECT_TRUE(Lexicon::of("tlh").words().empty());
}

}  // namespace
}  // namespace altis::messages
