// The Merkle tree of RFC 6962 (section 2.1) over a log that only grows: one root for all entries up
// to a size, a short proof that an entry is among them, and one that a smaller log is a beginning
// of a larger one. The hashes can be read as tiles, fixed pieces that never change once full.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/hash.h"

namespace altis::results {

constexpr int kTileHeight = 8;                           // levels of the tree in one tile
constexpr std::uint64_t kTileWidth = 1U << kTileHeight;  // hashes in a full tile

// SHA-256 of 0x00 and the entry.
crypto::Digest leaf_hash(std::string_view entry);

class MerkleTree {
  public:
    void append(const crypto::Digest& leaf);
    std::uint64_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }

    // Of the first `size` entries, at most as many as there are. Of none it is the hash of nothing.
    crypto::Digest root(std::uint64_t size) const;

    // The audit path of entry `index` below `size`, from the bottom up.
    std::vector<crypto::Digest> inclusion_proof(std::uint64_t index, std::uint64_t size) const;

    // That the first `old_size` of `size` entries are the whole older log; old_size is 1 at least.
    std::vector<crypto::Digest> consistency_proof(std::uint64_t old_size, std::uint64_t size) const;

    // The hashes of tile `index` at tile level `level` (0 holds leaf hashes, 1 the roots of full
    // tiles of level 0, and so on) that are complete in a log of `size` entries; at most kTileWidth
    // and perhaps none.
    std::vector<crypto::Digest> tile(int level, std::uint64_t index, std::uint64_t size) const;

    // Every leaf, for a snapshot.
    std::span<const crypto::Digest> leaves() const;

  private:
    crypto::Digest subtree(std::uint64_t begin, std::uint64_t end) const;
    void add_path(std::vector<crypto::Digest>& path, std::uint64_t index, std::uint64_t begin,
                  std::uint64_t end) const;
    void add_subproof(std::vector<crypto::Digest>& path, std::uint64_t old_size,
                      std::uint64_t begin, std::uint64_t end) const;

    std::vector<std::vector<crypto::Digest>> levels_;  // of complete subtrees of 2^level leaves
};

// The root that an entry's hash and its audit path lead to; nothing when the path has another
// length than its place asks for (RFC 9162, section 2.1.3.2).
std::optional<crypto::Digest> root_from_inclusion(const crypto::Digest& leaf, std::uint64_t index,
                                                  std::uint64_t size,
                                                  std::span<const crypto::Digest> path);

// A log as somebody saw it.
struct TreeHead {
    std::uint64_t size = 0;
    crypto::Digest root{};
};

// True when the proof shows that `older` is a beginning of `newer` (RFC 9162, section 2.1.4.2).
bool is_consistent(const TreeHead& older, const TreeHead& newer,
                   std::span<const crypto::Digest> proof);

}  // namespace altis::results
