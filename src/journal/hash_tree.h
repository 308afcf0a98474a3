// The tree of hashes over the frames of a batch: one root for all of them, and for each a short
// path that leads to the root. docs/formats/journal.md gives its form.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/hash.h"

namespace altis::journal {

// A wide tree costs least to make: one hash for 16 frames, and one more for 256.
constexpr std::size_t kHashesPerRun = 16;

// The hash of one frame: its receipt.
crypto::Digest frame_hash(std::string_view frame);

// Asserts that there is one at least.
crypto::Digest root_of(std::span<const crypto::Digest> hashes);

// The other hashes of the runs above `hashes[index]`, from the bottom up.
std::vector<crypto::Digest> path_of(std::span<const crypto::Digest> hashes, std::size_t index);

// Which hash of how many.
struct TreePlace {
    std::size_t index = 0;
    std::size_t count = 0;
};

// The root that `hash` and `path` lead to; nothing when the path has not the length that its place
// asks for, or the place is none.
std::optional<crypto::Digest> root_from(const crypto::Digest& hash, const TreePlace& place,
                                        std::span<const crypto::Digest> path);

}  // namespace altis::journal
