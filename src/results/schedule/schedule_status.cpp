#include "results/schedule/schedule_status.h"

#include <algorithm>
#include <initializer_list>

namespace altis::results {
namespace {

using Set = std::uint16_t;  // one bit per status

constexpr Set set_of(std::initializer_list<ScheduleStatus> statuses) {
    Set set = 0;
    for (const ScheduleStatus status : statuses)
        set = static_cast<Set>(set | 1U << static_cast<unsigned>(status));
    return set;
}

constexpr bool has(Set set, ScheduleStatus status) {
    return (set >> static_cast<unsigned>(status) & 1U) != 0;
}

struct Following {
    Set next;
    Set skips;
};

// By status, in the order of the enumeration.
constexpr std::array<Following, kScheduleStatusNames.size()> following() {
    using enum ScheduleStatus;
    constexpr Set kMoved = set_of({kDelayed, kPostponed, kRescheduled});
    constexpr Set kUnderWay = set_of({kRunning, kScheduledBreak, kInterrupted, kFinished});
    constexpr Set kOff = set_of({kCancelled});
    constexpr Set kReady = set_of({kGettingReady});
    constexpr Set kEnds = set_of({kPostponed, kRescheduled, kCancelled});
    return {{
        {set_of({kScheduled, kGettingReady, kCancelled}), kMoved | kUnderWay},
        {kReady | kMoved | kOff | set_of({kUnscheduled}), kUnderWay},
        {kMoved | kOff | set_of({kRunning}), set_of({kScheduledBreak, kInterrupted, kFinished})},
        {set_of({kScheduledBreak, kInterrupted, kFinished}), kEnds},
        {set_of({kRunning, kInterrupted, kFinished}), kEnds},
        {0, 0},
        {kReady | kOff | set_of({kPostponed, kRescheduled}), kUnderWay},
        {kOff | set_of({kRescheduled}), kReady | kUnderWay},
        {kReady | kOff | set_of({kDelayed, kPostponed, kRunning}),
         set_of({kScheduledBreak, kInterrupted, kFinished})},
        {kReady | kOff | set_of({kRunning, kFinished, kPostponed, kRescheduled}),
         set_of({kScheduledBreak})},
        {set_of({kScheduled, kRescheduled}), 0},
    }};
}

}  // namespace

std::string_view to_string(ScheduleStatus status) {
    return kScheduleStatusNames[static_cast<std::size_t>(status)];
}

std::optional<ScheduleStatus> parse_schedule_status(std::string_view name) {
    const auto found = std::ranges::find(kScheduleStatusNames, name);
    if (found == kScheduleStatusNames.end()) return std::nullopt;
    return static_cast<ScheduleStatus>(found - kScheduleStatusNames.begin());
}

StatusMove move_between(ScheduleStatus from, ScheduleStatus to) {
    static constexpr auto kFollowing = following();
    if (from == to) return StatusMove::kSame;
    const Following& after = kFollowing[static_cast<std::size_t>(from)];
    if (has(after.next, to)) return StatusMove::kNext;
    return has(after.skips, to) ? StatusMove::kSkips : StatusMove::kBack;
}

}  // namespace altis::results
