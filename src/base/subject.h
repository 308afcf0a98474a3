// A subject is anything whose data can be forgotten as a whole: a fan, or an organisation's
// treasury.
#pragma once

#include <cstdint>

namespace altis {

// Number of a subject, counted from 1 by the journal; it is also the number of its key in the
// vault. It is a pseudonym: only books know which person it stands for, and only until the person
// is erased.
enum class SubjectId : std::uint32_t {};

// "No subject": the record is about nobody and is stored in the clear.
constexpr SubjectId kNoSubject{0};

constexpr std::uint32_t to_number(SubjectId id) {
    return static_cast<std::uint32_t>(id);
}

}  // namespace altis
