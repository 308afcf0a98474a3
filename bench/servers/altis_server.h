// Altis under measurement, as a child process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/client.h"
#include "base/result.h"
#include "platform/process.h"

namespace altis::bench {

// `altis serve` over a data folder.
class AltisServer {
  public:
    // Starts it and waits for the first answer of /healthz.
    static Result<std::unique_ptr<AltisServer>> start(const std::string& program,
                                                      const std::string& data);

    app::Client admin() const { return app::Client(endpoint_); }
    // With another key.
    app::Client client(std::string secret) const {
        return app::Client({endpoint_.host, endpoint_.port, std::move(secret)});
    }
    std::uint16_t port() const { return endpoint_.port; }
    int pid() const { return process_->pid(); }
    double start_seconds() const { return start_seconds_; }  // from exec to the first answer

    // A fresh installation's edition, organisation, cohort and segment; gives an ingest secret.
    Result<std::string> found() const;

    // Defines so many segments, each of one comparison that no other has, on features that
    // make_event touches.
    Result<void> define_comparisons(std::uint32_t count) const;

    // Waits until the warehouse holds everything that the journal holds.
    Result<void> wait_for_warehouse() const;
    // Members of the cohort that found() defined.
    Result<std::int64_t> cohort_size() const;
    // Fails with "bench.lost" unless so many different events were accepted.
    Result<void> expect_events(std::uint64_t count) const;

    Result<void> stop();  // with a snapshot
    void kill();          // without

  private:
    Result<void> wait_until_ready(const std::string& data);

    std::unique_ptr<platform::Process> process_;
    app::Endpoint endpoint_;
    double start_seconds_ = 0;
};

}  // namespace altis::bench
