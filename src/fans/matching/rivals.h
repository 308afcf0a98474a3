// A record is about one person.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fans/matching/blocking.h"

namespace altis::fans::matching {

// A pair that may be one person.
struct LikelyPair {
    std::size_t candidate = 0;  // place among the candidates
    Pair pair;
    double odds = 0;  // that it is one person
};

// Odds that any two records, candidates or not, are one person.
using OddsOf = std::function<double(const Pair&)>;

// Where a record fits two others that are not one person (twins, say, when the given name is
// missing), it can be only one of them: the odds are shared out. `likely` is ascending by pair.
void share_among_rivals(std::uint32_t persons, std::vector<LikelyPair>& likely,
                        const OddsOf& odds_of);

}  // namespace altis::fans::matching
