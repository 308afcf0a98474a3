#include "service/story_job.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace altis::service {
namespace {

using messages::CivilDay;
using messages::Moment;
using messages::Offer;
using messages::Tie;

constexpr std::string_view kStories = "stories/";
constexpr Duration kDay = days(1);

// "2026-02-19" at the beginning of a text; nothing when there is none.
std::optional<CivilDay> day_in(std::string_view text) {
    const auto time = parse_rfc3339(text.substr(0, 10));
    if (!time) return std::nullopt;
    return messages::civil_day(*time);
}

std::string day_text(const CivilDay& day) {
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
    return text;
}

std::string trigger_of(const Moment& moment, const CivilDay& today) {
    return std::string(kStories) + moment.edition + "/" + moment.unit + "/" + day_text(today);
}

// Sports that the fan follows or watched, of those that the moments are about or akin to.
class Ties {
  public:
    Ties(const fans::FansBook& fans, fans::FanId fan) : fans_(fans), fan_(fan) {}

    Tie to(const Moment& moment) const {
        if (fans_.followers(moment.competitor).contains(fan_)) return Tie::kAthlete;
        if (likes(moment.sport)) return Tie::kSport;
        const bool is_akin = std::ranges::any_of(sports(), [&](std::string_view sport) {
            return messages::share_motive(sport, moment.sport);
        });
        return is_akin ? Tie::kSameMotive : Tie::kNone;
    }

  private:
    bool likes(std::string_view sport) const {
        return fans_.value(fan_, {fans::Measure::kFollowsSport, sport, {}}) != 0 ||
               fans_.value(fan_, {fans::Measure::kWatched, sport, {}}) > 0;
    }
    // Listed when they are needed first: most fans are tied by what they follow.
    const std::vector<std::string_view>& sports() const {
        if (!is_listed_) sports_ = fans_.sports(fan_);
        is_listed_ = true;
        return sports_;
    }

    const fans::FansBook& fans_;
    fans::FanId fan_;
    mutable std::vector<std::string_view> sports_;
    mutable bool is_listed_ = false;
};

messages::Pressure pressure_on(const World& world, fans::FanId fan, Time now) {
    messages::Pressure pressure;
    const auto whole_days = [now](Time then) {
        return static_cast<int>((now - then).us / kDay.us);
    };
    for (const SubjectId subject : world.fans.subjects(fan)) {
        const auto load = world.messages.load_since(subject, now - days(30));
        pressure.stories_in_thirty_days += static_cast<int>(load.stories);
        if (load.messages == 0) continue;
        pressure.days_since_message = std::min(pressure.days_since_message, whole_days(load.last));
        if (load.stories == 0) continue;
        pressure.days_since_story =
            std::min(pressure.days_since_story, whole_days(load.last_story));
        const CivilDay told = messages::civil_day(load.last_story);
        const CivilDay today = messages::civil_day(now);
        if (told.year == today.year && told.month == today.month) pressure.is_month_silent = false;
    }
    return pressure;
}

// Of a medal's line: what result_story gives, and how long ago that was.
ToldStory story_of(const World& world, const results::FactLine& line, std::string_view link,
                   const messages::Ago& ago) {
    ToldStory told = result_story(world, line, link);
    std::erase_if(told.facts, [](const messages::Fact& fact) {
        return fact.name != "athlete" && fact.name != "event" && fact.name != "medal" &&
               fact.name != "link";
    });
    const auto add = [&](const char* slot, int count) {
        messages::Fact fact = told.facts.front();
        fact.name = slot;
        fact.kind = messages::FactKind::kCount;
        fact.text = std::to_string(count);
        fact.key.clear();
        told.facts.push_back(std::move(fact));
    };
    if (ago.years > 0) add("years", ago.years);
    if (ago.months > 0) add("months", ago.months);
    told.story = ago.months == 0 ? "anniversary" : ago.years == 0 ? "months_ago" : "long_ago";
    return told;
}

}  // namespace

std::vector<Moment> moments_of(const World& world, std::string_view edition,
                               const CivilDay& today) {
    std::vector<Moment> moments;
    for (const results::UnitKey& unit : world.results.units_of(edition)) {
        const auto* known = world.results.find_unit(unit);
        const auto* publication = world.results.current(unit);
        if (known == nullptr || known->medals == results::MedalUnit::kNone) continue;
        if (publication == nullptr || publication->status != results::ResultStatus::kOfficial) {
            continue;
        }
        const auto day = day_in(publication->written);
        if (!day || !messages::ago(*day, today)) continue;
        for (const auto& line : world.results.facts(unit)) {
            if (line.medal.empty() || line.name.empty()) continue;
            moments.push_back({std::string(edition), unit.rsc, line.competitor,
                               unit.rsc.substr(0, 3), line.medal, *day});
        }
    }
    return moments;
}

std::vector<SubjectId> story_readers(const World& world, const messages::Plan& plan) {
    std::vector<SubjectId> readers;
    const auto* segment = world.fans.segment(plan.cohort);
    const std::string_view trigger = plan.trigger;
    const auto today = day_in(trigger.substr(trigger.rfind('/') + 1));
    if (segment == nullptr || !today) return readers;
    const Time noon = civil_date(today->year, today->month, today->day) + seconds(43'200);
    const auto moments = moments_of(world, plan.edition, *today);
    std::vector<Offer> offers;
    for (const Moment& moment : moments)
        offers.push_back({&moment, *messages::ago(moment.day, *today), Tie::kNone});
    for (const SubjectId fan : segment->members->members()) {
        const Ties ties(world.fans, fan);
        bool is_tied = false;
        for (Offer& offer : offers) {
            offer.tie = ties.to(*offer.moment);
            is_tied |= offer.tie != Tie::kNone;
        }
        if (!is_tied) continue;
        const auto next = messages::next_story(offers, pressure_on(world, fan, noon));
        if (!next) continue;
        const Moment& chosen = *offers[*next].moment;
        if (chosen.unit == plan.unit && chosen.competitor == plan.competitor) {
            readers.push_back(fan);
        }
    }
    return readers;
}

void plan_stories(Turn& turn, Dispatcher& dispatcher) {
    const World& world = turn.world();
    const CivilDay today = messages::civil_day(turn.now());
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (campaign.audience.empty() || world.fans.segment(campaign.audience) == nullptr) continue;
        for (const Moment& moment : moments_of(world, campaign.edition, today)) {
            const results::UnitKey unit(moment.edition, moment.unit);
            messages::Plan plan;
            plan.kind = messages::Kind::kStory;
            plan.trigger = trigger_of(moment, today);
            plan.unit = moment.unit;
            plan.competitor = moment.competitor;
            plan.cohort = campaign.audience;
            plan.edition = moment.edition;
            plan.campaign = id;
            for (const auto& line : world.results.facts(unit)) {
                if (line.competitor != moment.competitor || !can_be_told(line)) continue;
                plan.fact = line.fact_id;
                plan.version = line.version;
                if (story_readers(world, plan).empty()) continue;
                dispatcher.plan_story(
                    turn, plan,
                    story_of(world, line, campaign.link, *messages::ago(moment.day, today)));
            }
        }
    }
}

}  // namespace altis::service
