// The gate before the processes that compute analysts' SQL: few at once, and few who wait, so that
// statements disturb nobody else.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/sql/run.h"
#include "service/background.h"

namespace altis::service {

constexpr std::size_t kMaxOpenStatements = 8;        // of all analysts, from taking to computed
constexpr std::size_t kMaxOpenStatementsOfOne = 4;   // of one organisation's analysts
constexpr std::size_t kMaxStatementProcesses = 2;    // that run at once
constexpr Duration kMaxStatementTime = seconds(10);  // of a process; then it is killed

// Thread-safe. The destructor finishes what is queued.
class StatementGate {
  public:
    // A place among the open statements, until it is destroyed.
    class Place {
      public:
        Place(StatementGate& gate, std::string organisation, std::size_t thread)
            : gate_(gate), organisation_(std::move(organisation)), thread_(thread) {}
        ~Place() { gate_.leave(organisation_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        // Runs a job on a thread that may wait for a process; those of one place in order.
        void post(std::function<void()> job) const { gate_.threads_[thread_].post(std::move(job)); }
        const cleanroom::sql::Worker& worker() const { return gate_.worker_; }

      private:
        StatementGate& gate_;
        std::string organisation_;
        std::size_t thread_;
    };

    StatementGate();

    // Fails with "rooms.sql_busy" when all places are taken, or the organisation's share of them.
    Result<std::shared_ptr<const Place>> enter(const std::string& organisation);

  private:
    void leave(const std::string& organisation);

    std::mutex mutex_;
    std::size_t open_ = 0;
    std::map<std::string, std::size_t> open_by_organisation_;  // none of 0
    std::size_t next_ = 0;
    cleanroom::sql::WorkerProcess worker_;
    std::array<Background, kMaxStatementProcesses> threads_;  // last: its jobs use the others
};

}  // namespace altis::service
