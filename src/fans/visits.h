// When somebody was there: the half hours (UTC) in which an event happened. A set, so that neither
// the order of events nor copies of them matter, and the visits of several devices can be united.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"

namespace altis::fans {

// Half hours since 1970.
using HalfHour = std::uint32_t;

struct VisitCounts {
    std::int64_t sessions = 0;     // runs of half hours that follow each other
    std::int64_t active_days = 0;  // UTC days
};

// Of a time from 1970 on.
HalfHour half_hour_of(Time time);

// Of visits in ascending order.
VisitCounts count_visits(std::span<const HalfHour> visits);

}  // namespace altis::fans
