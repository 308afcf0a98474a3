// Child programs, for tests and the demo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace altis::platform {

// Where the child's output goes. Its standard input is always empty.
enum class ProcessOutput : std::uint8_t {
    kInherit,  // where ours goes
    kPipe,     // standard output to `read_output`; errors where ours go
    kFile,     // both into `output_path`, which is replaced
};

struct ProcessOptions {
    std::string program;  // a path; not looked up in PATH
    std::vector<std::string> arguments;
    ProcessOutput output = ProcessOutput::kInherit;
    std::string output_path;  // for kFile
};

// One running or ended child. The destructor kills it (SIGKILL) if it still runs, and reaps it.
// Not thread-safe.
class Process {
  public:
    // Fails with "process.not_started".
    static Result<std::unique_ptr<Process>> spawn(const ProcessOptions& options);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    int pid() const { return pid_; }

    // Sends a signal; no error when the child has ended already.
    void kill(int signal);

    // Exit status: the program's own, or 128 + number of the signal that ended it. Empty when it
    // still runs after `timeout`.
    std::optional<int> wait(Duration timeout);

    // Up to `max_bytes` of what the child wrote, blocking until there is some; empty at the end.
    // Fails with "process.read_failed". Only with kPipe.
    Result<std::string> read_output(std::size_t max_bytes);

  private:
    Process(int pid, int output) : pid_(pid), output_(output) {}
    bool reap(int flags);

    int pid_;
    int output_;  // read end of the pipe, or -1
    std::optional<int> status_;
};

// Path of the program that is running now.
std::string this_program();

}  // namespace altis::platform
