// Periods of a calendar in UTC, as groups with public names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace altis::cleanroom::sql {

// The first moments of all periods from the one that `from` lies in to the last that begins before
// `end`; up to `most` + 1 of them. `part` is year, quarter, month, week (from Monday), day or hour.
std::vector<Time> periods(std::string_view part, Time from, Time end, std::size_t most);

// "2026-02-19", or "2026-02-19 21:00" for hours.
std::string period_name(std::string_view part, Time first);

}  // namespace altis::cleanroom::sql
