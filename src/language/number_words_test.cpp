#include "language/number_words.h"

#include <gtest/gtest.h>
#include <unicode/rbnf.h>

#include "base/test_effort.h"
#include "language/icu_text.h"
#include "language/letters.h"

namespace altis::language {
namespace {

std::u32string plain(std::string_view text) {
    std::u32string out;
    for (const auto& letter : letters_of(text))
        if (const char32_t code = plain_letter(letter.code)) out.push_back(code);
    return out;
}

// Of a spelled number, whether one of its words is known for what it is.
bool is_seen(std::string_view language, std::string_view text) {
    const NumberWords& numbers = NumberWords::of(language);
    std::u32string rest = plain(text);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(U" -"), rest.size());
        if (numbers.spells_number(rest.substr(0, end))) return true;
        if (numbers.is_article(rest.substr(0, end)) && end == rest.size()) return true;  // "un"
        rest.erase(0, std::min(end + 1, rest.size()));
    }
    return false;
}

TEST(NumberWords, SeesWhatEveryRuleSpells) {
    std::size_t seen = 0;
    for (const char* language : {"en", "fr", "es", "pt", "de", "it", "ko", "ar", "ru", "hi"}) {
        UErrorCode status = U_ZERO_ERROR;
        const icu::RuleBasedNumberFormat rules(icu::URBNF_SPELLOUT, icu::Locale(language), status);
        ASSERT_TRUE(U_SUCCESS(status));
        for (std::int32_t set = 0; set < rules.getNumberOfRuleSetNames(); ++set) {
            for (std::int64_t number = 0; number < 10'000; number += test_effort(37, 997)) {
                icu::UnicodeString text;
                icu::FieldPosition nowhere;
                rules.format(number, rules.getRuleSetName(set), text, nowhere, status);
                const std::string spelled = to_utf8(text);
                if (spelled.find_first_of("0123456789") != std::string::npos) continue;
                const bool is_one_syllable = text.countChar32() == 1;  // Korean: see below
                EXPECT_TRUE(is_seen(language, spelled) || is_one_syllable)
                    << language << " " << number << " " << spelled;
                ++seen;
            }
        }
    }
    EXPECT_GT(seen, test_effort<std::size_t>(30'000, 1'000));
}

TEST(NumberWords, KnowsOtherWritings) {
    for (const auto& [language, word] :
         std::vector<std::pair<const char*, const char*>>{{"de", "dreissig"},
                                                          {"fr", "septante"},
                                                          {"fr", "nonante"},
                                                          {"pt", "dezasseis"},
                                                          {"ar", "وسبعة"},
                                                          {"ar", "أول"},
                                                          {"hi", "सातवें"},
                                                          {"hi", "हजार"},
                                                          {"ru", "сорока"},
                                                          {"ko", "칠점"},
                                                          {"ko", "마흔일곱"},
                                                          {"ko", "백사십칠을"},
                                                          {"it", "ventuno"},
                                                          {"de", "zweimal"},
                                                          {"es", "DIECISÉIS"}}) {
        EXPECT_TRUE(NumberWords::of(language).spells_number(plain(word))) << word;
    }
}

TEST(NumberWords, LeavesOtherWordsAlone) {
    for (const auto& [language, word] :
         std::vector<std::pair<const char*, const char*>>{{"de", "und"},
                                                          {"de", "einmal"},
                                                          {"de", "eine"},
                                                          {"de", "Achtung"},
                                                          {"fr", "un"},
                                                          {"fr", "et"},
                                                          {"es", "y"},
                                                          {"it", "uno"},
                                                          {"it", "vento"},
                                                          {"ko", "이"},
                                                          {"ko", "경기"},
                                                          {"ar", "المركز"},
                                                          {"ru", "место"},
                                                          {"hi", "पहले"},
                                                          {"en", "won"},
                                                          {"tlh", "seven"}}) {
        EXPECT_FALSE(NumberWords::of(language).spells_number(plain(word))) << word;
    }
    EXPECT_TRUE(NumberWords::of("fr").is_article(U"une"));
    EXPECT_FALSE(NumberWords::of("en").is_article(U"one"));
}

}  // namespace
}  // namespace altis::language
