#include "service/decision_letter.h"

namespace altis::service {
namespace {

using codec::Json;
using messages::Reason;

constexpr std::string_view kResults = "results/";

// What the fan's own wish says about it now; kSend where it says nothing.
Reason wished(const messages::Preferences& preferences, std::string_view trigger, Time now) {
    if (!trigger.starts_with(kResults)) return Reason::kSend;
    const auto* wish = preferences.wish_about(trigger.substr(kResults.size()));
    if (wish == nullptr) return Reason::kSend;
    if (wish->state == messages::SpoilerState::kNoResults) return Reason::kNoResults;
    const bool is_delayed = wish->state == messages::SpoilerState::kDelayed && now < wish->until;
    return is_delayed ? Reason::kShielded : Reason::kSend;
}

}  // namespace

Json decision_letter(const World& world, std::string_view trigger, fans::FanId fan, Time now) {
    const auto subjects = world.fans.subjects(fan);
    const Reason own = wished(world.preferences.of(subjects), trigger, now);
    if (own == Reason::kSend) return world.messages.letter(trigger, subjects);
    return Json::object({{"trigger", trigger},
                         {"reason", messages::to_string(own)},
                         {"words", messages::in_words(own)},
                         {"held", messages::is_held(own)},
                         {"messages", Json::array()}});
}

}  // namespace altis::service
