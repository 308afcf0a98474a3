// No silence between Games: which story of the archive a person is told today, if any. Pure.
//
// A medal of the archive comes back on its day of the month: "three months ago", "two years ago",
// "two years and three months ago". Whoever has been told nothing in this month takes least to be
// told something; whoever was told something lately is left alone. Who has just qualified is news
// for those who like the sport and do not follow the athlete.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace altis::messages {

// The pressure budget of one person.
constexpr int kStoriesPerMonth = 2;     // in any thirty days, at most
constexpr int kDaysBetweenStories = 7;  // at least
constexpr int kDaysAfterMessages = 3;   // after any message, at least

struct CivilDay {
    int year = 0;
    int month = 0;  // 1 to 12
    int day = 0;    // 1 to 31
    friend auto operator<=>(const CivilDay&, const CivilDay&) = default;
};
CivilDay civil_day(Time time);  // in UTC

// A medal that was won, or a place in the next round.
struct Moment {
    std::string edition;
    std::string unit;
    std::string competitor;
    std::string sport;  // three letters
    std::string medal;  // "gold", "silver", "bronze"; empty for who qualified
    CivilDay day;       // when it was won, at the venue
};

// How long ago a moment was, when today is a day to tell it.
struct Ago {
    int years = 0;
    int months = 0;  // beside the years, 0 to 11; not both are 0
};
std::optional<Ago> ago(const CivilDay& then, const CivilDay& today);

// For so many days after it somebody's qualification is told: fewer than lie between two stories of
// one person.
constexpr int kNewsDays = 6;
// Whether a qualification of `then` is told today; on the day itself it is a result, no story.
bool is_news(const CivilDay& then, const CivilDay& today);

// What ties a person to a moment, the closest first.
enum class Tie : std::uint8_t { kAthlete, kSport, kSameMotive, kNone };

// Whether people come to two sports for the same: judged for beauty, measured, fought one against
// one, played in teams. Sports that stand in no list have no kin.
bool share_motive(std::string_view sport, std::string_view other);

// What the person was told lately; days are whole ones, kLongAgo when never.
constexpr int kLongAgo = 10'000;
struct Pressure {
    int days_since_story = kLongAgo;
    int days_since_message = kLongAgo;
    int stories_in_thirty_days = 0;
    bool is_month_silent = true;  // no story in this month of the calendar
};

// Whether the budget leaves room for any story.
bool has_room_for_story(const Pressure& pressure);

// A moment of today and the person's tie to it.
struct Offer {
    const Moment* moment = nullptr;
    Ago ago;  // of a medal
    Tie tie = Tie::kNone;
};

// Place of the best offer that is worth telling under this pressure; nothing when none is. Of equal
// ones the earlier place.
std::optional<std::size_t> next_story(std::span<const Offer> offers, const Pressure& pressure);

}  // namespace altis::messages
