#include "messages/next_story.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace altis::messages {
namespace {

// Sports by what people come for; codes of ODF.
constexpr std::array kJudged = {"FSK", "GAR", "GRY", "GTR", "DIV", "SWA",
                                "FRS", "SBD", "SJP", "BRK", "SKB", "SRF"};
constexpr std::array kMeasured = {"ATH", "SWM", "SSK", "CTR", "CRD", "ROW", "CCS", "ALP", "BTH",
                                  "LUG", "SKN", "BOB", "WLF", "TRI", "OWS", "CSP", "STK", "NCB"};
constexpr std::array kDuels = {"BOX", "JUD", "FEN", "TKW", "WRE", "TEN", "TTE", "BDM", "ARC"};
constexpr std::array kTeams = {"VVO", "VBV", "BKB", "BK3", "FBL", "HBL",
                               "HOC", "IHO", "WPO", "RUG", "CUR"};

template <std::size_t kSize>
bool both_in(const std::array<const char*, kSize>& list, std::string_view one,
             std::string_view other) {
    const auto is_in = [&list](std::string_view sport) {
        return std::ranges::any_of(list, [&](const char* known) { return known == sport; });
    };
    return is_in(one) && is_in(other);
}

// How much an offer says to the person, 0 to 100.
int worth(const Offer& offer) {
    int worth = 0;
    if (offer.tie == Tie::kAthlete) worth = 90;
    if (offer.tie == Tie::kSport) worth = 60;
    if (offer.tie == Tie::kSameMotive) worth = 40;
    if (worth == 0) return 0;
    if (offer.moment->medal.empty()) {
        // Whoever follows the athlete was told when it happened.
        return offer.tie == Tie::kAthlete ? 0 : worth + 6;
    }
    if (offer.ago.months == 0) worth += 8;
    if (offer.moment->medal == "gold") worth += 2;
    return worth;
}

// What an offer must be worth.
int threshold(const Pressure& pressure) {
    if (pressure.is_month_silent) return 1;
    return pressure.days_since_story < 16 ? 90 : 60;
}

}  // namespace

CivilDay civil_day(Time time) {
    const std::string text = format_rfc3339(time);
    const auto number = [&text](std::size_t at, std::size_t size) {
        return std::atoi(text.substr(at, size).c_str());
    };
    return {number(0, 4), number(5, 2), number(8, 2)};
}

std::optional<Ago> ago(const CivilDay& then, const CivilDay& today) {
    if (then.day != today.day || today <= then) return std::nullopt;
    const int months = (today.year - then.year) * 12 + today.month - then.month;
    return Ago{months / 12, months % 12};
}

bool is_news(const CivilDay& then, const CivilDay& today) {
    const Duration age = civil_date(today.year, today.month, today.day) -
                         civil_date(then.year, then.month, then.day);
    return age >= days(1) && age <= days(kNewsDays);
}

bool share_motive(std::string_view sport, std::string_view other) {
    return both_in(kJudged, sport, other) || both_in(kMeasured, sport, other) ||
           both_in(kDuels, sport, other) || both_in(kTeams, sport, other);
}

bool has_room_for_story(const Pressure& pressure) {
    return pressure.days_since_story >= kDaysBetweenStories &&
           pressure.days_since_message >= kDaysAfterMessages &&
           pressure.stories_in_thirty_days < kStoriesPerMonth;
}

std::optional<std::size_t> next_story(std::span<const Offer> offers, const Pressure& pressure) {
    if (!has_room_for_story(pressure)) return std::nullopt;
    std::optional<std::size_t> best;
    int best_worth = threshold(pressure) - 1;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const int value = worth(offers[i]);
        if (value <= best_worth) continue;
        best = i;
        best_worth = value;
    }
    return best;
}

}  // namespace altis::messages
