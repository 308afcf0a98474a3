// The servers under measurement, as child processes; and what they have cost so far.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/client.h"
#include "base/result.h"
#include "platform/process.h"

namespace altis::bench {

// Processor time of a process and its threads, user and system, in seconds. 0 when it is gone.
double cpu_seconds(int pid);

// Most memory that a process has had at one time, in MB.
double peak_memory_mb(int pid);

// A folder for one benchmark, removed with its content by the destructor.
class ScratchFolder {
  public:
    explicit ScratchFolder(std::string path);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// `altis serve` over a data folder.
class AltisServer {
  public:
    // Starts it and waits for the first answer of /healthz.
    static Result<std::unique_ptr<AltisServer>> start(const std::string& program,
                                                      const std::string& data);

    app::Client admin() const { return app::Client(endpoint_); }
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

    Result<void> stop();  // with a snapshot
    void kill();          // without

  private:
    Result<void> wait_until_ready(const std::string& data);

    std::unique_ptr<platform::Process> process_;
    app::Endpoint endpoint_;
    double start_seconds_ = 0;
};

// The collector in bench/peers, writing to `file`.
class NodeCollector {
  public:
    // Fails with "bench.no_node" when Node is not installed.
    static Result<std::unique_ptr<NodeCollector>> start(const std::string& script,
                                                        const std::string& file);
    std::uint16_t port() const { return port_; }
    int pid() const { return process_->pid(); }

  private:
    std::unique_ptr<platform::Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace altis::bench
