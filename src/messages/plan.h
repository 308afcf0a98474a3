// A plan: what is to be told to one cohort about one competitor, in all languages.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "messages/decision.h"
#include "messages/fact.h"
#include "messages/reading.h"

namespace altis::messages {

constexpr std::size_t kMaxPlanIdBytes = 160;  // of one identifier of a plan
constexpr std::string_view kFallbackLanguage = "en";

// One text to be told to one cohort about one competitor. Several plans may belong to one trigger;
// each person gets at most one message of kind result per trigger, also when a later version is
// planned, and at most one of every other kind per version.
struct Plan {
    std::string trigger;     // what is told: "results/<edition>/<rsc>", whichever version of it
    std::string unit;        // 34-character RSC
    std::string competitor;  // competitor code
    std::string cohort;
    std::string edition;
    std::string campaign;  // may be empty
    std::string fact;      // id of the result record behind it, and its version
    std::int64_t version = 0;
    std::map<std::string, std::string> texts;  // by language, from Composer::compose
    FactRecord facts;                          // what the texts state
    Kind kind = Kind::kResult;
    Time embargo = {};                                          // told to nobody before
    std::map<std::string, std::vector<Reading>> readings = {};  // by language: the texts' proof
    // By language, from Composer::compose_titles; a language may have none.
    std::map<std::string, ProvedText> titles = {};
    friend bool operator==(const Plan&, const Plan&) = default;
};

// "<trigger>#<competitor>#<cohort>#<version>", and "/<kind>" where it is no result.
std::string plan_id(const Plan& plan);

// What the ids of all versions of a plan begin with.
std::string story_id(const Plan& plan);

// Fails with "messages.plan_invalid" or "messages.fact_invalid".
Result<void> check_plan(const Plan& plan);

// What the plan's text in a language states where, and by which record: objects of "begin", "end"
// (bytes), "slot", "record", "version" and, where the log of facts has the record, its "hash".
codec::Json proof_of(const Plan& plan, std::string_view language);
// The same of its title.
codec::Json title_proof_of(const Plan& plan, std::string_view language);

// The plan's title in a language; empty when there is none.
std::string_view title_of(const Plan& plan, std::string_view language);

codec::Json to_json(const Plan& plan);
// The inverse. Fails with "messages.fact_invalid".
Result<Plan> plan_from_json(const codec::Json& json);

}  // namespace altis::messages
