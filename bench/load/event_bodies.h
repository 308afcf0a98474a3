// Bodies of the Segment HTTP API, made before the clock runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace altis::bench {

constexpr std::uint32_t kEventsPerBody = 20;

// Which events to make: `count` of them from number `first` on, of `fans` different fans. Two
// ranges that do not overlap share no event.
struct EventRange {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t fans = 20'000;
};

// About 650 bytes each, as a telephone app sends them: mostly views of content; some follows,
// orders, visits, consents and traits. Packed with gzip, kEventsPerBody in a body.
std::vector<std::string> make_bodies(const EventRange& range);

// One event as JSON text.
std::string make_event(std::uint64_t number, std::uint32_t fans);

}  // namespace altis::bench
