// A child that answers one request and is never trusted: it gets bytes, gives bytes, and dies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace altis::platform {

struct WorkerOptions {
    std::string program;  // a path; not looked up in PATH
    std::vector<std::string> arguments;
    Duration deadline = seconds(10);   // from the start; then it is killed
    std::size_t max_answer_bytes = 0;  // one byte more and it is killed
};

// Starts the program with an empty environment, the request as its standard input (a sealed file in
// memory), a pipe as its standard output and no other descriptor; gives what it wrote when it ends
// with status 0. When this returns, the child is dead and reaped. Blocks; any thread. Fails with
// "worker.not_started", "worker.deadline", "worker.answer_too_large" or "worker.died"; what it
// wrote until then is dropped.
Result<std::string> run_worker(const WorkerOptions& options, std::string_view request);

// In the worker: the size of the request, all of it, and a part of the answer. `write_answer` is
// false when nobody reads any more.
std::size_t request_size();
std::string read_request(std::size_t size);
bool write_answer(std::string_view bytes);

}  // namespace altis::platform
