// The cohorts that an installation can begin with: why fans come, and what they are worth. Data: an
// owner may redefine each (its version counts up), and every fan is judged anew.
#pragma once

#include <string_view>

namespace altis::fans {

struct Cohort {
    std::string_view id;
    std::string_view meaning;
    std::string_view rule;
};

constexpr Cohort kCohorts[] = {
    {"performance-motivation", "how it is done: four times the time on charts than on emotion",
     "dwell(technical_chart) >= 4 * dwell(emotional_highlight) and dwell(technical_chart) > 0"},
    {"emotional-motivation", "how it feels: four times the time on emotion than on charts",
     "dwell(emotional_highlight) >= 4 * dwell(technical_chart) and dwell(emotional_highlight) > 0"},
    {"social-motivation", "to be part of it: shares as often as every fourth day there",
     "shares() >= 2 and 4 * shares() >= active_days()"},
    {"national-motivation", "for the own team: half the views of content are about it",
     "2 * views(national_team) >= views(technical_chart) + views(emotional_highlight) + "
     "views(replay) and views(national_team) >= 3"},
    {"casual", "now and then: at most two days, nothing bought, no charts",
     "active_days() <= 2 and orders() = 0 and views(technical_chart) = 0"},
    {"value-high", "200 dollars or more spent on tickets and merchandise",
     "spent(ticket) + spent(merchandise) >= 200.00"},
    {"value-medium", "50 to 200 dollars",
     "spent(ticket) + spent(merchandise) >= 50.00 and spent(ticket) + spent(merchandise) < 200.00"},
    {"value-low", "something, but less than 50 dollars",
     "spent(ticket) + spent(merchandise) > 0.00 and spent(ticket) + spent(merchandise) < 50.00"},
};

}  // namespace altis::fans
