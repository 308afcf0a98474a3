// The gate before the processes that compute analysts' SQL: few at once, and few who wait, so that
// statements disturb nobody else.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/sql/run.h"
#include "service/background.h"

namespace altis::service {

constexpr std::size_t kMaxOpenStatements = 8;        // of all analysts, from taking to computed
constexpr std::size_t kMaxStatementProcesses = 2;    // that run at once
constexpr Duration kMaxStatementTime = seconds(10);  // of a process; then it is killed

// Thread-safe. The destructor finishes what is queued.
class StatementGate {
  public:
    // A place among the open statements, until it is destroyed.
    class Place {
      public:
        Place(StatementGate& gate, std::size_t thread) : gate_(gate), thread_(thread) {}
        ~Place() { --gate_.open_; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        // Runs a job on a thread that may wait for a process; those of one place in order.
        void post(std::function<void()> job) const { gate_.threads_[thread_].post(std::move(job)); }
        const cleanroom::sql::Worker& worker() const { return gate_.worker_; }

      private:
        StatementGate& gate_;
        std::size_t thread_;
    };

    StatementGate();

    // Fails with "rooms.sql_busy" when all places are taken.
    Result<std::shared_ptr<const Place>> enter();

  private:
    std::atomic<std::size_t> open_ = 0;
    std::atomic<std::size_t> next_ = 0;
    cleanroom::sql::WorkerProcess worker_;
    std::array<Background, kMaxStatementProcesses> threads_;  // last: its jobs use the others
};

}  // namespace altis::service
