#include "messages/plan.h"

#include <algorithm>

namespace altis::messages {
namespace {

using codec::Json;

bool is_identifier(std::string_view text) {
    constexpr std::string_view kSigns = "-_./:+";
    return !text.empty() && text.size() <= kMaxPlanIdBytes &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      kSigns.find(c) != std::string_view::npos;
           });
}

// [[begin, end, "slot"], ...]
Json readings_list(const std::vector<Reading>& readings) {
    Json list = Json::array();
    for (const Reading& reading : readings) {
        Json place = Json::array();
        place.push(reading.begin);
        place.push(reading.end);
        place.push(reading.fact);
        list.push(std::move(place));
    }
    return list;
}

// {"en": [[begin, end, "slot"], ...]}
Json readings_json(const Plan& plan) {
    Json languages = Json::object();
    for (const auto& [language, readings] : plan.readings)
        languages.set(language, readings_list(readings));
    return languages;
}

// {"en": {"text": ..., "readings": [...]}}
Json titles_json(const Plan& plan) {
    Json languages = Json::object();
    for (const auto& [language, title] : plan.titles) {
        languages.set(language, Json::object({{"text", title.text},
                                              {"readings", readings_list(title.readings)}}));
    }
    return languages;
}

std::vector<Reading> readings_from(const Json& list) {
    std::vector<Reading> readings;
    for (const Json& place : list.items()) {
        const auto& parts = place.items();
        if (parts.size() != 3) continue;
        readings.push_back({static_cast<std::size_t>(parts[0].as_int()),
                            static_cast<std::size_t>(parts[1].as_int()),
                            std::string(parts[2].as_string())});
    }
    return readings;
}

Json proof_by(const std::vector<Reading>& readings, const FactRecord& facts) {
    Json proof = Json::array();
    for (const Reading& reading : readings) {
        const Fact* const fact = find_fact(facts, reading.fact);
        if (fact == nullptr) continue;
        Json place = Json::object({{"begin", reading.begin},
                                   {"end", reading.end},
                                   {"slot", reading.fact},
                                   {"record", fact->source},
                                   {"version", fact->version}});
        if (!fact->hash.empty()) place.set("hash", fact->hash);
        proof.push(std::move(place));
    }
    return proof;
}

bool is_title(const ProvedText& title) {
    return !title.text.empty() && title.text.size() <= kMaxTitleBytes &&
           title.text.find('\n') == std::string::npos;
}

}  // namespace

std::string story_id(const Plan& plan) {
    return plan.trigger + "#" + plan.competitor + "#" + plan.cohort + "#";
}

std::string plan_id(const Plan& plan) {
    std::string id = story_id(plan) + std::to_string(plan.version);
    if (plan.kind != Kind::kResult) id.append("/").append(to_string(plan.kind));
    return id;
}

Result<void> check_plan(const Plan& plan) {
    for (const std::string* text :
         {&plan.trigger, &plan.unit, &plan.competitor, &plan.cohort, &plan.edition, &plan.fact}) {
        if (is_identifier(*text)) continue;
        return fail(Code::kInvalid, "messages.plan_invalid",
                    "a plan needs trigger, unit, competitor, cohort, edition and fact, each of "
                    "letters, digits and -_./:+, at most 160 bytes");
    }
    if (!plan.campaign.empty() && !is_identifier(plan.campaign)) {
        return fail(Code::kInvalid, "messages.plan_invalid",
                    "the plan's campaign is no identifier");
    }
    const bool has_titles = std::ranges::all_of(plan.titles, [&](const auto& title) {
        return is_title(title.second) && plan.texts.contains(title.first);
    });
    if (!has_titles) {
        return fail(Code::kInvalid, "messages.plan_invalid",
                    "a plan's title stands in one line of 1 to 200 bytes beside a text");
    }
    const bool has_texts =
        !plan.texts.empty() && plan.texts.contains(std::string(kFallbackLanguage));
    const bool is_empty = std::any_of(plan.texts.begin(), plan.texts.end(),
                                      [](const auto& text) { return text.second.empty(); });
    if (has_texts && !is_empty) return check_facts(plan.facts);
    return fail(Code::kInvalid, "messages.plan_invalid",
                "a plan needs a text in English and no empty text");
}

Json proof_of(const Plan& plan, std::string_view language) {
    const auto readings = plan.readings.find(std::string(language));
    return readings == plan.readings.end() ? Json::array() : proof_by(readings->second, plan.facts);
}

Json title_proof_of(const Plan& plan, std::string_view language) {
    const auto title = plan.titles.find(std::string(language));
    return title == plan.titles.end() ? Json::array()
                                      : proof_by(title->second.readings, plan.facts);
}

std::string_view title_of(const Plan& plan, std::string_view language) {
    const auto title = plan.titles.find(std::string(language));
    return title == plan.titles.end() ? std::string_view() : std::string_view(title->second.text);
}

Json to_json(const Plan& plan) {
    Json texts = Json::object();
    for (const auto& [language, text] : plan.texts)
        texts.set(language, text);
    Json facts = Json::array();
    for (const Fact& fact : plan.facts)
        facts.push(to_json(fact));
    Json json = Json::object({{"trigger", plan.trigger},
                              {"unit", plan.unit},
                              {"competitor", plan.competitor},
                              {"cohort", plan.cohort},
                              {"edition", plan.edition},
                              {"campaign", plan.campaign},
                              {"fact", plan.fact},
                              {"version", plan.version},
                              {"texts", std::move(texts)},
                              {"facts", std::move(facts)}});
    if (plan.kind != Kind::kResult) json.set("kind", to_string(plan.kind));
    if (plan.embargo != Time{}) json.set("embargo", plan.embargo.us);
    if (!plan.readings.empty()) json.set("readings", readings_json(plan));
    if (!plan.titles.empty()) json.set("titles", titles_json(plan));
    return json;
}

Result<Plan> plan_from_json(const Json& json) {
    const auto text = [&](std::string_view key) { return std::string(json[key].as_string()); };
    Plan plan{text("trigger"),
              text("unit"),
              text("competitor"),
              text("cohort"),
              text("edition"),
              text("campaign"),
              text("fact"),
              json["version"].as_int(),
              {},
              {},
              parse_kind(json["kind"].as_string()).value_or(Kind::kResult),
              Time{json["embargo"].as_int()},
              {},
              {}};
    for (const auto& [language, told] : json["texts"].members()) {
        plan.texts.emplace(language, told.as_string());
    }
    for (const auto& [language, list] : json["readings"].members())
        plan.readings.emplace(language, readings_from(list));
    for (const auto& [language, title] : json["titles"].members()) {
        plan.titles.emplace(language, ProvedText{std::string(title["text"].as_string()),
                                                 readings_from(title["readings"])});
    }
    for (const Json& item : json["facts"].items()) {
        TRY(auto fact, fact_from_json(item));
        plan.facts.push_back(std::move(fact));
    }
    return plan;
}

}  // namespace altis::messages
