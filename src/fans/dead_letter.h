// Dead letters: events that were not taken, kept with their reason until somebody repairs them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

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
// forgotten, subject and reason are empty: the place stays taken, so that which letters are known
// does not depend on when somebody was forgotten.
struct DeadLetter {
    journal::Offset offset = 0;
    SubjectId subject = kNoSubject;  // under whose key it is sealed
    std::string reason;
};

// Payload of `fans.rejected`, little-endian: u8 version 1; texts with u32 length: reason, sentence,
// message id, the event's bytes as they came.
struct RejectedEvent {
    std::string_view reason;
    std::string_view message;
    std::string_view message_id;
    std::string_view raw;
};

std::string encode_rejection(const Rejection& rejection);

// Views into the payload. Fails with "bytes.malformed".
Result<RejectedEvent> decode_rejection(std::string_view payload);

}  // namespace altis::fans
