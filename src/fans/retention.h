// How long data of persons are kept, and what is older than that.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/subject.h"
#include "base/time.h"

namespace altis::fans {

// Of one edition; nothing means for good.
struct RetentionLimit {
    std::optional<Duration> fans;     // after the last event of a fan, by event time
    std::optional<Duration> letters;  // after a dead letter came
};

// By edition. An edition that is not there keeps its data for good.
using RetentionLimits = std::map<std::string, RetentionLimit, std::less<>>;

// Which subjects to look at: `count` numbers from `first` on.
struct SubjectRange {
    std::uint32_t first = 1;
    std::uint32_t count = 0;
};

}  // namespace altis::fans
