// Where time comes from. Books never ask: the time of a command is taken once, at the edge.
#pragma once

#include "base/time.h"

namespace altis::platform {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() = 0;  // UTC, may be called from any thread
};

// The machine's wall clock.
class SystemClock final : public Clock {
  public:
    Time now() override;
};

// A clock that stands still until it is told to move. For tests and replays; one thread only.
class SimulatedClock final : public Clock {
  public:
    explicit SimulatedClock(Time start) : now_(start) {}
    Time now() override { return now_; }
    void advance(Duration by) { now_ = now_ + by; }

  private:
    Time now_;
};

}  // namespace altis::platform
