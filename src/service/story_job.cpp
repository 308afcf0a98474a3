#include "service/story_job.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

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

// Of the record of a story's athlete.
void add_fact(ToldStory& told, const char* slot, messages::FactKind kind, std::string text) {
    messages::Fact fact = told.facts.front();
    fact.name = slot;
    fact.kind = kind;
    fact.text = std::move(text);
    fact.key.clear();
    told.facts.push_back(std::move(fact));
}

// Of a medal's line: what result_story gives, and how long ago that was. Of any other: that the
// athlete qualified.
ToldStory story_of(const World& world, const results::FactLine& line, std::string_view link,
                   const Offer& offer) {
    ToldStory told = result_story(world, line, link);
    const std::string& medal = offer.moment->medal;
    std::erase_if(told.facts, [&medal](const messages::Fact& fact) {
        return fact.name != "athlete" && fact.name != "event" && fact.name != "link" &&
               (fact.name != "medal" || medal.empty());
    });
    if (medal.empty()) {
        add_fact(told, "mark", messages::FactKind::kClaim, "qualified");
        told.story = "qualified";
        return told;
    }
    const auto& [years, months] = offer.ago;
    if (years > 0) add_fact(told, "years", messages::FactKind::kCount, std::to_string(years));
    if (months > 0) add_fact(told, "months", messages::FactKind::kCount, std::to_string(months));
    told.story = months == 0 ? "anniversary" : years == 0 ? "months_ago" : "long_ago";
    return told;
}

// Marks of ODF for a place in the next round: by rank, or by result.
bool is_qualified(const results::FactLine& line) {
    return can_be_told(line) && (line.qualification == "Q" || line.qualification == "q");
}

// What there is to tell of an edition on a day: medals that come back on it, in order of unit and
// rank; then of each sport the best of its latest unit of the last days that sent somebody on.
class Moments {
  public:
    Moments(const World& world, std::string_view edition, const CivilDay& today)
        : world_(world), edition_(edition), today_(today) {}

    std::vector<Moment> all() {
        for (const results::UnitKey& unit : world_.results.units_of(edition_)) {
            const auto* known = world_.results.find_unit(unit);
            const auto* publication = world_.results.current(unit);
            if (known == nullptr || publication == nullptr) continue;
            if (publication->status != results::ResultStatus::kOfficial) continue;
            const auto day = day_in(publication->written);
            if (!day) continue;
            if (known->medals != results::MedalUnit::kNone) {
                if (messages::ago(*day, today_)) add_medals(unit, *day);
            } else if (messages::is_news(*day, today_)) {
                add_qualified(unit, *day);
            }
        }
        for (auto& [sport, moment] : qualified_)
            moments_.push_back(std::move(moment));
        return std::move(moments_);
    }

  private:
    Moment moment(const results::FactLine& line, const CivilDay& day) const {
        return {line.edition, line.unit, line.competitor, line.unit.substr(0, 3), line.medal, day};
    }
    void add_medals(const results::UnitKey& unit, const CivilDay& day) {
        for (const auto& line : world_.results.facts(unit))
            if (!line.medal.empty() && !line.name.empty()) moments_.push_back(moment(line, day));
    }
    void add_qualified(const results::UnitKey& unit, const CivilDay& day) {
        const auto lines = world_.results.facts(unit);
        const auto best = std::ranges::find_if(lines, is_qualified);
        if (best == lines.end()) return;
        Moment& latest = qualified_[unit.rsc.substr(0, 3)];
        if (latest.day < day) latest = moment(*best, day);
    }

    const World& world_;
    std::string edition_;
    CivilDay today_;
    std::vector<Moment> moments_;
    std::map<std::string, Moment> qualified_;  // by sport
};

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
    audience_.moments = Moments(world, campaign->edition, today_).all();
    if (segment == nullptr || audience_.moments.empty()) return;
    for (const Moment& moment : audience_.moments) {
        const auto ago = messages::ago(moment.day, today_);
        audience_.offers.push_back({&moment, ago.value_or(messages::Ago()), Tie::kNone});
    }
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
                              story_of(world, line, campaign->link, audience_.offers[i]),
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
