// For tests: the official facts of the women's free skate of 19 February 2026.
#pragma once

#include <string>

#include "messages/aliases.h"
#include "messages/fact.h"

namespace altis::messages {

inline constexpr const char* kLiu = "1001";
inline constexpr const char* kSakamoto = "1002";
inline constexpr const char* kNakai = "1003";
inline constexpr const char* kFreeSkate = "FSKWSINGLES-----------FNL-000100--";

inline AliasTable skater_names() {
    AliasTable names;
    names.add(kLiu, "en", "Alysa Liu");
    names.add(kLiu, "ja", "アリサ・リュウ");
    names.add(kSakamoto, "en", "Kaori Sakamoto");
    names.add(kSakamoto, "ja", "坂本花織");
    names.add(kNakai, "en", "Ami Nakai");
    names.add(kNakai, "ja", "中井亜美");
    return names;
}

inline FactRecord free_skate(const std::string& code, const std::string& name,
                             const std::string& score, const std::string& total, int rank,
                             const std::string& medal) {
    const std::string source = std::string("results/") + kFreeSkate + "/2";
    const auto fact = [&](const char* slot, FactKind kind, const std::string& exact,
                          const char* unit) {
        return Fact{slot,
                    kind,
                    exact,
                    unit,
                    kind == FactKind::kName ? code : "",
                    source,
                    2,
                    FactStatus::kOfficial};
    };
    return {fact("athlete", FactKind::kName, name, ""),
            fact("score", FactKind::kDecimal, score, "points"),
            fact("total", FactKind::kDecimal, total, "points"),
            fact("phase", FactKind::kText, "free_skate", ""),
            fact("rank", FactKind::kRank, std::to_string(rank), ""),
            fact("medal", FactKind::kMedal, medal, ""),
            fact("link", FactKind::kLink, "https://altis.example/r/fskw", "")};
}

inline FactRecord liu() {
    return free_skate(kLiu, "LIU Alysa", "150.20", "226.79", 1, "gold");
}
inline FactRecord sakamoto() {
    return free_skate(kSakamoto, "SAKAMOTO Kaori", "147.67", "224.90", 2, "silver");
}
inline FactRecord nakai() {
    return free_skate(kNakai, "NAKAI Ami", "140.45", "219.16", 3, "bronze");
}

// The same facts with one text replaced.
inline FactRecord with(FactRecord facts, const std::string& name, const std::string& text) {
    for (Fact& fact : facts) {
        if (fact.name == name) fact.text = text;
    }
    return facts;
}

}  // namespace altis::messages
