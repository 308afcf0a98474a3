// Tables for a broker that must not know whom they are about (trust mode T1). At the owner's side
// identifiers become keyed tags and attributes are sealed; the broker joins the tags and counts as
// in mode T0 (question.h), with the same noise, ledger and policy.
//
// A person's row is made from HMAC-SHA-256(study key, identifier): 16 bytes are the tag, and one
// byte each is the left and the right pad. The left owner sends (attributes ^ left pad, right pad),
// the right owner (attributes ^ right pad, left pad). So only who has both rows of a person can
// open either: attributes of persons whom one owner alone knows stay sealed for good. What the
// broker sees, exactly: docs/security/cleanroom.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/crossing/members.h"
#include "cleanroom/crossing/study_key.h"
#include "cleanroom/rows.h"

namespace altis::cleanroom::crossing {

constexpr std::string_view kBlindTrust =
    "T1: the operator sees keyed tags, the number of rows, and yes-or-no attributes of the persons "
    "whom both owners know, but no identifier; it must not collude with an owner";
constexpr std::size_t kMaxTaggedNameBytes = 32;  // of an attribute

// Which of a room's owners, in the template's order. The right one's table is padded to a size
// class; the left one's is not, because shares are of its number of persons.
enum class StudySide : std::uint8_t { kLeft, kRight };

struct TaggedTable {
    std::string study_key_id;
    StudySide side = StudySide::kLeft;
    std::vector<std::string> attributes;  // at most kMaxMemberAttributes, [a-z0-9_-]
    // Canonical. Of the flags the low four bits are the sealed attributes, the high four the pad
    // that opens the other side's.
    Rows rows;
};

// `seed`: fresh and secret, for the padding. Fails with "study.bad_attribute".
Result<TaggedTable> tag_members(const Members& members, std::vector<std::string> attributes,
                                Identifier identifier, StudySide side, const StudyKey& key,
                                const crypto::Digest& seed);

// CSV in the order of the tags: "tag" in hex, "sealed" and "opener" as a hex digit each. The names
// of the last two say what the table is: "sealed:left:attended+vip", "opener:<study key id>".
std::string to_csv(const TaggedTable& table);

// Whether a file says that it is such a table; then it must be read as one and as nothing else.
bool is_tagged(std::string_view csv);

// Fails with "study.bad_table", naming the line, for anything that `to_csv` did not write: also
// for rows that are not in order or that repeat a tag.
Result<TaggedTable> parse_tagged(std::string_view csv);

// What a treasury keeps about a tagged table beside its attributes, and back. Nothing for the mark
// of no tagged table.
std::string mark_of(const TaggedTable& table);
struct TaggedMark {
    std::string study_key_id;
    StudySide side = StudySide::kLeft;
};
std::optional<TaggedMark> read_mark(std::string_view mark);

// Both sides' rows for the engine: attributes of persons in both are opened, all others are zero.
// Asserts canonical order.
struct Opened {
    Rows left;
    Rows right;
};
Opened open_matched(const RowsView& left, const RowsView& right);

}  // namespace altis::cleanroom::crossing
