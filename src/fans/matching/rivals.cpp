#include "fans/matching/rivals.h"

#include <algorithm>

namespace altis::fans::matching {
namespace {

// Two partners of a record are rivals when the odds that they are one person are below this.
constexpr double kRivalOdds = 0.05;
// Of so many likely partners a record's rivals are looked for.
constexpr std::size_t kMaxPartners = 32;

std::uint32_t partner(const LikelyPair& likely, std::uint32_t of) {
    return likely.pair.left == of ? likely.pair.right : likely.pair.left;
}

// For each pair, adds the odds of the pairs that contradict it at `person`.
void add_rivals(std::uint32_t person, const std::vector<std::size_t>& places,
                const std::vector<LikelyPair>& likely, const OddsOf& odds_of,
                std::vector<double>& against) {
    const std::size_t count = std::min(places.size(), kMaxPartners);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = i + 1; j < count; ++j) {
            const std::uint32_t one = partner(likely[places[i]], person);
            const std::uint32_t other = partner(likely[places[j]], person);
            if (odds_of({std::min(one, other), std::max(one, other)}) >= kRivalOdds) continue;
            against[places[i]] += likely[places[j]].odds;
            against[places[j]] += likely[places[i]].odds;
        }
    }
}

}  // namespace

void share_among_rivals(std::uint32_t persons, std::vector<LikelyPair>& likely,
                        const OddsOf& odds_of) {
    std::vector<std::vector<std::size_t>> places(persons);
    for (std::size_t place = 0; place < likely.size(); ++place) {
        places[likely[place].pair.left].push_back(place);
        places[likely[place].pair.right].push_back(place);
    }
    std::vector<double> against(likely.size(), 0.0);
    for (std::uint32_t person = 0; person < persons; ++person)
        add_rivals(person, places[person], likely, odds_of, against);
    for (std::size_t place = 0; place < likely.size(); ++place)
        likely[place].odds /= 1 + against[place];
}

}  // namespace altis::fans::matching
