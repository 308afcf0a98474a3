#include "fans/matching/strangers.h"

#include <algorithm>

namespace altis::fans::matching {
namespace {

// The mixing steps of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

// A pair that looks random and is always the same.
Pair mixed_pair(std::uint64_t number, std::uint32_t persons) {
    const auto one = static_cast<std::uint32_t>(mixed(2 * number) % persons);
    const auto other = static_cast<std::uint32_t>(mixed(2 * number + 1) % persons);
    return {std::min(one, other), std::max(one, other)};
}

std::vector<Pair> all_pairs(std::uint32_t persons) {
    std::vector<Pair> pairs;
    for (std::uint32_t right = 1; right < persons; ++right) {
        for (std::uint32_t left = 0; left < right; ++left)
            pairs.push_back({left, right});
    }
    return pairs;
}

std::vector<Pair> some_pairs(std::uint32_t persons) {
    std::vector<Pair> pairs;
    pairs.reserve(kMaxSampledPairs);
    for (std::uint64_t number = 0; number < kMaxSampledPairs; ++number)
        pairs.push_back(mixed_pair(number, persons));
    return pairs;
}

}  // namespace

std::vector<Pair> sample_strangers(std::uint32_t persons, const std::vector<Pair>& candidates) {
    const std::uint64_t all = std::uint64_t{persons} * (persons - std::min(persons, 1U)) / 2;
    std::vector<Pair> pairs = all <= kMaxSampledPairs ? all_pairs(persons) : some_pairs(persons);
    std::erase_if(pairs, [&](const Pair& pair) {
        return pair.left == pair.right ||
               std::binary_search(candidates.begin(), candidates.end(), pair);
    });
    return pairs;
}

}  // namespace altis::fans::matching
