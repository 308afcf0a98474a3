// Which pairs of records are worth comparing: those that share one of many keys.
#pragma once

#include <cstdint>
#include <vector>

#include "fans/matching/people.h"

namespace altis::fans::matching {

struct Pair {
    std::uint32_t left = 0;  // the smaller number
    std::uint32_t right = 0;

    friend auto operator<=>(const Pair&, const Pair&) = default;
};

// All pairs within a block of up to this many records; in larger blocks each record meets only its
// next neighbours, so a key that everybody shares cannot make the work quadratic.
constexpr std::size_t kMaxBlockRecords = 48;
constexpr std::size_t kMaxNeighbours = 12;

// Pairs that share a key, each once, in ascending order. At most about 200 per record.
std::vector<Pair> candidate_pairs(const People& people);

}  // namespace altis::fans::matching
