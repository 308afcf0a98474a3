#include "fans/visits.h"

#include "base/assert.h"

namespace altis::fans {
namespace {

constexpr Duration kHalfHour = seconds(1'800);
constexpr std::uint32_t kHalfHoursOfDay = 48;

}  // namespace

HalfHour half_hour_of(Time time) {
    ALTIS_ASSERT(time.us >= 0 && time.us / kHalfHour.us <= UINT32_MAX);
    return static_cast<HalfHour>(time.us / kHalfHour.us);
}

VisitCounts count_visits(std::span<const HalfHour> visits) {
    VisitCounts counts;
    for (std::size_t i = 0; i < visits.size(); ++i) {
        const bool is_first = i == 0;
        if (is_first || visits[i] - visits[i - 1] > 1) ++counts.sessions;
        if (is_first || visits[i] / kHalfHoursOfDay != visits[i - 1] / kHalfHoursOfDay) {
            ++counts.active_days;
        }
    }
    return counts;
}

}  // namespace altis::fans
