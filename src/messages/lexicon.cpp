#include "messages/lexicon.h"

#include <algorithm>
#include <array>

namespace altis::messages {
namespace {

using enum WordKind;

constexpr auto kArabic = std::to_array<LexiconWord>({
    {kMedal, U"ذهبية", "gold"},
    {kMedal, U"فضية", "silver"},
    {kMedal, U"برونزية", "bronze"},
    {kUnit, U"نقطة", "points"},
    {kUnit, U"كغ", "kilograms"},
    {kUnit, U"م", "metres"},
    {kUnit, U"ث", "seconds"},
    {kClaim, U"أفضل نتيجة في الموسم", "season_best"},
    {kClaim, U"أفضل نتيجة شخصية", "personal_best"},
    {kClaim, U"رقم قياسي", "record"},
});

constexpr auto kGerman = std::to_array<LexiconWord>({
    {kMedal, U"gold", "gold"},
    {kMedal, U"silber", "silver"},
    {kMedal, U"bronze", "bronze"},
    {kUnit, U"punkte", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"saisonbestleistung", "season_best"},
    {kClaim, U"persönliche bestleistung", "personal_best"},
    {kClaim, U"rekord", "record"},
});

constexpr auto kEnglish = std::to_array<LexiconWord>({
    {kMedal, U"gold", "gold"},
    {kMedal, U"silver", "silver"},
    {kMedal, U"bronze", "bronze"},
    {kUnit, U"points", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"season best", "season_best"},
    {kClaim, U"personal best", "personal_best"},
    {kClaim, U"record", "record"},
});

constexpr auto kSpanish = std::to_array<LexiconWord>({
    {kMedal, U"oro", "gold"},
    {kMedal, U"plata", "silver"},
    {kMedal, U"bronce", "bronze"},
    {kUnit, U"puntos", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"mejor marca de la temporada", "season_best"},
    {kClaim, U"mejor marca personal", "personal_best"},
    {kClaim, U"récord", "record"},
});

constexpr auto kFrench = std::to_array<LexiconWord>({
    {kMedal, U"or", "gold"},
    {kMedal, U"argent", "silver"},
    {kMedal, U"bronze", "bronze"},
    {kUnit, U"points", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"meilleure marque de la saison", "season_best"},
    {kClaim, U"meilleure marque personnelle", "personal_best"},
    {kClaim, U"record", "record"},
});

constexpr auto kHindi = std::to_array<LexiconWord>({
    {kMedal, U"स्वर्ण", "gold"},
    {kMedal, U"रजत", "silver"},
    {kMedal, U"कांस्य", "bronze"},
    {kUnit, U"अंक", "points"},
    {kUnit, U"किग्रा", "kilograms"},
    {kUnit, U"मी", "metres"},
    {kUnit, U"से", "seconds"},
    {kClaim, U"सत्र का सर्वश्रेष्ठ", "season_best"},
    {kClaim, U"व्यक्तिगत सर्वश्रेष्ठ", "personal_best"},
    {kClaim, U"रिकॉर्ड", "record"},
});

constexpr auto kItalian = std::to_array<LexiconWord>({
    {kMedal, U"oro", "gold"},
    {kMedal, U"argento", "silver"},
    {kMedal, U"bronzo", "bronze"},
    {kUnit, U"punti", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"primato stagionale", "season_best"},
    {kClaim, U"primato personale", "personal_best"},
    {kClaim, U"record", "record"},
});

constexpr auto kJapanese = std::to_array<LexiconWord>({
    {kMedal, U"金メダル", "gold"},
    {kMedal, U"銀メダル", "silver"},
    {kMedal, U"銅メダル", "bronze"},
    {kUnit, U"点", "points"},
    {kUnit, U"秒", "seconds"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kClaim, U"シーズンベスト", "season_best"},
    {kClaim, U"自己ベスト", "personal_best"},
    {kClaim, U"新記録", "record"},
});

constexpr auto kKorean = std::to_array<LexiconWord>({
    {kMedal, U"금메달", "gold"},
    {kMedal, U"은메달", "silver"},
    {kMedal, U"동메달", "bronze"},
    {kUnit, U"점", "points"},
    {kUnit, U"초", "seconds"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kClaim, U"시즌 최고 기록", "season_best"},
    {kClaim, U"개인 최고 기록", "personal_best"},
    {kClaim, U"신기록", "record"},
});

constexpr auto kPortuguese = std::to_array<LexiconWord>({
    {kMedal, U"ouro", "gold"},
    {kMedal, U"prata", "silver"},
    {kMedal, U"bronze", "bronze"},
    {kUnit, U"pontos", "points"},
    {kUnit, U"kg", "kilograms"},
    {kUnit, U"m", "metres"},
    {kUnit, U"s", "seconds"},
    {kClaim, U"melhor marca da temporada", "season_best"},
    {kClaim, U"melhor marca pessoal", "personal_best"},
    {kClaim, U"recorde", "record"},
});

constexpr auto kRussian = std::to_array<LexiconWord>({
    {kMedal, U"золото", "gold"},
    {kMedal, U"серебро", "silver"},
    {kMedal, U"бронза", "bronze"},
    {kUnit, U"балла", "points"},
    {kUnit, U"кг", "kilograms"},
    {kUnit, U"м", "metres"},
    {kUnit, U"с", "seconds"},
    {kClaim, U"лучший результат сезона", "season_best"},
    {kClaim, U"личный рекорд", "personal_best"},
    {kClaim, U"рекорд", "record"},
});

constexpr auto kChinese = std::to_array<LexiconWord>({
    {kMedal, U"金牌", "gold"},
    {kMedal, U"银牌", "silver"},
    {kMedal, U"铜牌", "bronze"},
    {kUnit, U"公斤", "kilograms"},
    {kUnit, U"分", "points"},
    {kUnit, U"米", "metres"},
    {kUnit, U"秒", "seconds"},
    {kClaim, U"赛季最佳", "season_best"},
    {kClaim, U"个人最佳", "personal_best"},
    {kClaim, U"纪录", "record"},
});

struct Language {
    std::string_view code;
    std::span<const LexiconWord> words;
};

constexpr auto kLanguages = std::to_array<Language>({
    {"ar", kArabic},
    {"de", kGerman},
    {"en", kEnglish},
    {"es", kSpanish},
    {"fr", kFrench},
    {"hi", kHindi},
    {"it", kItalian},
    {"ja", kJapanese},
    {"ko", kKorean},
    {"pt", kPortuguese},
    {"ru", kRussian},
    {"zh", kChinese},
});

}  // namespace

std::span<const LexiconWord> lexicon(std::string_view language) {
    const auto found = std::ranges::find(kLanguages, language, &Language::code);
    return found == kLanguages.end() ? std::span<const LexiconWord>() : found->words;
}

bool is_written_with_blanks(std::string_view language) {
    return language != "ja" && language != "zh" && language != "ko" && language != "ar";
}

}  // namespace altis::messages
