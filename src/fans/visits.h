// When somebody was there: the half hours (UTC) in which an event happened. A set, so that neither
// the order of events nor copies of them matter, and the visits of several devices can be united.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace altis::fans {

// Half hours since 1970, ascending. 4 bytes each.
using Visits = std::vector<std::uint32_t>;

struct VisitCounts {
    std::int64_t sessions = 0;     // runs of half hours that follow each other
    std::int64_t active_days = 0;  // UTC days
};

// True when the half hour of `time`, from 1970 on, is new.
bool add_visit(Visits& visits, Time time);

VisitCounts count_visits(std::span<const std::uint32_t> visits);

}  // namespace altis::fans
