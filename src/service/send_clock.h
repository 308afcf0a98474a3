// Wakes the dispatcher when somebody who is held back is to be asked about again, the sender when
// a message is to be tried again, and has the
// stories of the day planned when it comes to kStoriesAt. A day on which the process does not run
// then has no stories.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "platform/clock.h"
#include "service/channel_sender.h"
#include "service/core.h"
#include "service/dispatcher.h"

namespace altis::service {

constexpr Duration kStoriesAt = seconds(10 * 3'600);  // of each day, in UTC

// A thread of its own that looks at the clock each second.
class SendClock {
  public:
    // All must outlive it, but the core may stop first.
    SendClock(Core& core, Dispatcher& dispatcher, ChannelSender& sender, platform::Clock& clock);
    ~SendClock();
    SendClock(const SendClock&) = delete;
    SendClock& operator=(const SendClock&) = delete;

  private:
    void loop();

    Core& core_;
    Dispatcher& dispatcher_;
    ChannelSender& sender_;
    platform::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::int64_t stories_day_;  // number of the day whose stories are planned, or were missed
    std::thread thread_;
};

}  // namespace altis::service
