// For tests: facts for any story of the catalogue.
#pragma once

#include <string>
#include <string_view>

#include "messages/catalogue.h"
#include "messages/skaters.h"

namespace altis::messages {

// A claim that the slot's templates have words for.
inline std::string claim_for(std::string_view slot) {
    if (slot == "mark") return "qualified";
    return slot == "record" ? "world_record_pending" : "season_best";
}

// Facts for any slot of any story; whole numbers and decimals as given.
inline FactRecord facts_for(const Story& story, const std::string& whole,
                            const std::string& decimal) {
    FactRecord facts;
    for (const Slot& slot : story.slots) {
        Fact fact{slot.name, slot.kind, "", "", "", "results/x/1", 1, FactStatus::kOfficial};
        switch (slot.kind) {
            case FactKind::kDecimal:
                fact.text = decimal;
                fact.unit = "points";
                break;
            case FactKind::kCount:
            case FactKind::kRank:
                fact.text = whole;
                break;
            case FactKind::kName:
                fact.text = slot.name == "athlete" ? "SAKAMOTO Kaori" : "Women’s 4 x 100 m";
                fact.key = slot.name == "athlete" ? kSakamoto : "";
                break;
            case FactKind::kText:
                fact.text = slot.name == "unit" ? "points" : "free_skate";
                break;
            case FactKind::kMedal:
                fact.text = "silver";
                break;
            case FactKind::kLink:
                fact.text = "https://altis.example/r/1?x=2";
                break;
            case FactKind::kClock:
                fact.text = "9:58.30";
                break;
            case FactKind::kClaim:
                fact.text = claim_for(slot.name);
                break;
        }
        facts.push_back(fact);
    }
    return facts;
}

}  // namespace altis::messages
