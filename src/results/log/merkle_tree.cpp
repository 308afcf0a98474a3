#include "results/log/merkle_tree.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/assert.h"

namespace altis::results {
namespace {

using crypto::Digest;

Digest node_hash(const Digest& left, const Digest& right) {
    std::array<char, 1 + 2 * sizeof(Digest)> bytes{1};
    auto* const end = std::copy(left.begin(), left.end(), bytes.data() + 1);
    std::copy(right.begin(), right.end(), end);
    return crypto::sha256({bytes.data(), bytes.size()});
}

// The largest power of two below `count`, which is 2 at least.
std::uint64_t split(std::uint64_t count) {
    return std::bit_floor(count - 1);
}

}  // namespace

Digest leaf_hash(std::string_view entry) {
    constexpr std::string_view kPrefix("\0", 1);
    crypto::Sha256 hash;
    hash.add(kPrefix).add(entry);
    return hash.finish();
}

void MerkleTree::append(const Digest& leaf) {
    Digest hash = leaf;
    for (std::size_t level = 0;; ++level) {
        if (level == levels_.size()) levels_.emplace_back();
        std::vector<Digest>& hashes = levels_[level];
        hashes.push_back(hash);
        if (hashes.size() % 2 != 0) return;
        hash = node_hash(hashes[hashes.size() - 2], hashes.back());
    }
}

std::span<const Digest> MerkleTree::leaves() const {
    return levels_.empty() ? std::span<const Digest>() : std::span<const Digest>(levels_.front());
}

// Of the leaves from `begin` up to `end`, where `begin` is a multiple of the largest power of two
// that is at most their number.
Digest MerkleTree::subtree(std::uint64_t begin, std::uint64_t end) const {
    const std::uint64_t count = end - begin;
    if (std::has_single_bit(count)) {
        const auto level = static_cast<std::size_t>(std::countr_zero(count));
        return levels_[level][begin >> level];
    }
    const std::uint64_t middle = begin + split(count);
    return node_hash(subtree(begin, middle), subtree(middle, end));
}

Digest MerkleTree::root(std::uint64_t size) const {
    ALTIS_ASSERT(size <= this->size());
    return size == 0 ? crypto::sha256({}) : subtree(0, size);
}

std::vector<Digest> MerkleTree::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
    ALTIS_ASSERT(index < size && size <= this->size());
    std::vector<Digest> path;
    add_path(path, index, 0, size);
    return path;
}

void MerkleTree::add_path(std::vector<Digest>& path, std::uint64_t index, std::uint64_t begin,
                          std::uint64_t end) const {
    if (end - begin == 1) return;
    const std::uint64_t middle = begin + split(end - begin);
    const bool is_left = index < middle;
    add_path(path, index, is_left ? begin : middle, is_left ? middle : end);
    path.push_back(is_left ? subtree(middle, end) : subtree(begin, middle));
}

std::vector<Digest> MerkleTree::consistency_proof(std::uint64_t old_size,
                                                  std::uint64_t size) const {
    ALTIS_ASSERT(old_size > 0 && old_size <= size && size <= this->size());
    std::vector<Digest> path;
    add_subproof(path, old_size, 0, size);
    return path;
}

// Whoever checks the proof knows the root of the older log, so that it stands in the path only when
// it is no single subtree at the very left.
void MerkleTree::add_subproof(std::vector<Digest>& path, std::uint64_t old_size,
                              std::uint64_t begin, std::uint64_t end) const {
    if (old_size == end) {
        if (begin != 0) path.push_back(subtree(begin, end));
        return;
    }
    const std::uint64_t middle = begin + split(end - begin);
    if (old_size <= middle) {
        add_subproof(path, old_size, begin, middle);
        path.push_back(subtree(middle, end));
    } else {
        add_subproof(path, old_size, middle, end);
        path.push_back(subtree(begin, middle));
    }
}

std::vector<Digest> MerkleTree::tile(int level, std::uint64_t index, std::uint64_t size) const {
    const auto height = static_cast<std::size_t>(level) * kTileHeight;
    if (level < 0 || height >= levels_.size()) return {};
    const std::uint64_t complete = std::min(size, this->size()) >> height;
    const std::uint64_t begin = std::min(index, complete / kTileWidth + 1) * kTileWidth;
    if (begin >= complete) return {};
    const auto first = levels_[height].begin() + static_cast<std::ptrdiff_t>(begin);
    return {first, first + static_cast<std::ptrdiff_t>(std::min(kTileWidth, complete - begin))};
}

std::optional<Digest> root_from_inclusion(const Digest& leaf, std::uint64_t index,
                                          std::uint64_t size, std::span<const Digest> path) {
    if (index >= size) return std::nullopt;
    std::uint64_t place = index;
    std::uint64_t last = size - 1;
    Digest hash = leaf;
    for (const Digest& sibling : path) {
        if (last == 0) return std::nullopt;
        const bool is_right = place % 2 != 0;
        if (is_right || place == last) {
            hash = node_hash(sibling, hash);
            while (!is_right && place % 2 == 0 && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if (last != 0) return std::nullopt;
    return hash;
}

bool is_consistent(const TreeHead& older, const TreeHead& newer, std::span<const Digest> proof) {
    if (older.size == 0 || older.size > newer.size) return false;
    if (older.size == newer.size) return proof.empty() && older.root == newer.root;
    const bool is_subtree = std::has_single_bit(older.size);
    if (!is_subtree && proof.empty()) return false;
    const Digest first = is_subtree ? older.root : proof.front();
    if (!is_subtree) proof = proof.subspan(1);
    std::uint64_t place = older.size - 1;
    std::uint64_t last = newer.size - 1;
    while (place % 2 != 0) {
        place >>= 1;
        last >>= 1;
    }
    Digest old_hash = first;
    Digest new_hash = first;
    for (const Digest& hash : proof) {
        if (last == 0) return false;
        if (place % 2 != 0 || place == last) {
            old_hash = node_hash(hash, old_hash);
            new_hash = node_hash(hash, new_hash);
            while (place % 2 == 0 && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(new_hash, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 && old_hash == older.root && new_hash == newer.root;
}

}  // namespace altis::results
