#include "messages/catalogue.h"

namespace altis::messages {
namespace {

constexpr const char* kPerformance = "performance-motivation";

std::vector<Story> stories() {
    const std::vector<Slot> skate = {{"athlete", FactKind::kName},  {"phase", FactKind::kText},
                                     {"score", FactKind::kDecimal}, {"total", FactKind::kDecimal},
                                     {"rank", FactKind::kRank},     {"link", FactKind::kLink}};
    std::vector<Slot> medal = skate;
    medal.push_back({"medal", FactKind::kMedal});
    return {{"skate_medal", medal}, {"skate_rank", skate}};
}

std::vector<Template> medal_templates() {
    const std::string story = "skate_medal";
    const std::string everyone(kEveryone);
    return {
        {story, kPerformance, "en",
         "{athlete} scored {score} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}} "
         "({total} in total): "
         "{medal, select, gold {gold} silver {silver} bronze {bronze} other {}}. "
         "Technical breakdown: {link}"},
        {story, kPerformance, "ja",
         "{athlete}選手は"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}で{score}点、合計{total}点で"
         "{medal, select, gold {金メダル} silver {銀メダル} bronze {銅メダル} other {}}。"
         "技術面の詳細: {link}"},
        {story, kPerformance, "fr",
         "{athlete} a obtenu {score} points "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}} ({total} au total)\u00a0: médaille "
         "{medal, select, gold {d’or} silver {d’argent} bronze {de bronze} other {}}. "
         "Analyse technique\u00a0: {link}"},
        {story, everyone, "en",
         "{medal, select, gold {Gold} silver {Silver} bronze {Bronze} other {}} for {athlete}: "
         "{score} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}}"
         ", {total} in total. Watch it again: {link}"},
        {story, everyone, "ja",
         "{athlete}選手が"
         "{medal, select, gold {金メダル} silver {銀メダル} bronze {銅メダル} other {}}。"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}{score}点、合計{total}点。リプレイを見る: {link}"},
        {story, everyone, "fr",
         "Médaille {medal, select, gold {d’or} silver {d’argent} bronze {de bronze} other {}} pour "
         "{athlete}\u00a0: {score} points "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}}, {total} au total. À revoir\u00a0: {link}"},
    };
}

std::vector<Template> rank_templates() {
    const std::string story = "skate_rank";
    const std::string everyone(kEveryone);
    return {
        {story, kPerformance, "en",
         "{athlete} scored {score} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}} "
         "({total} in total): "
         "{rank, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} place. "
         "Technical breakdown: {link}"},
        {story, kPerformance, "ja",
         "{athlete}選手は"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}で{score}点、合計{total}点で{rank}位。技術面の詳細: {link}"},
        {story, kPerformance, "fr",
         "{athlete} a obtenu {score} points "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}} ({total} au total)\u00a0: "
         "{rank, selectordinal, one {#re} other {#e}} place. Analyse technique\u00a0: {link}"},
        {story, everyone, "en",
         "{rank, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} place for {athlete}: "
         "{score} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}}"
         ", {total} in total. Watch it again: {link}"},
        {story, everyone, "ja",
         "{athlete}選手が{rank}位。"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}{score}点、合計{total}点。リプレイを見る: {link}"},
        {story, everyone, "fr",
         "{rank, selectordinal, one {#re} other {#e}} place pour {athlete}\u00a0: {score} points "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}}, {total} au total. À revoir\u00a0: {link}"},
    };
}

}  // namespace

Catalogue standard_catalogue() {
    Catalogue catalogue{{"en", "ja", "fr"}, stories(), medal_templates()};
    for (Template& text : rank_templates())
        catalogue.templates.push_back(std::move(text));
    return catalogue;
}

}  // namespace altis::messages
