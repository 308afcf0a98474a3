#include "results/log/merkle_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <string>

#include "codec/text.h"

namespace altis::results {
namespace {

using crypto::Digest;

// The reference entries of certificate transparency.
const std::vector<std::string> kEntries = {
    std::string(),
    std::string("\x00", 1),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};

MerkleTree tree_of(std::uint64_t size) {
    MerkleTree tree;
    for (std::uint64_t i = 0; i < size; ++i)
        tree.append(leaf_hash(std::to_string(i)));
    return tree;
}

std::string hex(const Digest& digest) {
    return codec::to_hex(crypto::as_text(digest));
}

TEST(MerkleTreeTest, HasTheRootsOfTheReference) {
    MerkleTree tree;
    EXPECT_EQ(hex(tree.root(0)),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const std::string& entry : kEntries)
        tree.append(leaf_hash(entry));
    EXPECT_EQ(hex(tree.root(1)),
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    EXPECT_EQ(hex(tree.root(2)),
              "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    EXPECT_EQ(hex(tree.root(3)),
              "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    EXPECT_EQ(hex(tree.root(8)),
              "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTreeTest, ProvesEveryEntryOfEverySize) {
    constexpr std::uint64_t kMost = 70;
    const MerkleTree tree = tree_of(kMost);
    for (std::uint64_t size = 1; size <= kMost; ++size) {
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto path = tree.inclusion_proof(index, size);
            const Digest leaf = leaf_hash(std::to_string(index));
            EXPECT_EQ(root_from_inclusion(leaf, index, size, path), tree.root(size));
            const Digest other = leaf_hash("other");
            EXPECT_NE(root_from_inclusion(other, index, size, path), tree.root(size));
            if (size > 1) {
                EXPECT_NE(root_from_inclusion(leaf, (index + 1) % size, size, path),
                          tree.root(size));
            }
        }
    }
}

TEST(MerkleTreeTest, RefusesPathsOfTheWrongLength) {
    const MerkleTree tree = tree_of(9);
    const Digest leaf = leaf_hash("3");
    auto path = tree.inclusion_proof(3, 9);
    EXPECT_FALSE(root_from_inclusion(leaf, 9, 9, path));
    path.push_back(leaf);
    EXPECT_FALSE(root_from_inclusion(leaf, 3, 9, path));
    path.resize(2);
    EXPECT_FALSE(root_from_inclusion(leaf, 3, 9, path));
}

TEST(MerkleTreeTest, ProvesThatALogIsTheBeginningOfAnother) {
    constexpr std::uint64_t kMost = 40;
    const MerkleTree tree = tree_of(kMost);
    for (std::uint64_t size = 1; size <= kMost; ++size) {
        for (std::uint64_t older = 1; older <= size; ++older) {
            const auto proof = tree.consistency_proof(older, size);
            const TreeHead old_head{older, tree.root(older)};
            const TreeHead new_head{size, tree.root(size)};
            EXPECT_TRUE(is_consistent(old_head, new_head, proof)) << older << " in " << size;
            EXPECT_FALSE(is_consistent({older, leaf_hash("x")}, new_head, proof));
            EXPECT_FALSE(is_consistent(old_head, {size, leaf_hash("x")}, proof));
        }
    }
}

TEST(MerkleTreeTest, ARewrittenPastIsNoBeginning) {
    MerkleTree rewritten;
    for (int i = 0; i < 20; ++i)
        rewritten.append(leaf_hash(i == 4 ? "other" : std::to_string(i)));
    const MerkleTree tree = tree_of(20);
    for (std::uint64_t older = 5; older < 20; ++older) {
        EXPECT_FALSE(is_consistent({older, tree.root(older)}, {20, rewritten.root(20)},
                                   rewritten.consistency_proof(older, 20)));
    }
}

TEST(MerkleTreeTest, TilesHoldTheWholeTree) {
    constexpr std::uint64_t kSize = 2 * kTileWidth + 7;
    const MerkleTree tree = tree_of(kSize);
    EXPECT_EQ(tree.tile(0, 0, kSize).size(), kTileWidth);
    EXPECT_EQ(tree.tile(0, 2, kSize).size(), 7U);
    EXPECT_TRUE(tree.tile(0, 3, kSize).empty());
    EXPECT_TRUE(tree.tile(0, UINT64_MAX, kSize).empty());
    EXPECT_TRUE(tree.tile(-1, 0, kSize).empty());
    EXPECT_TRUE(tree.tile(9, 0, kSize).empty());
    ASSERT_EQ(tree.tile(1, 0, kSize).size(), 2U);
    EXPECT_EQ(tree.tile(1, 0, kSize)[0], tree.root(kTileWidth));
    // A tile of an earlier size never changes what was in it.
    const auto before = tree.tile(0, 2, kSize - 3);
    const auto now = tree.tile(0, 2, kSize);
    EXPECT_TRUE(std::equal(before.begin(), before.end(), now.begin()));
}

}  // namespace
}  // namespace altis::results
