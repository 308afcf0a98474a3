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
    const std::vector<Slot> bare = {
        {"athlete", FactKind::kName}, {"phase", FactKind::kText}, {"link", FactKind::kLink}};
    const auto ago = [](const std::vector<const char*>& units) {
        std::vector<Slot> slots = {
            {"athlete", FactKind::kName}, {"medal", FactKind::kMedal}, {"link", FactKind::kLink}};
        for (const char* unit : units)
            slots.push_back({unit, FactKind::kCount});
        return slots;
    };
    return {{"skate_medal", medal},
            {"skate_rank", skate},
            {"correction", skate},
            {"withdrawn", bare},
            {"shielded", {{"phase", FactKind::kText}, {"link", FactKind::kLink}}},
            {"years_ago", ago({"years"})},
            {"months_ago", ago({"months"})},
            {"long_ago", ago({"years", "months"})}};
}

// What puts an earlier message right, and the notice for those who watch later.
std::vector<Template> correction_templates() {
    const std::string everyone(kEveryone);
    return {
        {"correction", everyone, "en",
         "Corrected result for {athlete}: {score} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}}, {total} in total, "
         "{rank, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} place. {link}"},
        {"correction", everyone, "ja",
         "{athlete}選手の結果が訂正されました。"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}{score}点、合計{total}点、{rank}位。{link}"},
        {"correction", everyone, "fr",
         "Résultat corrigé pour {athlete}\u00a0: {score} points "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}}, {total} au total, "
         "{rank, selectordinal, one {#re} other {#e}} place. {link}"},
        {"withdrawn", everyone, "en",
         "The result of {athlete} in the "
         "{phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}} no longer stands. {link}"},
        {"withdrawn", everyone, "ja",
         "{athlete}選手の"
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}の結果は取り消されました。{link}"},
        {"withdrawn", everyone, "fr",
         "Le résultat de {athlete} "
         "{phase, select, free_skate {au programme libre} short_program {au programme court} "
         "other {à l’épreuve}} n’est plus valable. {link}"},
        {"shielded", everyone, "en",
         "The {phase, select, free_skate {free skate} short_program {short program} other "
         "{competition}} is decided. Watch it without knowing the result: {link}"},
        {"shielded", everyone, "ja",
         "{phase, select, free_skate {フリースケーティング} short_program {ショートプログラム} "
         "other {演技}}が終了しました。結果を知らずに見る: {link}"},
        {"shielded", everyone, "fr",
         "{phase, select, free_skate {Le programme libre} short_program {Le programme court} "
         "other {L’épreuve}}\u00a0: c’est terminé. À voir sans connaître le résultat\u00a0: "
         "{link}"},
    };
}

// Between Games.
std::vector<Template> ago_templates() {
    const std::string everyone(kEveryone);
    return {
        {"long_ago", everyone, "en",
         "{years, plural, one {# year} other {# years}} and "
         "{months, plural, one {# month} other {# months}} ago: "
         "{medal, select, gold {gold} silver {silver} bronze {bronze} other {}} for {athlete}. "
         "{link}"},
        {"long_ago", everyone, "ja",
         "{years}年{months}か月前の今日、"
         "{medal, select, gold {金メダル} silver {銀メダル} bronze {銅メダル} other {}}: "
         "{athlete}選手。{link}"},
        {"long_ago", everyone, "fr",
         "Il y a {years, plural, one {# an} other {# ans}} et {months} mois, médaille "
         "{medal, select, gold {d’or} silver {d’argent} bronze {de bronze} other {}} pour "
         "{athlete}. {link}"},
        {"years_ago", everyone, "en",
         "{years, plural, one {# year ago} other {# years ago}}: "
         "{medal, select, gold {gold} silver {silver} bronze {bronze} other {}} for {athlete}. "
         "{link}"},
        {"years_ago", everyone, "ja",
         "{years}年前の今日、"
         "{medal, select, gold {金メダル} silver {銀メダル} bronze {銅メダル} other {}}: "
         "{athlete}選手。{link}"},
        {"years_ago", everyone, "fr",
         "Il y a {years, plural, one {# an} other {# ans}}, médaille "
         "{medal, select, gold {d’or} silver {d’argent} bronze {de bronze} other {}} pour "
         "{athlete}. {link}"},
        {"months_ago", everyone, "en",
         "{months, plural, one {# month ago} other {# months ago}}: "
         "{medal, select, gold {gold} silver {silver} bronze {bronze} other {}} for {athlete}. "
         "{link}"},
        {"months_ago", everyone, "ja",
         "{months}か月前の今日、"
         "{medal, select, gold {金メダル} silver {銀メダル} bronze {銅メダル} other {}}: "
         "{athlete}選手。{link}"},
        {"months_ago", everyone, "fr",
         "Il y a {months} mois, médaille "
         "{medal, select, gold {d’or} silver {d’argent} bronze {de bronze} other {}} pour "
         "{athlete}. {link}"},
    };
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
    for (auto* const make : {rank_templates, correction_templates, ago_templates}) {
        for (Template& text : make())
            catalogue.templates.push_back(std::move(text));
    }
    return catalogue;
}

}  // namespace altis::messages
