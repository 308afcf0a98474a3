// How the book of the fans writes numbers, subjects and fingerprints into the JSON of its records.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/subject.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "journal/record.h"

namespace altis::fans {

// Sixteen hexadecimal digits, and the number again.
std::string hex_of(std::uint64_t number);
std::uint64_t number_of(std::string_view hex);

// The low half first.
std::string hex_of(const crypto::Fingerprint& fingerprint);
crypto::Fingerprint fingerprint_of(std::string_view hex);

// Of a payload that this book wrote itself.
codec::Json own_json(const journal::Record& record);

SubjectId subject_in(const codec::Json& json, std::string_view member);
std::set<SubjectId> subjects_in(const codec::Json& numbers);
codec::Json numbers_of(const std::vector<SubjectId>& subjects);

// `fans.forgotten` of these subjects of fans and these dead letters.
journal::Draft forgotten_draft(const std::vector<SubjectId>& subjects,
                               const std::vector<SubjectId>& letters);

}  // namespace altis::fans
