// A person as somebody typed it in: what probabilistic matching reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace altis::fans::matching {

enum class PersonField : std::uint8_t {
    kGivenName,
    kSurname,
    kStreetNumber,
    kAddressLine1,
    kAddressLine2,
    kSuburb,
    kPostcode,
    kState,
    kBirthDate,
    kNationalId,
    kPhone,
    kEmail,
};
constexpr std::size_t kPersonFields = 12;

constexpr std::size_t index_of(PersonField field) {
    return static_cast<std::size_t>(field);
}

// The name people read: "birth date".
std::string_view field_name(PersonField field);

// Every field is optional text in any form; an empty text means "not known". Dates are read as
// year-month-day or day/month/year, with or without separators.
struct PersonRecord {
    std::string id;  // the caller's name for the record; never compared
    std::array<std::string, kPersonFields> values;

    std::string& operator[](PersonField field) { return values[index_of(field)]; }
    const std::string& operator[](PersonField field) const { return values[index_of(field)]; }
};

}  // namespace altis::fans::matching
