// Sends bodies over many keep-alive connections from one thread, as cheaply as possible: what the
// client costs is taken from the server it shares the machine with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace altis::bench {

struct Target {
    std::uint16_t port = 0;     // on 127.0.0.1
    std::string authorization;  // value of the header, or empty
};

struct LoadResult {
    double wall_s = 0;  // from the first byte sent to the last answer
    std::vector<double> latencies_ms;
    std::uint64_t refused = 0;  // answers other than 200
};

// Posts every body to /v1/batch, one at a time on each of `connections`. Fails when a connection
// cannot be made or breaks.
Result<LoadResult> post_all(const Target& target, const std::vector<std::string>& bodies,
                            std::uint32_t connections);

}  // namespace altis::bench
