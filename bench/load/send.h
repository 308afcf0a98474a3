// Sends requests over many keep-alive connections from one thread, as cheaply as possible: what the
// client costs is taken from the server it shares the machine with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::bench {

// The answer at the front of what a connection received. `bytes` is 0 while it is not whole.
struct Answer {
    std::size_t bytes = 0;
    bool is_good = false;
};

// What surrounds a body on its way, and how its answer is told. A request is `before_length`, the
// body's length in decimal, `before_body`, the body, and `after_body`.
struct Protocol {
    std::string before_length;
    std::string before_body;
    std::string after_body;
    Answer (*front)(std::string_view received) = nullptr;
};

enum class Packing : std::uint8_t { kPlain, kGzip };

// POST /v1/batch. `authorization` is the value of the header, or empty. Good is status 200.
Protocol batches_over_http(const std::string& authorization, Packing packing);

// RPUSH to a list of Redis. Good is an integer.
Protocol pushes_to_redis(const std::string& list);

struct Target {
    std::uint16_t port = 0;  // on 127.0.0.1
    Protocol protocol;
    std::uint32_t connections = 1;
};

struct LoadResult {
    double wall_s = 0;  // from the first byte sent to the last answer
    double cpu_s = 0;   // of the sending thread
    // One for each answer; since the request was sent or, with a pace, since it was planned.
    std::vector<double> latencies_ms;
    std::uint64_t refused = 0;  // answers that are not good
};

// Sends every body once, one at a time on each connection, as fast as the answers come. Fails when
// a connection cannot be made or breaks.
Result<LoadResult> send_all(const Target& target, const std::vector<std::string>& bodies);

// The same, but request i is planned i / `per_second` seconds after the start, whatever the server
// does: one that falls behind shows it in the latencies of all that had to wait.
Result<LoadResult> send_paced(const Target& target, const std::vector<std::string>& bodies,
                              double per_second);

// Fails with "bench.refused" when an answer was not good.
Result<void> check(const LoadResult& load);

}  // namespace altis::bench
