#include "fans/matching/clusters.h"

#include <gtest/gtest.h>
#include <map>

#include "fans/matching/rivals.h"

namespace altis::fans::matching {
namespace {

using Groups = std::vector<std::uint32_t>;

std::int32_t weight_in(const std::map<Pair, std::int32_t>& weights, const Pair& pair) {
    const auto at = weights.find(pair);
    return at == weights.end() ? -15'000 : at->second;
}

Groups grouped(std::uint32_t persons, const std::map<Pair, std::int32_t>& weights) {
    std::vector<WeighedPair> accepted;
    for (const auto& [pair, weight] : weights) {
        if (weight > 0) accepted.push_back({pair, weight});
    }
    return cluster(persons, accepted, [&](const Pair& pair) { return weight_in(weights, pair); });
}

TEST(Cluster, JoinsPairs) {
    EXPECT_EQ(grouped(5, {{{0, 3}, 9'000}, {{1, 4}, 8'000}}), (Groups{0, 1, 2, 0, 1}));
}

TEST(Cluster, AcceptsAWeakPairInsideAStrongGroup) {
    EXPECT_EQ(grouped(3, {{{0, 1}, 15'000}, {{1, 2}, 14'000}, {{0, 2}, -5'000}}),
              (Groups{0, 0, 0}));
}

TEST(Cluster, AChainDoesNotGlue) {
    // 0-1 and 2-3 are two persons; a doubtful 1-2 does not join them.
    EXPECT_EQ(grouped(4, {{{0, 1}, 15'000}, {{2, 3}, 14'000}, {{1, 2}, 7'000}}),
              (Groups{0, 0, 2, 2}));
}

TEST(Cluster, StaysWithinItsLimit) {
    std::map<Pair, std::int32_t> weights;
    for (std::uint32_t right = 1; right < 100; ++right) {
        for (std::uint32_t left = 0; left < right; ++left)
            weights[{left, right}] = 9'000;
    }
    std::map<std::uint32_t, std::size_t> sizes;
    for (std::uint32_t group : grouped(100, weights))
        ++sizes[group];
    for (const auto& [group, size] : sizes)
        EXPECT_LE(size, kMaxClusterRecords);
}

TEST(Rivals, ShareTheOdds) {
    // 0 fits 1 and 2 equally, and 1 and 2 are not one person.
    std::vector<LikelyPair> likely = {{0, {0, 1}, 20}, {1, {0, 2}, 20}, {2, {3, 4}, 20}};
    share_among_rivals(5, likely, [](const Pair&) { return 1e-6; });
    EXPECT_LT(likely[0].odds, 1);
    EXPECT_LT(likely[1].odds, 1);
    EXPECT_EQ(likely[2].odds, 20);
}

TEST(Rivals, ThatAreOnePersonDoNotCompete) {
    std::vector<LikelyPair> likely = {{0, {0, 1}, 20}, {1, {0, 2}, 20}, {2, {1, 2}, 20}};
    share_among_rivals(3, likely, [](const Pair&) { return 20.0; });
    for (const LikelyPair& pair : likely)
        EXPECT_EQ(pair.odds, 20);
}

}  // namespace
}  // namespace altis::fans::matching
