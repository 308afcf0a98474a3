#include "cleanroom/rows.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

// A row with its tag as two big-endian words, so that comparing them compares the bytes.
struct Keyed {
    std::uint64_t high;
    std::uint64_t low;
    std::uint32_t index;
};

std::uint64_t load_big_endian(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return __builtin_bswap64(word);
}

std::vector<Keyed> sorted_keys(const RowsView& rows) {
    ALTIS_ASSERT(rows.tags.size() == rows.flags.size());
    std::vector<Keyed> keys(rows.tags.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::uint8_t* bytes = rows.tags[i].data();
        keys[i] = {load_big_endian(bytes), load_big_endian(bytes + 8),
                   static_cast<std::uint32_t>(i)};
    }
    std::sort(keys.begin(), keys.end(), [](const Keyed& a, const Keyed& b) {
        if (a.high != b.high) return a.high < b.high;
        if (a.low != b.low) return a.low < b.low;
        return a.index < b.index;
    });
    return keys;
}

}  // namespace

Tag make_tag(const crypto::Digest& key, std::string_view normalised_identifier) {
    const crypto::Digest digest = crypto::keyed_hash(key, normalised_identifier);
    return tag_from_bytes(crypto::as_text(digest).substr(0, sizeof(Tag)));
}

Tag tag_from_bytes(std::string_view bytes) {
    Tag tag;
    ALTIS_ASSERT(bytes.size() == tag.size());
    std::memcpy(tag.data(), bytes.data(), tag.size());
    return tag;
}

Rows canonical_first(const RowsView& rows) {
    Rows result;
    result.tags.reserve(rows.tags.size());
    result.flags.reserve(rows.tags.size());
    for (const Keyed& key : sorted_keys(rows)) {
        const Tag& tag = rows.tags[key.index];
        if (result.size() > 0 && result.tags.back() == tag) continue;
        result.add(tag, rows.flags[key.index]);
    }
    return result;
}

}  // namespace altis::cleanroom
