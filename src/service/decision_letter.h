// The decision letter: why a fan got a message about something, or why not.
#pragma once

#include <string_view>

#include "codec/json.h"
#include "service/world.h"

namespace altis::service {

// {"trigger", "reason", "words", "held", "messages"} for a fan that is there. Whoever asked not to
// learn how something ended gets the same letter however it ended, also from here: it is made of
// the fan's own wish alone.
codec::Json decision_letter(const World& world, std::string_view trigger, fans::FanId fan,
                            Time now);

}  // namespace altis::service
