// A tag in the place of the person, and rows of nothing else than a tag and attribute bits.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/hash.h"

namespace altis::cleanroom {

// The person in the clean room: the first 16 bytes of BLAKE2b keyed with the installation's
// matching secret, over the normalised e-mail address (codec/email.h). Cannot be enumerated without
// the secret.
using Tag = std::array<std::uint8_t, 16>;

Tag make_tag(const crypto::Digest& key, std::string_view normalised_identifier);

// The tag from its 16 raw bytes, as the fan platform keeps it. Asserts the size.
Tag tag_from_bytes(std::string_view bytes);

// Two columns of equal length; the bits of `flags` are attributes.
struct RowsView {
    std::span<const Tag> tags;
    std::span<const std::uint8_t> flags;
};

struct Rows {
    std::vector<Tag> tags;
    std::vector<std::uint8_t> flags;

    void add(const Tag& tag, std::uint8_t bits) {
        tags.push_back(tag);
        flags.push_back(bits);
    }
    std::size_t size() const { return tags.size(); }
    RowsView view() const { return {tags, flags}; }
    friend bool operator==(const Rows&, const Rows&) = default;
};

// Rows sorted by tag, one per tag; of several rows with one tag the first wins.
Rows canonical_first(const RowsView& rows);

}  // namespace altis::cleanroom
