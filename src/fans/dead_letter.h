// Dead letters: events that were not taken, kept with their reason until somebody repairs them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "fans/ingest.h"
#include "journal/record.h"

namespace altis::fans {

constexpr std::string_view kConflictReason = "event.conflict";

// Dead letters that the book of the fans knows the place of; the oldest go first. All remain in the
// journal, and are counted.
constexpr std::size_t kMaxDeadLetters = 100'000;

// Where a dead letter lies in the journal; the bytes are read from there. When its person was
// forgotten, all but the offset is empty: the place stays taken, so that which letters are known
// does not depend on when somebody was forgotten.
struct DeadLetter {
    journal::Offset offset = 0;
    SubjectId subject = kNoSubject;  // under whose key it is sealed
    std::string reason;
    std::string edition;
    bool is_repaired = false;  // the event was put right and counts
};

// Payload of `fans.rejected`, little-endian: u8 version 3; u8 count of names (letter_names.h), two
// u64 each; i64 received at, u8 1 when a sentAt of the batch follows in an i64, else i64 0; texts
// with u32 length: API key id, reason, sentence, message id, the event's bytes as they came.
// Version 2 has no names, and version 1 begins with the reason; both are sealed under the
// organisation's treasury, later ones under a subject of their own.
struct RejectedEvent {
    bool has_own_subject = false;
    std::vector<crypto::Fingerprint> names;
    Origin origin;  // empty in version 1
    std::string_view reason;
    std::string_view message;
    std::string_view message_id;
    std::string_view raw;
};

std::string encode_rejection(const Rejection& rejection);

// Views into the payload. Fails with "bytes.malformed".
Result<RejectedEvent> decode_rejection(std::string_view payload);

// A dead letter as somebody reads it who is to repair it. Views into the record.
struct LetterText {
    Origin origin;
    std::string_view reason;
    std::string_view message;  // empty for a conflict
    std::string_view message_id;
    std::string_view raw;
};
// Of a record `fans.rejected` or `fans.conflict`. Fails with "fans.no_dead_letter" for any other
// and for one whose person was forgotten, or with "bytes.malformed".
Result<LetterText> read_letter(const journal::Record& record);

// Body for parse_batch that holds a repaired event, in the words of the Segment specification, in
// the place of the letter: with the sentAt of its batch. Fails with "json.malformed" or
// "event.malformed" unless `event` is one JSON object.
Result<std::string> repaired_batch(std::string_view event, const Origin& origin);

}  // namespace altis::fans
