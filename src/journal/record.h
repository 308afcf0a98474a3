// What the journal holds: drafts go in, records come out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/subject.h"
#include "base/time.h"

namespace altis::journal {

// Number of a record, counted from 1 without gaps.
using Offset = std::uint64_t;

constexpr std::size_t kMaxTypeBytes = 64;
constexpr std::size_t kMaxTopicBytes = 256;
constexpr std::size_t kMaxPayloadBytes = 33U << 20;

// An event on its way into the journal. With a subject the payload is sealed under that subject's
// key.
struct Draft {
    std::string type;   // "<system>.<what_happened>", e.g. "fans.event"; [a-z0-9_.]
    std::string topic;  // what it belongs to, e.g. an edition or a unit; never personal data
    SubjectId subject = kNoSubject;
    std::string payload;  // JSON text, or the type's own binary form
};

// An event as read back. Views live as long as the reader says (usually until its next read).
struct Record {
    Offset offset = 0;
    Time time;  // when it was decided
    std::string_view type;
    std::string_view topic;
    SubjectId subject = kNoSubject;
    std::string_view payload;  // unsealed; empty when erased
    bool erased = false;       // the subject's key was destroyed: only the envelope is left
};

}  // namespace altis::journal
