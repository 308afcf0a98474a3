// What there is to tell about a line of a result: the facts, and the story of the catalogue that
// tells them. Reads the books and changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "messages/fact.h"
#include "messages/plan.h"
#include "service/world.h"

namespace altis::service {

// A story's facts and its name in the catalogue (messages/catalogue.h).
struct ToldStory {
    messages::FactRecord facts;
    std::string_view story;
};

// Official, ranked, with a name and without a mark such as DNF.
bool can_be_told(const results::FactLine& line);

// Of every sport the medal or the rank, and the world or Olympic record that it is; of figure
// skating the scores as well.
ToldStory result_story(const World& world, const results::FactLine& line, std::string_view link);

// That a result which was told no longer stands.
ToldStory withdrawn_story(const World& world, const results::FactLine& line, std::string_view link);

// The same of a competitor whom the current version has no line of: by the names that were told.
ToldStory missing_story(const World& world, const messages::Plan& told);

// That a unit is decided: nothing of its outcome, not even its version.
ToldStory decided_story(const World& world, const results::UnitKey& unit, std::string_view link);

// What changed between what was told and what is true now: the new figure beside the old one where
// a score or rank changed, else the result anew.
ToldStory correction_story(const ToldStory& now, const messages::FactRecord& told);

}  // namespace altis::service
