// The states of a unit in the schedule, apart from the status of its result, and how one follows
// another.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace altis::results {

enum class ScheduleStatus : std::uint8_t {
    kUnscheduled,  // it may come, e.g. a swim-off
    kScheduled,
    kGettingReady,  // the start is imminent
    kRunning,
    kScheduledBreak,  // a planned break
    kFinished,
    kDelayed,      // not started, late, without a new time
    kPostponed,    // not now, without a new time
    kRescheduled,  // with a new time
    kInterrupted,  // started, and stopped for a while
    kCancelled,
};
constexpr std::array<std::string_view, 11> kScheduleStatusNames = {
    "UNSCHEDULED", "SCHEDULED", "GETTING_READY", "RUNNING",     "SCHEDULED_BREAK", "FINISHED",
    "DELAYED",     "POSTPONED", "RESCHEDULED",   "INTERRUPTED", "CANCELLED"};

std::string_view to_string(ScheduleStatus status);
std::optional<ScheduleStatus> parse_schedule_status(std::string_view name);

// What it means that one status comes after another.
enum class StatusMove : std::uint8_t {
    kSame,
    kNext,   // as it should be
    kSkips,  // possible, but what must have been between was not told
    kBack,   // impossible: a mistake of the sender, or the correction of one
};
StatusMove move_between(ScheduleStatus from, ScheduleStatus to);

}  // namespace altis::results
