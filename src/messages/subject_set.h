// A compact set of subjects: per 65,536 numbers a sorted list of 16-bit rests, or bits once that is
// smaller. A million persons take at most 125 kB.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"

namespace altis::messages {

class SubjectSet {
  public:
    bool add(SubjectId subject);     // true when it was not in
    bool remove(SubjectId subject);  // true when it was in
    bool contains(SubjectId subject) const;
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::vector<SubjectId> members() const;  // ascending

    // The same bytes for equal sets.
    void save(ByteWriter& out) const;
    // Replaces the set. Fails with "bytes.malformed".
    Result<void> load(ByteReader& in);

  private:
    // Sorted rests while there are at most kMaxList of them, else bits. Which of the two follows
    // from the number of members alone, so that equal sets are equal in memory.
    struct Block {
        std::vector<std::uint16_t> list;
        std::vector<std::uint64_t> bits;  // empty, or 1,024 words
        std::uint32_t size = 0;
    };
    static void to_bits(Block& block);
    static void to_list(Block& block);

    std::map<std::uint16_t, Block> blocks_;  // by the upper half of the number; none is empty
    std::size_t size_ = 0;
};

// Ascending subjects as text for a record: differences in variable length, in hex.
std::string pack_subjects(std::vector<SubjectId> subjects);
// Reverses pack_subjects. Fails with "bytes.malformed".
Result<std::vector<SubjectId>> unpack_subjects(std::string_view text);

}  // namespace altis::messages
