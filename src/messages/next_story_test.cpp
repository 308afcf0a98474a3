#include "messages/next_story.h"

#include <array>
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "messages/decision.h"

namespace altis::messages {
namespace {

TEST(NextStory, MomentsComeBackOnTheirDay) {
    const CivilDay won{2024, 8, 4};
    EXPECT_FALSE(ago(won, {2024, 8, 4}));
    EXPECT_FALSE(ago(won, {2024, 8, 5}));
    EXPECT_FALSE(ago(won, {2023, 8, 4}));
    EXPECT_EQ(ago(won, {2024, 9, 4})->months, 1);
    EXPECT_EQ(ago(won, {2025, 8, 4})->years, 1);
    EXPECT_EQ(ago(won, {2025, 9, 4})->years, 1);
    EXPECT_EQ(ago(won, {2025, 9, 4})->months, 1);
    EXPECT_EQ(ago(won, {2026, 7, 4})->months, 11);
    EXPECT_EQ(ago(won, {2026, 8, 4})->years, 2);
    EXPECT_EQ(civil_day(*parse_rfc3339("2026-02-28T23:59:59Z")), (CivilDay{2026, 2, 28}));
}

TEST(NextStory, WhoWasToldLatelyIsLeftAlone) {
    const Moment gold{"og2024", "U", "1", "ATH", "gold", {2024, 8, 4}};
    const auto asked = [&](Tie tie, Pressure pressure) {
        const std::array offers = {Offer{&gold, {0, 3}, tie}};
        return next_story(offers, pressure).has_value();
    };
    EXPECT_TRUE(asked(Tie::kAthlete, {7, 3, 1, false}));
    EXPECT_FALSE(asked(Tie::kAthlete, {6, 6, 1, false}));
    EXPECT_FALSE(asked(Tie::kAthlete, {20, 2, 1, false}));
    EXPECT_FALSE(asked(Tie::kAthlete, {20, 20, kStoriesPerMonth, false}));
    EXPECT_FALSE(asked(Tie::kSport, {15, 15, 1, false}));
    EXPECT_TRUE(asked(Tie::kSport, {16, 16, 1, false}));
    EXPECT_FALSE(asked(Tie::kSameMotive, {22, 22, 1, false}));
    EXPECT_TRUE(asked(Tie::kSameMotive, {22, 22, 1, true}));
    EXPECT_FALSE(asked(Tie::kNone, {}));
}

TEST(NextStory, TheClosestTieWins) {
    const Moment bronze{"og2024", "U", "1", "ATH", "bronze", {2024, 8, 4}};
    const Moment gold{"og2024", "U", "2", "ATH", "gold", {2024, 8, 4}};
    const std::array offers = {Offer{&gold, {1, 0}, Tie::kSport},
                               Offer{&bronze, {0, 3}, Tie::kAthlete},
                               Offer{&gold, {1, 0}, Tie::kSport}};
    EXPECT_EQ(next_story(offers, {}), 1U);
    EXPECT_EQ(next_story(std::span(offers).first(1), {}), 0U);
}

TEST(NextStory, WhoQualifiedIsNewsForAWeekAndNotForFollowers) {
    const CivilDay then{2024, 2, 28};
    EXPECT_FALSE(is_news(then, {2024, 2, 28}));
    EXPECT_TRUE(is_news(then, {2024, 2, 29}));
    EXPECT_TRUE(is_news(then, {2024, 3, 5}));
    EXPECT_FALSE(is_news(then, {2024, 3, 6}));
    EXPECT_FALSE(is_news(then, {2024, 2, 27}));
    const Moment qualified{"og2024", "U", "1", "ATH", "", then};
    const Moment gold{"og2024", "V", "2", "ATH", "gold", then};
    const auto best = [&](Tie of_qualified, Tie of_gold) {
        const std::array offers = {Offer{&qualified, {}, of_qualified},
                                   Offer{&gold, {0, 3}, of_gold}};
        return next_story(offers, {});
    };
    EXPECT_EQ(best(Tie::kAthlete, Tie::kNone), std::nullopt);
    EXPECT_EQ(best(Tie::kSport, Tie::kNone), 0U);
    EXPECT_EQ(best(Tie::kSport, Tie::kSport), 0U);
    EXPECT_EQ(best(Tie::kSameMotive, Tie::kSport), 1U);
    EXPECT_EQ(best(Tie::kSport, Tie::kAthlete), 1U);
}

TEST(NextStory, KinSportsShareAMotive) {
    EXPECT_TRUE(share_motive("FSK", "GAR"));
    EXPECT_FALSE(share_motive("FSK", "ATH"));
    EXPECT_FALSE(share_motive("QQQ", "QQQ"));
}

// ---- a simulated year between Games -------------------------------------------------------------

constexpr std::array kSports = {"ATH", "SWM", "GAR", "JUD", "BKB", "FEN", "ROW",
                                "DIV", "HBL", "TTE", "CTR", "GRY", "TKW", "HOC",
                                "WLF", "SWA", "BOX", "VVO", "CSP", "BDM"};
constexpr int kFans = 200;

struct Fan {
    std::set<std::string> athletes;
    std::set<std::string> sports;
    std::set<std::string> editions;  // in which messages are consented to
    Preferences preferences;
    std::vector<int> stories;  // days on which one was told
    std::vector<int> messages;
};

// Finals over seventeen days, three medals each, as a Games has them.
std::vector<Moment> medals_of(const std::string& edition, CivilDay first, std::mt19937& dice) {
    std::vector<Moment> moments;
    const Time opening = civil_date(first.year, first.month, first.day);
    for (int final = 0; final < 300; ++final) {
        const std::string sport = kSports[static_cast<std::size_t>(final) % kSports.size()];
        const CivilDay day = civil_day(opening + days(static_cast<int>(dice() % 17)));
        for (const char* medal : {"gold", "silver", "bronze"}) {
            moments.push_back({edition, edition + "/" + sport + std::to_string(final),
                               sport + std::to_string(dice() % 60), sport, medal, day});
        }
    }
    return moments;
}

std::vector<Fan> make_fans(std::mt19937& dice) {
    std::vector<Fan> fans(kFans);
    for (Fan& fan : fans) {
        for (unsigned i = 0; i < 1 + dice() % 3; ++i) {
            const std::string sport = kSports[dice() % kSports.size()];
            fan.sports.insert(sport);
            if (dice() % 2 == 0) fan.athletes.insert(sport + std::to_string(dice() % 60));
        }
        if (dice() % 5 != 0) fan.editions.insert("og2024");
        if (dice() % 3 == 0) fan.editions.insert("owg2026");
    }
    return fans;
}

Tie tie_of(const Fan& fan, const Moment& moment) {
    if (fan.athletes.contains(moment.competitor)) return Tie::kAthlete;
    if (fan.sports.contains(moment.sport)) return Tie::kSport;
    for (const std::string& sport : fan.sports) {
        if (share_motive(sport, moment.sport)) return Tie::kSameMotive;
    }
    return Tie::kNone;
}

Pressure pressure_of(const Fan& fan, int today, bool is_month_silent) {
    Pressure pressure;
    if (!fan.stories.empty()) pressure.days_since_story = today - fan.stories.back();
    if (!fan.messages.empty()) pressure.days_since_message = today - fan.messages.back();
    for (const int day : fan.stories)
        pressure.stories_in_thirty_days += today - day < 30 ? 1 : 0;
    pressure.is_month_silent = is_month_silent;
    return pressure;
}

TEST(NextStory, AYearBetweenGamesIsNeitherSilentNorLoud) {
    std::mt19937 dice(11);
    const std::map<std::string, std::vector<Moment>> archive = {
        {"og2024", medals_of("og2024", {2024, 7, 27}, dice)},
        {"owg2026", medals_of("owg2026", {2026, 2, 6}, dice)}};
    auto fans = make_fans(dice);
    const Time begin = civil_date(2026, 3, 1);
    std::vector<std::set<int>> months(fans.size());  // with a touch, of each fan
    int touches = 0;
    int outside_scope = 0;
    int irrelevant = 0;
    int over_budget = 0;
    for (int day = 0; day < 365; ++day) {
        const CivilDay today = civil_day(begin + days(day));
        for (const auto& [edition, moments] : archive) {
            std::vector<Offer> todays;
            for (const Moment& moment : moments) {
                if (const auto since = ago(moment.day, today)) {
                    todays.push_back({&moment, *since, Tie::kNone});
                }
            }
            if (todays.empty()) continue;
            for (std::size_t i = 0; i < fans.size(); ++i) {
                Fan& fan = fans[i];
                if (!fan.stories.empty() && day - fan.stories.back() < kDaysBetweenStories)
                    continue;
                const bool is_silent = !months[i].contains(today.year * 12 + today.month);
                const Pressure pressure = pressure_of(fan, day, is_silent);
                for (Offer& offer : todays)
                    offer.tie = tie_of(fan, *offer.moment);
                const auto next = next_story(todays, pressure);
                if (!next) continue;
                Matter matter{Kind::kStory, edition, true, {}, begin + days(day)};
                Person person;
                person.has_consent = fan.editions.contains(edition);
                person.is_relevant = true;
                person.preferences = &fan.preferences;
                if (rule(matter, person, begin + days(day)).reason != Reason::kSend) continue;
                const Moment& told = *todays[*next].moment;
                ++touches;
                outside_scope += fan.editions.contains(told.edition) ? 0 : 1;
                irrelevant += todays[*next].tie == Tie::kNone ? 1 : 0;
                fan.stories.push_back(day);
                fan.messages.push_back(day);
                months[i].insert(today.year * 12 + today.month);
            }
        }
    }
    int consenting = 0;
    int never_silent = 0;
    for (std::size_t i = 0; i < fans.size(); ++i) {
        const Fan& fan = fans[i];
        for (std::size_t j = 0; j < fan.stories.size(); ++j) {
            std::size_t within = 0;
            for (std::size_t k = j; k < fan.stories.size() && fan.stories[k] - fan.stories[j] < 30;
                 ++k)
                ++within;
            over_budget += within > kStoriesPerMonth ? 1 : 0;
        }
        if (fan.editions.empty()) {
            EXPECT_TRUE(fan.stories.empty());
            continue;
        }
        ++consenting;
        never_silent += months[i].size() == 12 ? 1 : 0;
    }
    std::printf("%d of %d consenting fans had a story in each of 12 months; %.2f a month each\n",
                never_silent, consenting, touches / 12.0 / consenting);
    EXPECT_GE(never_silent * 10, consenting * 9);
    EXPECT_EQ(outside_scope, 0);
    EXPECT_EQ(irrelevant, 0);
    EXPECT_EQ(over_budget, 0);
}

}  // namespace
}  // namespace altis::messages
