#include "journal/hash_tree.h"

#include <gtest/gtest.h>
#include <string>

namespace altis::journal {
namespace {

using crypto::Digest;

std::vector<Digest> hashes_of_count(std::size_t count) {
    std::vector<Digest> hashes;
    for (std::size_t i = 0; i < count; ++i)
        hashes.push_back(crypto::sha256(std::to_string(i)));
    return hashes;
}

Digest run_of(std::span<const Digest> run) {
    std::string bytes(4, '\0');
    for (const Digest& hash : run)
        bytes.append(crypto::as_text(hash));
    return crypto::sha256(bytes);
}

const std::vector<std::size_t> kCounts = {1, 2, 3, 15, 16, 17, 31, 32, 33, 255, 256, 257, 4097};

TEST(HashTreeTest, TheRootIsMadeAsTheFormatSays) {
    const auto one = hashes_of_count(1);
    EXPECT_EQ(root_of(one), one[0]);
    const auto full = hashes_of_count(16);
    EXPECT_EQ(root_of(full), run_of(full));
    const auto two_runs = hashes_of_count(17);
    const std::vector<Digest> above = {run_of(std::span(two_runs).first(16)),
                                       run_of(std::span(two_runs).last(1))};
    EXPECT_EQ(root_of(two_runs), run_of(above));
}

TEST(HashTreeTest, EveryPathLeadsToTheRoot) {
    for (const std::size_t count : kCounts) {
        const auto hashes = hashes_of_count(count);
        const Digest root = root_of(hashes);
        for (std::size_t i = 0; i < count; i += count > 300 ? 37 : 1)
            EXPECT_EQ(root_from(hashes[i], {i, count}, path_of(hashes, i)), root)
                << i << " of " << count;
    }
}

TEST(HashTreeTest, APathOfAnotherPlaceOrHashLeadsElsewhere) {
    for (const std::size_t count : kCounts) {
        const auto hashes = hashes_of_count(count);
        const Digest root = root_of(hashes);
        const std::size_t last = count - 1;
        const auto path = path_of(hashes, last);
        EXPECT_NE(root_from(crypto::sha256("another"), {last, count}, path), root) << count;
        for (std::size_t i = 0; i < last; ++i)
            EXPECT_NE(root_from(hashes[last], {i, count}, path), root) << i << " of " << count;
        for (std::size_t i = 0; i < path.size(); ++i) {
            auto changed = path;
            changed[i][31] ^= 1;
            EXPECT_NE(root_from(hashes[last], {last, count}, changed), root) << count;
        }
    }
}

TEST(HashTreeTest, APathOfTheWrongLengthLeadsNowhere) {
    for (const std::size_t count : kCounts) {
        const auto hashes = hashes_of_count(count);
        auto path = path_of(hashes, 0);
        path.push_back(Digest{});
        EXPECT_FALSE(root_from(hashes[0], {0, count}, path));
        if (count == 1) continue;
        path.resize(path.size() - 2);
        EXPECT_FALSE(root_from(hashes[0], {0, count}, path));
        EXPECT_FALSE(root_from(hashes[0], {0, count}, {}));
    }
}

TEST(HashTreeTest, AHashBehindTheEndHasNoPlace) {
    const auto hashes = hashes_of_count(3);
    EXPECT_FALSE(root_from(hashes[0], {3, 3}, path_of(hashes, 0)));
    EXPECT_FALSE(root_from(hashes[0], {0, 0}, {}));
}

// Two batches that differ in how their hashes fall into runs must not share a root.
TEST(HashTreeTest, TheHashOfARunCannotStandForAFrame) {
    const auto hashes = hashes_of_count(17);
    const std::vector<Digest> above = {run_of(std::span(hashes).first(16)),
                                       run_of(std::span(hashes).last(1))};
    EXPECT_EQ(root_of(above), root_of(hashes));  // only the number of records tells them apart
}

}  // namespace
}  // namespace altis::journal
