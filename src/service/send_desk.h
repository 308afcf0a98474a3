// Asks the rule of sending about fans: gathers from the books what it wants to know about one.
#pragma once

#include <string_view>
#include <vector>

#include "language/zones.h"
#include "messages/decision.h"
#include "messages/messages_book.h"
#include "service/world.h"

namespace altis::service {

// Not thread-safe; one per thread. Reads the books and changes nothing.
class SendDesk {
  public:
    // What a plan says, for the rule.
    static messages::Matter matter_of(const messages::MessagesBook& book,
                                      const messages::Plan& plan);

    // Whether the fan, who must be there, gets the plan's message now. `is_relevant` is whether the
    // plan is meant for the fan.
    messages::Ruling ask(const World& world, const messages::Plan& plan,
                         const messages::Matter& matter, fans::FanId fan, bool is_relevant,
                         Time now);

  private:
    // The wall clock of a person of whom no zone is known shows UTC, and is never quiet: what time
    // it is where they are, nobody knows.
    struct WallClock {
        Time day_began;
        std::optional<Time> quiet_until;
    };
    WallClock clock_of(const World& world, fans::FanId fan,
                       const messages::Preferences& preferences, Time now);

    language::Zones zones_;
    std::vector<SubjectId> subjects_;  // scratch
};

// "<edition>/<unit>", what spoiler wishes are about.
std::string event_of(const messages::Plan& plan);

}  // namespace altis::service
