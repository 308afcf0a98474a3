// When answers leave that looked at rows. The time that counting takes depends on who is in the
// tables; the end of a class that the time belongs to hardly does, so answers and failures wait for
// that end.
#pragma once

#include <array>

#include "base/time.h"

namespace altis::cleanroom {

// What takes longer than the last class leaves at the next multiple of it.
constexpr std::array kLatencyClasses = {milliseconds(100), milliseconds(400), milliseconds(1'600),
                                        milliseconds(6'400), milliseconds(25'600)};

// The end of the class of something that took so long.
constexpr Duration latency_class(Duration took) {
    for (const Duration end : kLatencyClasses)
        if (took <= end) return end;
    const Duration last = kLatencyClasses.back();
    return {(took.us + last.us - 1) / last.us * last.us};
}

}  // namespace altis::cleanroom
