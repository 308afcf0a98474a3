#include "service/send_desk.h"

#include <algorithm>

namespace altis::service {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

}  // namespace

std::string event_of(const messages::Plan& plan) {
    return plan.edition + "/" + plan.unit;
}

messages::Matter SendDesk::matter_of(const messages::MessagesBook& book,
                                     const messages::Plan& plan) {
    messages::Matter matter;
    matter.kind = plan.kind;
    matter.is_official = std::ranges::none_of(plan.facts, [](const messages::Fact& fact) {
        return fact.status == messages::FactStatus::kProvisional;
    });
    matter.embargo = plan.embargo;
    matter.planned = book.planned(messages::plan_id(plan));
    return matter;
}

SendDesk::WallClock SendDesk::clock_of(const World& world, fans::FanId fan,
                                       const messages::Preferences& preferences, Time now) {
    const std::string_view name =
        preferences.zone.empty() ? world.fans.zone(fan) : std::string_view(preferences.zone);
    const auto zone = name.empty() ? std::nullopt : zones_.find(name);
    if (!zone) return {Time{now.us - now.us % kDayUs}, std::nullopt};
    WallClock clock{zones_.start_of_day(*zone, now), std::nullopt};
    if (preferences.is_quiet_at(zones_.minute_of_day(*zone, now))) {
        clock.quiet_until = zones_.next(*zone, preferences.quiet_until, now);
    }
    return clock;
}

messages::Ruling SendDesk::ask(const World& world, const messages::Plan& plan,
                               const messages::Matter& matter, fans::FanId fan, bool is_relevant,
                               Time now) {
    const auto subjects = world.fans.subjects(fan);
    messages::Person person;
    person.is_relevant = is_relevant;
    person.has_consent =
        world.rights.has_consent(subjects, rights::Purpose::kMessages, plan.edition);
    person.preferences = &world.preferences.of(subjects);
    if (person.has_consent) {
        const WallClock clock = clock_of(world, fan, *person.preferences, now);
        person.quiet_until = clock.quiet_until;
        for (const SubjectId subject : subjects) {
            const auto load = world.messages.load_since(subject, clock.day_began);
            person.told_today += load.messages;
            person.was_told_more_important |= load.most_important < messages::Kind::kStory;
            person.was_told |= world.messages.was_told(plan, subject);
        }
    }
    return messages::rule(matter, person, now);
}

}  // namespace altis::service
