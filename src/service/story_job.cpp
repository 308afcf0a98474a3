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

// Medals of an edition that come back on this day, in order of unit and rank.
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

}  // namespace

StoryRound::StoryRound(const World& world, Time now) : today_(messages::civil_day(now)) {
    noon_ = civil_date(today_.year, today_.month, today_.day) + seconds(43'200);
    for (const auto& [id, campaign] : world.campaigns.campaigns())
        if (!campaign.audience.empty()) campaigns_.push_back(id);
}

void StoryRound::begin_campaign(const World& world) {
    has_begun_ = true;
    audience_ = {};
    const market::Campaign* campaign = world.campaigns.campaign(campaigns_[campaign_]);
    if (campaign == nullptr) return;
    const auto* segment = world.fans.segment(campaign->audience);
    audience_.moments = moments_of(world, campaign->edition, today_);
    if (segment == nullptr || audience_.moments.empty()) return;
    for (const Moment& moment : audience_.moments)
        audience_.offers.push_back({&moment, *messages::ago(moment.day, today_), Tie::kNone});
    audience_.readers.resize(audience_.moments.size());
    audience_.members = segment->members->members();
}

void StoryRound::look_at(const World& world, fans::FanId fan) {
    const Ties ties(world.fans, fan);
    bool is_tied = false;
    for (Offer& offer : audience_.offers) {
        offer.tie = ties.to(*offer.moment);
        is_tied |= offer.tie != Tie::kNone;
    }
    if (!is_tied) return;
    const auto next = messages::next_story(audience_.offers, pressure_on(world, fan, noon_));
    if (next) audience_.readers[*next].push_back(fan);
}

std::vector<ChosenStory> StoryRound::step(const World& world, std::size_t count) {
    if (!has_begun_) begin_campaign(world);
    for (; count > 0 && audience_.next < audience_.members.size(); --count) {
        const fans::FanId fan = world.fans.fan_of(audience_.members[audience_.next++]);
        if (fan != kNoSubject) look_at(world, fan);
    }
    if (audience_.next < audience_.members.size()) return {};
    auto chosen = stories(world);
    ++campaign_;
    has_begun_ = false;
    return chosen;
}

std::vector<ChosenStory> StoryRound::stories(const World& world) {
    std::vector<ChosenStory> chosen;
    const market::Campaign* campaign = world.campaigns.campaign(campaigns_[campaign_]);
    if (campaign == nullptr) return chosen;
    for (std::size_t i = 0; i < audience_.readers.size(); ++i) {
        const Moment& moment = audience_.moments[i];
        if (audience_.readers[i].empty()) continue;
        for (const auto& line : world.results.facts({moment.edition, moment.unit})) {
            if (line.competitor != moment.competitor || !can_be_told(line)) continue;
            messages::Plan plan;
            plan.kind = messages::Kind::kStory;
            plan.trigger = trigger_of(moment, today_);
            plan.unit = moment.unit;
            plan.competitor = moment.competitor;
            plan.cohort = campaign->audience;
            plan.edition = moment.edition;
            plan.campaign = campaigns_[campaign_];
            plan.fact = line.fact_id;
            plan.version = line.version;
            chosen.push_back({std::move(plan),
                              story_of(world, line, campaign->link, audience_.offers[i].ago),
                              std::move(audience_.readers[i])});
            break;
        }
    }
    return chosen;
}

bool may_be_told_story(const World& world, fans::FanId fan, Time now) {
    return messages::has_room_for_story(pressure_on(world, fan, now));
}

}  // namespace altis::service
