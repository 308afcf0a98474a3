// How long after its answer an event shows in a live segment, while others send.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/client.h"
#include "base/result.h"
#include "servers/altis_server.h"

namespace altis::bench {

// Every 20 ms a fan who was never seen sends the one event that makes a member of him; after the
// answer the segment is asked over and over until it has one member more. On a thread of its own.
class MembershipProbe {
  public:
    // Defines the segment and starts. `server` must outlive the probe.
    static Result<std::unique_ptr<MembershipProbe>> start(const AltisServer& server,
                                                          const std::string& ingest_secret);
    ~MembershipProbe();
    MembershipProbe(const MembershipProbe&) = delete;
    MembershipProbe& operator=(const MembershipProbe&) = delete;

    // Ends the thread. From each answer to the membership, in ms; fails with what went wrong.
    Result<std::vector<double>> finish();

  private:
    MembershipProbe(app::Client asking, app::Client sending)
        : asking_(std::move(asking)), sending_(std::move(sending)) {}
    void run();
    Result<void> probe(std::uint64_t number);

    app::Client asking_;
    app::Client sending_;
    std::vector<double> waits_ms_;
    Result<void> outcome_;
    std::atomic<bool> is_done_ = false;
    std::thread thread_;  // last: it uses all above
};

}  // namespace altis::bench
