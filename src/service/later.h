// What must not happen before its time: answers that wait for the end of their latency class.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "server/router.h"

namespace altis::service {

// One thread, on which everything runs in the order of its time; so what runs must be short.
// Thread-safe. The destructor runs what is left at once.
class Later {
  public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    Later();
    ~Later();
    Later(const Later&) = delete;
    Later& operator=(const Later&) = delete;

    void at(SteadyTime time, std::function<void()> job);

    // Answers as `respond` does, at the end of the latency class (cleanroom/latency.h) of the time
    // that has passed since this call. Must not be called after this object is gone.
    server::Responder padded(const server::Responder& respond);

  private:
    void loop();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::multimap<SteadyTime, std::function<void()>> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace altis::service
