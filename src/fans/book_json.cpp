#include "fans/book_json.h"

#include <charconv>
#include <cstdio>
#include <utility>

#include "base/assert.h"

namespace altis::fans {

using codec::Json;

std::string hex_of(std::uint64_t number) {
    char digits[17];
    std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(number));
    return digits;
}

std::uint64_t number_of(std::string_view hex) {
    std::uint64_t number = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
    return number;
}

std::string hex_of(const crypto::Fingerprint& fingerprint) {
    return hex_of(fingerprint.low) + hex_of(fingerprint.high);
}

crypto::Fingerprint fingerprint_of(std::string_view hex) {
    return {number_of(hex.substr(0, 16)), number_of(hex.substr(16))};
}

Json own_json(const journal::Record& record) {
    auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    return std::move(*json);
}

SubjectId subject_in(const Json& json, std::string_view member) {
    return SubjectId{static_cast<std::uint32_t>(json[member].as_int())};
}

std::set<SubjectId> subjects_in(const Json& numbers) {
    std::set<SubjectId> subjects;
    for (const Json& number : numbers.items())
        subjects.insert(SubjectId{static_cast<std::uint32_t>(number.as_int())});
    return subjects;
}

Json numbers_of(const std::vector<SubjectId>& subjects) {
    Json numbers = Json::array();
    for (const SubjectId subject : subjects)
        numbers.push(to_number(subject));
    return numbers;
}

journal::Draft forgotten_draft(const std::vector<SubjectId>& subjects,
                               const std::vector<SubjectId>& letters) {
    Json payload = Json::object({{"subjects", numbers_of(subjects)}});
    if (!letters.empty()) payload.set("letters", numbers_of(letters));
    return {"fans.forgotten", "", kNoSubject, payload.to_string()};
}

}  // namespace altis::fans
