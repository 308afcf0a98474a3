// From pairs to persons.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fans/matching/blocking.h"

namespace altis::fans::matching {

constexpr std::size_t kMaxClusterRecords = 64;

struct WeighedPair {
    Pair pair;
    std::int32_t millibits = 0;  // log2 of the odds that it is one person
};

// What any two records say, candidates or not: log2 of the odds, in millibits.
using Weigh = std::function<std::int32_t(const Pair&)>;

// Groups `persons` records. Takes the accepted pairs from the surest down and joins two groups only
// if all their records taken together speak for one person; a chain of pairs does not glue people
// together. Gives for each record the least record of its group.
std::vector<std::uint32_t> cluster(std::uint32_t persons, std::vector<WeighedPair> accepted,
                                   const Weigh& weigh);

}  // namespace altis::fans::matching
