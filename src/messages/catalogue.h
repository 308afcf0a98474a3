// The catalogue of reviewed templates: the words around the facts, per story, cohort and language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/fact.h"

namespace altis::messages {

// The cohort of everybody who is in no other one.
constexpr std::string_view kEveryone = "everyone";

// A place that a fact of the same name fills.
struct Slot {
    std::string name;
    FactKind kind;
};

// A kind of event to tell, and the slots that its templates may use.
struct Story {
    std::string id;  // "skate_medal", "skate_rank"
    std::vector<Slot> slots;
};

// One reviewed text, an ICU 72 MessageFormat pattern. Decimals, names and links stand as {slot};
// ranks and counts as {slot} or in plural or selectordinal; texts and medals in select, whose
// branches hold words only. Digits belong to facts, never to the words. Apostrophes are
// typographic.
struct Template {
    std::string story;
    std::string cohort;
    std::string language;
    std::string pattern;
    std::string name() const { return story + "/" + cohort + "/" + language; }
};

struct Catalogue {
    std::vector<std::string> languages;  // every (story, cohort) must have all of them
    std::vector<Story> stories;
    std::vector<Template> templates;
};

// Figure skating, segments of an event with a total: stories "skate_medal" (the final segment, for
// medallists) and "skate_rank", for cohorts "performance-motivation" and "everyone", in en, ja, fr.
Catalogue standard_catalogue();

}  // namespace altis::messages
