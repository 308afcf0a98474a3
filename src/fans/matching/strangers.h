// Pairs of strangers, to learn how often values agree by chance.
#pragma once

#include <cstdint>
#include <vector>

#include "fans/matching/blocking.h"

namespace altis::fans::matching {

// At most this many pairs are looked at; all pairs of a small file.
constexpr std::uint64_t kMaxSampledPairs = 250'000;

// Pairs of `persons` records that are not among `candidates` (ascending), spread over all pairs,
// always the same ones.
std::vector<Pair> sample_strangers(std::uint32_t persons, const std::vector<Pair>& candidates);

}  // namespace altis::fans::matching
