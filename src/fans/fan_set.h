// A set of fans: a compressed bitmap over fan numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"

namespace altis::fans {

// Fans whose numbers differ only in the last 16 bits are a block: a bit for each in so many words.
inline constexpr std::size_t kBlockWords = 1024;

// Copyable and movable. Not thread-safe, not even for readers beside one writer.
class FanSet {
  public:
    FanSet();
    FanSet(const FanSet& other);
    FanSet(FanSet&& other) noexcept;
    FanSet& operator=(FanSet other) noexcept;
    ~FanSet();

    // True when that changed the set.
    bool add(SubjectId fan);
    bool remove(SubjectId fan);
    // add or remove
    bool set(SubjectId fan, bool member) { return member ? add(fan) : remove(fan); }

    // Adds all of these; quick when they ascend.
    void add_all(std::span<const std::uint32_t> fans);

    bool contains(SubjectId fan) const;
    std::uint64_t size() const;
    std::vector<SubjectId> members() const;  // ascending

    // Compact bytes that are the same for equal sets, with their length.
    void save(ByteWriter& out) const;
    // Replaces the set by what `save` wrote; else "fans.set_malformed".
    Result<void> load(ByteReader& in);

    FanSet& operator&=(const FanSet& other);
    FanSet& operator|=(const FanSet& other);
    FanSet& operator-=(const FanSet& other);

    friend FanSet operator-(FanSet one, const FanSet& other) {
        one -= other;
        return one;
    }

    // Members are in blocks below this number.
    std::uint32_t blocks() const;
    // The bits of a block, in the set's own memory or else written into `room`, which has space for
    // kBlockWords; null when no member is in it. Good until the set changes.
    const std::uint64_t* block(std::uint32_t number, std::uint64_t* room) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::fans
