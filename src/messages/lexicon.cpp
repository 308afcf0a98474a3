#include "messages/lexicon.h"

#include <algorithm>
#include <array>

namespace altis::messages {
namespace {

using enum WordKind;

constexpr auto kWords = std::to_array<LexiconWord>({
    {"ar", kMedal, U"ذهبية", "gold"},
    {"ar", kMedal, U"فضية", "silver"},
    {"ar", kMedal, U"برونزية", "bronze"},
    {"ar", kUnit, U"نقطة", "points"},
    {"ar", kUnit, U"كغ", "kilograms"},
    {"ar", kUnit, U"م", "metres"},
    {"ar", kUnit, U"ث", "seconds"},
    {"ar", kClaim, U"أفضل نتيجة في الموسم", "season_best"},
    {"ar", kClaim, U"أفضل نتيجة شخصية", "personal_best"},
    {"ar", kClaim, U"رقم قياسي", "record"},

    {"de", kMedal, U"gold", "gold"},
    {"de", kMedal, U"silber", "silver"},
    {"de", kMedal, U"bronze", "bronze"},
    {"de", kUnit, U"punkte", "points"},
    {"de", kUnit, U"kg", "kilograms"},
    {"de", kUnit, U"m", "metres"},
    {"de", kUnit, U"s", "seconds"},
    {"de", kClaim, U"saisonbestleistung", "season_best"},
    {"de", kClaim, U"persönliche bestleistung", "personal_best"},
    {"de", kClaim, U"rekord", "record"},

    {"en", kMedal, U"gold", "gold"},
    {"en", kMedal, U"silver", "silver"},
    {"en", kMedal, U"bronze", "bronze"},
    {"en", kUnit, U"points", "points"},
    {"en", kUnit, U"kg", "kilograms"},
    {"en", kUnit, U"m", "metres"},
    {"en", kUnit, U"s", "seconds"},
    {"en", kClaim, U"season best", "season_best"},
    {"en", kClaim, U"personal best", "personal_best"},
    {"en", kClaim, U"record", "record"},

    {"es", kMedal, U"oro", "gold"},
    {"es", kMedal, U"plata", "silver"},
    {"es", kMedal, U"bronce", "bronze"},
    {"es", kUnit, U"puntos", "points"},
    {"es", kUnit, U"kg", "kilograms"},
    {"es", kUnit, U"m", "metres"},
    {"es", kUnit, U"s", "seconds"},
    {"es", kClaim, U"mejor marca de la temporada", "season_best"},
    {"es", kClaim, U"mejor marca personal", "personal_best"},
    {"es", kClaim, U"récord", "record"},

    {"fr", kMedal, U"or", "gold"},
    {"fr", kMedal, U"argent", "silver"},
    {"fr", kMedal, U"bronze", "bronze"},
    {"fr", kUnit, U"points", "points"},
    {"fr", kUnit, U"kg", "kilograms"},
    {"fr", kUnit, U"m", "metres"},
    {"fr", kUnit, U"s", "seconds"},
    {"fr", kClaim, U"meilleure marque de la saison", "season_best"},
    {"fr", kClaim, U"meilleure marque personnelle", "personal_best"},
    {"fr", kClaim, U"record", "record"},

    {"hi", kMedal, U"स्वर्ण", "gold"},
    {"hi", kMedal, U"रजत", "silver"},
    {"hi", kMedal, U"कांस्य", "bronze"},
    {"hi", kUnit, U"अंक", "points"},
    {"hi", kUnit, U"किग्रा", "kilograms"},
    {"hi", kUnit, U"मी", "metres"},
    {"hi", kUnit, U"से", "seconds"},
    {"hi", kClaim, U"सत्र का सर्वश्रेष्ठ", "season_best"},
    {"hi", kClaim, U"व्यक्तिगत सर्वश्रेष्ठ", "personal_best"},
    {"hi", kClaim, U"रिकॉर्ड", "record"},

    {"it", kMedal, U"oro", "gold"},
    {"it", kMedal, U"argento", "silver"},
    {"it", kMedal, U"bronzo", "bronze"},
    {"it", kUnit, U"punti", "points"},
    {"it", kUnit, U"kg", "kilograms"},
    {"it", kUnit, U"m", "metres"},
    {"it", kUnit, U"s", "seconds"},
    {"it", kClaim, U"primato stagionale", "season_best"},
    {"it", kClaim, U"primato personale", "personal_best"},
    {"it", kClaim, U"record", "record"},

    {"ja", kMedal, U"金メダル", "gold"},
    {"ja", kMedal, U"銀メダル", "silver"},
    {"ja", kMedal, U"銅メダル", "bronze"},
    {"ja", kUnit, U"点", "points"},
    {"ja", kUnit, U"秒", "seconds"},
    {"ja", kUnit, U"kg", "kilograms"},
    {"ja", kUnit, U"m", "metres"},
    {"ja", kClaim, U"シーズンベスト", "season_best"},
    {"ja", kClaim, U"自己ベスト", "personal_best"},
    {"ja", kClaim, U"新記録", "record"},

    {"ko", kMedal, U"금메달", "gold"},
    {"ko", kMedal, U"은메달", "silver"},
    {"ko", kMedal, U"동메달", "bronze"},
    {"ko", kUnit, U"점", "points"},
    {"ko", kUnit, U"초", "seconds"},
    {"ko", kUnit, U"kg", "kilograms"},
    {"ko", kUnit, U"m", "metres"},
    {"ko", kClaim, U"시즌 최고 기록", "season_best"},
    {"ko", kClaim, U"개인 최고 기록", "personal_best"},
    {"ko", kClaim, U"신기록", "record"},

    {"pt", kMedal, U"ouro", "gold"},
    {"pt", kMedal, U"prata", "silver"},
    {"pt", kMedal, U"bronze", "bronze"},
    {"pt", kUnit, U"pontos", "points"},
    {"pt", kUnit, U"kg", "kilograms"},
    {"pt", kUnit, U"m", "metres"},
    {"pt", kUnit, U"s", "seconds"},
    {"pt", kClaim, U"melhor marca da temporada", "season_best"},
    {"pt", kClaim, U"melhor marca pessoal", "personal_best"},
    {"pt", kClaim, U"recorde", "record"},

    {"ru", kMedal, U"золото", "gold"},
    {"ru", kMedal, U"серебро", "silver"},
    {"ru", kMedal, U"бронза", "bronze"},
    {"ru", kUnit, U"балла", "points"},
    {"ru", kUnit, U"кг", "kilograms"},
    {"ru", kUnit, U"м", "metres"},
    {"ru", kUnit, U"с", "seconds"},
    {"ru", kClaim, U"лучший результат сезона", "season_best"},
    {"ru", kClaim, U"личный рекорд", "personal_best"},
    {"ru", kClaim, U"рекорд", "record"},

    {"zh", kMedal, U"金牌", "gold"},
    {"zh", kMedal, U"银牌", "silver"},
    {"zh", kMedal, U"铜牌", "bronze"},
    {"zh", kUnit, U"公斤", "kilograms"},
    {"zh", kUnit, U"分", "points"},
    {"zh", kUnit, U"米", "metres"},
    {"zh", kUnit, U"秒", "seconds"},
    {"zh", kClaim, U"赛季最佳", "season_best"},
    {"zh", kClaim, U"个人最佳", "personal_best"},
    {"zh", kClaim, U"纪录", "record"},
});

}  // namespace

std::span<const LexiconWord> lexicon(std::string_view language) {
    return std::ranges::equal_range(kWords, language, {}, &LexiconWord::language);
}

bool is_written_with_blanks(std::string_view language) {
    return language != "ja" && language != "zh" && language != "ko" && language != "ar";
}

}  // namespace altis::messages
