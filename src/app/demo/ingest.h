// Sends the population's events with many connections, kills the server in the middle, and goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "app/client.h"
#include "app/demo/population.h"
#include "base/result.h"

namespace altis::app::demo {

struct IngestTotals {
    std::uint64_t sent = 0;  // events in answered requests
    std::uint64_t accepted = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t rejected = 0;
    std::uint64_t retries = 0;  // requests that had to be sent again
    std::int64_t wall_us = 0;   // without the time that the server was away
};

// Sends every batch exactly until it is answered. `on_progress` is called now and then on the
// calling thread with the batches done. When `kill_at` batches are done, the senders go on while
// `kill` runs.
struct IngestPlan {
    std::uint32_t connections = 24;
    std::uint32_t kill_at = 0;  // 0: never
    std::function<Result<std::int64_t>()> kill;
    std::function<void(std::uint32_t, std::uint32_t)> on_progress;
};

Result<IngestTotals> send_all(const EventFeed& feed, const Endpoint& endpoint,
                              const IngestPlan& plan, std::int64_t& recovery_ms);

}  // namespace altis::app::demo
