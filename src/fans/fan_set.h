// A set of fans: a compressed bitmap over fan numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"

namespace altis::fans {

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

    bool contains(SubjectId fan) const;
    std::uint64_t size() const;
    std::vector<SubjectId> members() const;  // ascending

    // Compact bytes that are the same for equal sets, with their length.
    void save(ByteWriter& out) const;
    // Replaces the set by what `save` wrote; else "fans.set_malformed".
    Result<void> load(ByteReader& in);

    std::uint64_t intersection_size(const FanSet& other) const;
    FanSet& operator&=(const FanSet& other);
    FanSet& operator|=(const FanSet& other);
    FanSet& operator-=(const FanSet& other);

    // Made in one pass, which is less than a copy and a change.
    friend FanSet operator&(const FanSet& one, const FanSet& other);
    friend FanSet operator|(const FanSet& one, const FanSet& other);
    friend FanSet operator-(const FanSet& one, const FanSet& other);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::fans
