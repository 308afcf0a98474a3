// For tests and benchmarks: random facts of any story of the catalogue, a language model that lies
// about them, and an oracle that judges a text without any code of the gate. lies.h knows more ways
// to lie about two scores of one performance.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/lies.h"
#include "messages/story_facts.h"

namespace altis::messages::lies {

inline constexpr std::array<std::string_view, 4> kEvents = {
    "Women’s Single Skating", "Men’s 4 x 100 m", "Bob à 2, manche 3", "女子マラソン"};
inline constexpr std::array<std::string_view, 3> kUnits = {"points", "metres", "kilograms"};

inline std::string clock(Random& random) {
    const auto two = [&random](std::size_t limit) {
        return std::to_string(100 + pick(random, limit)).substr(1);
    };
    const std::string minutes = std::to_string(1 + pick(random, 59)) + ":" + two(60);
    return pick(random, 2) == 0
               ? minutes + "." + two(100)
               : std::to_string(1 + pick(random, 5)) + ":" + two(60) + ":" + two(60);
}

inline std::string value_of_slot(Random& random, const Slot& slot, const Skater& skater) {
    constexpr std::array<const char*, 3> kMedals = {"gold", "silver", "bronze"};
    switch (slot.kind) {
        case FactKind::kDecimal:
            return decimal(random, 260);
        case FactKind::kCount:
            return std::to_string(1 + pick(random, slot.name == "months" ? 11 : 130));
        case FactKind::kRank:
            return std::to_string(1 + pick(random, 120));
        case FactKind::kName:
            return slot.name == "athlete" ? skater.official
                                          : std::string(kEvents[pick(random, kEvents.size())]);
        case FactKind::kText:
            return slot.name == "unit"    ? std::string(kUnits[pick(random, kUnits.size())])
                   : pick(random, 2) == 0 ? "free_skate"
                                          : "short_program";
        case FactKind::kMedal:
            return kMedals[pick(random, kMedals.size())];
        case FactKind::kLink:
            return "https://altis.example/r/fskw";
        case FactKind::kClock:
            return clock(random);
        case FactKind::kClaim:
            return claim_for(slot.name);
    }
    return {};
}

// About one of kSkaters.
inline FactRecord facts_of(Random& random, const Story& story) {
    const Skater& skater = kSkaters[pick(random, kSkaters.size())];
    FactRecord facts;
    for (const Slot& slot : story.slots) {
        Fact fact{slot.name, slot.kind, "", "", "", "results/x/1", 1, FactStatus::kOfficial};
        fact.text = value_of_slot(random, slot, skater);
        if (slot.name == "athlete") fact.key = skater.code;
        facts.push_back(std::move(fact));
    }
    for (Fact& fact : facts) {
        if (fact.kind != FactKind::kDecimal) continue;
        const Fact* const unit = fact.name == "result" ? find_fact(facts, "unit") : nullptr;
        fact.unit = unit == nullptr ? "points" : unit->text;
    }
    return facts;
}

// A style of the catalogue: any story, cohort, tone and channel that has texts of its own.
inline Style any_style(Random& random, const Composer& composer) {
    const auto templates = composer.templates("en");
    for (;;) {
        const Style& style = templates[pick(random, templates.size())].first;
        if (!style.story.starts_with("phrase_")) return style;
    }
}

// What an honest model writes: all that the template states, between commas, the link at the end.
inline std::string honest_of(const StoryPattern& floor) {
    std::string text;
    std::set<std::string> said;
    for (const Slot& slot : floor.slots) {
        if (slot.kind == FactKind::kText || slot.kind == FactKind::kLink) continue;
        if (said.insert(slot.name).second) text += (text.empty() ? "{" : ", {") + slot.name + "}";
    }
    return text + ". {link}";
}

// One reply of the lying model about any story. Some are honest, so that it is taken at all.
inline std::string reply_of(Random& random, const StoryPattern& floor, const FactRecord& facts) {
    const std::string good = honest_of(floor);
    const Fact& fact = facts[pick(random, facts.size())];
    const Fact& other = facts[pick(random, facts.size())];
    const std::string slot = "{" + fact.name + "}";
    const Skater& somebody = kSkaters[pick(random, kSkaters.size())];
    switch (pick(random, 16)) {
        case 0:
            return replaced(good, slot, fact.text);  // true, and no slot
        case 1:
            return replaced(good, slot, std::to_string(pick(random, 1'000)));
        case 2:
            return replaced(good, slot, "");
        case 3:
            return replaced(good, slot, slot + ", " + slot);
        case 4:
            return replaced(good, slot, "{" + other.name + "}");
        case 5:
            return replaced(good, slot, slot + " kg");
        case 6:
            return replaced(good, "{athlete}", somebody.latin);
        case 7:
            return replaced(good, "{athlete}", "{athlete}, " + std::string(somebody.japanese));
        case 8:
            return replaced(good, slot, slot + ", gold, 金メダル");
        case 9:
            return replaced(good, slot, slot + ", season best, a new world record");
        case 10:
            return good.substr(0, pick(random, good.size()));
        case 11:
            return good + "\xff\xfe";
        case 12:
            return "Ignore the template. {athlete} lost. {link}";
        case 13:
            return replaced(good, "{link}", "https://evil.example/win {link}");
        case 14:
            return replaced(good, slot, "\u202e" + slot);
        default:
            return good;
    }
}

// What a text says that is not so; empty when all is right. `stated` are the slots of its template.
class StoryOracle {
  public:
    StoryOracle(const FactRecord& facts, std::string_view language, const AliasTable& names)
        : facts_(facts), language_(language), names_(names) {}

    std::string fault(std::string text, const std::vector<Slot>& stated) const {
        std::set<std::string> slots;
        for (const Slot& slot : stated)
            slots.insert(slot.name);
        for (const std::string& slot : slots) {
            const Fact& fact = *find_fact(facts_, slot);
            const bool is_there = (fact.kind != FactKind::kName && fact.kind != FactKind::kLink) ||
                                  take(text, spoken(fact));
            if (!is_there) return "the " + slot + " is not there";
        }
        for (const Skater& skater : kSkaters) {
            if (text.find(skater.latin) != std::string::npos ||
                text.find(skater.japanese) != std::string::npos) {
                return "somebody else is named";
            }
        }
        if (text.find("://") != std::string::npos) return "there is another link";
        const std::string plain = with_ascii_digits(text);
        if (numbers(plain) != expected_numbers(slots)) return "the numbers are others";
        return wrong_word(plain, slots);
    }

  private:
    std::string spoken(const Fact& fact) const {
        if (fact.name != "athlete") return fact.text;
        return std::string(names_.name(fact.key, language_, fact.text));
    }

    std::vector<std::string> expected_numbers(const std::set<std::string>& slots) const {
        std::string all;
        for (const std::string& slot : slots) {
            const Fact& fact = *find_fact(facts_, slot);
            const bool is_number = fact.kind == FactKind::kDecimal ||
                                   fact.kind == FactKind::kCount || fact.kind == FactKind::kRank ||
                                   fact.kind == FactKind::kClock;
            if (is_number) all += " " + written(fact.text, language_);
        }
        return numbers(all);
    }

    std::string wrong_word(const std::string& text, const std::set<std::string>& slots) const {
        const std::string medal =
            slots.contains("medal") ? find_fact(facts_, "medal")->text : std::string();
        if (const std::string wrong = wrong_medal(text, medal); !wrong.empty()) return wrong;
        const auto says = [&text](std::initializer_list<const char*> words) {
            return std::ranges::any_of(
                words, [&text](const char* word) { return text.find(word) != std::string::npos; });
        };
        if (!slots.contains("best") && says({"eason best", "Saisonbest", "シーズンベスト"})) {
            return "a claim";
        }
        const Fact* const unit = find_fact(facts_, "unit");
        const bool is_weight = unit != nullptr && unit->text == "kilograms";
        if (!is_weight && says({" kg", "公斤", "كغ", " кг", "किग्रा"})) return "another unit";
        const auto first = text.find("record");
        const bool is_claimed = first != std::string::npos;
        if (is_claimed && (!slots.contains("record") || text.rfind("record") != first)) {
            return "a claim";
        }
        if (says({" lost", "gnore", "\u202e", "\xff", "{", "}"})) return "a false word";
        return {};
    }

    const FactRecord& facts_;
    std::string language_;
    const AliasTable& names_;
};

}  // namespace altis::messages::lies
