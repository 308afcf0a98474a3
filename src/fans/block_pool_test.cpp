#include "fans/block_pool.h"

#include <cstring>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <tuple>
#include <vector>

namespace altis::fans {
namespace {

struct Held {
    BlockPool::Block block = BlockPool::kNone;
    std::string expected;
};

void insert(BlockPool& pool, Held& held, std::size_t where, const std::string& text) {
    held.block = pool.insert(held.block, held.expected.size(), where, text.size());
    std::memcpy(pool.at(held.block) + where, text.data(), text.size());
    held.expected.insert(where, text);
}

void erase(BlockPool& pool, Held& held, std::size_t where, std::size_t count) {
    held.block = pool.erase(held.block, held.expected.size(), where, count);
    held.expected.erase(where, count);
}

bool is_intact(const BlockPool& pool, const Held& held) {
    if (held.expected.empty()) return held.block == BlockPool::kNone;
    return std::memcmp(pool.at(held.block), held.expected.data(), held.expected.size()) == 0;
}

// Blocks that grow, shrink and go keep their own bytes, whatever their neighbours do.
RC_GTEST_PROP(BlockPool, BlocksAreStrings,
              (const std::vector<
                  std::tuple<std::uint8_t, std::uint16_t, std::uint16_t, std::uint8_t>>& steps)) {
    BlockPool pool;
    std::vector<Held> all(16);
    char letter = 'a';
    for (const auto& [which, where, count, kind] : steps) {
        Held& held = all[which % all.size()];
        const std::size_t size = held.expected.size();
        const std::size_t at = where % (size + 1);
        if (kind % 4 == 0) {
            pool.free(held.block, size);
            held = {};
        } else if (kind % 4 == 1 && size > at) {
            erase(pool, held, at, 1 + count % (size - at));
        } else {
            const std::size_t added = 1U + (kind % 16 == 2 ? count : count % 40);
            insert(pool, held, at, std::string(added, letter++));
        }
        for (const Held& one : all)
            RC_ASSERT(is_intact(pool, one));
    }
}

TEST(BlockPool, UsesAgainWhatWasGivenBack) {
    BlockPool pool;
    const auto small = pool.insert(BlockPool::kNone, 0, 0, 20);
    const auto large = pool.insert(BlockPool::kNone, 0, 0, 100'000);
    pool.free(small, 20);
    pool.free(large, 100'000);
    EXPECT_EQ(pool.insert(BlockPool::kNone, 0, 0, 24), small);
    EXPECT_EQ(pool.insert(BlockPool::kNone, 0, 0, 50'000), large);
}

}  // namespace
}  // namespace altis::fans
