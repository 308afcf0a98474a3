#include "service/send_clock.h"

#include <chrono>

namespace altis::service {
namespace {

constexpr auto kTick = std::chrono::seconds(1);

std::int64_t stories_day(Time now) {
    return (now.us - kStoriesAt.us) / days(1).us;
}

}  // namespace

SendClock::SendClock(Core& core, Dispatcher& dispatcher, ChannelSender& sender,
                     platform::Clock& clock)
    : core_(core),
      dispatcher_(dispatcher),
      sender_(sender),
      clock_(clock),
      stories_day_(stories_day(clock.now())),
      thread_([this] { loop(); }) {}

SendClock::~SendClock() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void SendClock::loop() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kTick, [this] { return stopping_; })) {
        const std::int64_t day = stories_day(clock_.now());
        if (day != stories_day_) {
            stories_day_ = day;
            core_.post(
                TaskKind::kWrite, [this](Turn& turn) { dispatcher_.tell_stories(turn); },
                [](const Error&) {});
        }
        // A busy core is asked again at the next tick.
        core_.post(
            TaskKind::kWrite,
            [this](Turn& turn) {
                dispatcher_.wake(turn);
                sender_.wake(turn);
            },
            [](const Error&) {});
    }
}

}  // namespace altis::service
