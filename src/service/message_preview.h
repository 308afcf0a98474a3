// What a message would say, before anybody gets it: every language, with the facts marked in it,
// and what the gate says. Reads the books, sends nothing.
#pragma once

#include <string>

#include "messages/composer.h"
#include "service/world.h"

namespace altis::service {

constexpr std::size_t kMaxPatternBytes = 4'000;  // of a pattern that somebody tries

struct PreviewRequest {
    results::UnitKey unit;
    std::string competitor;
    messages::Style style;  // its story is chosen by the result
    std::string link;       // where the message leads; may be empty
    // Tried in place of the template of `language`; empty for none.
    std::string pattern;
    std::string language;
};

// {"story", "facts", "texts": [{"language", "passed", "pieces": [{"text", "fact"?}]}], "shielded"}.
// A text that is refused has "code" and "detail". The gate reads every text; whoever shielded
// themselves from the unit gets the texts of "shielded" instead, which are the same however it
// ended. Fails with "messages.unknown_result", "messages.fact_not_official",
// "messages.nothing_to_tell" (no name, no rank, or a mark such as DNF) and, for the pattern,
// "messages.pattern_too_long" or as messages::story_pattern does.
Result<codec::Json> preview_message(const World& world, const messages::Composer& composer,
                                    const PreviewRequest& request);

// What there is to choose from: {"languages", "stories": [{"id", "slots": [{"name", "kind"}],
// "styles": [{"cohort", "tone", "channel"}]}]}.
codec::Json message_styles(const messages::Composer& composer);

}  // namespace altis::service
