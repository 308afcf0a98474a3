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
#include "cleanroom/data/table_data.h"
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

// Appends the next part of a table that came in several: CSVs with one header, in one order. Fails
// with "study.bad_part".
Result<void> append(TaggedTable& table, const TaggedTable& next);

// ---- in a treasury ----

// What is known of a data set that came tagged, beside its schema.
struct TaggedMark {
    std::string study_key_id;
    StudySide side = StudySide::kLeft;
    friend bool operator==(const TaggedMark&, const TaggedMark&) = default;
};
codec::Json to_json(const TaggedMark& mark);
// Nothing for what `to_json` did not write.
std::optional<TaggedMark> mark_from_json(const codec::Json& json);

// A tagged table as questions see it: each attribute a yes or a no.
Schema question_schema(const TaggedTable& table);

// As its file keeps it: the columns "sealed:<side>" and "opener:<study key id>".
TableData stored_form(const TaggedTable& table);

// Both sides' rows for the engine, out of their stored forms, in these schemas: attributes of
// persons in both are opened, all others are no.
struct Opened {
    TableData left;
    TableData right;
};
Opened open_matched(const TableData& left, const Schema& left_schema, const TableData& right,
                    const Schema& right_schema);

}  // namespace altis::cleanroom::crossing
