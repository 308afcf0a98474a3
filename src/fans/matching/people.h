// The records of one matching, normalised, in an order that depends on their content alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fans/matching/person_record.h"
#include "fans/matching/text_distance.h"

namespace altis::fans::matching {

// Number of a value within its field; 0 is "not known".
using ValueId = std::uint32_t;
constexpr ValueId kUnknown = 0;

// One spelling of one field, with what comparing it needs.
struct Value {
    std::string text;      // normalised
    std::string joined;    // without blanks
    std::string ordered;   // words in alphabetical order, joined
    std::string phonetic;  // of `text`
    Letters letters{};     // of `joined`
};

class People {
  public:
    // Reads the records; they are not needed afterwards.
    explicit People(std::span<const PersonRecord> records);

    std::uint32_t size() const { return static_cast<std::uint32_t>(persons_.size()); }

    // Persons are numbered from 0 in canonical order; this is the place in the input.
    std::size_t place(std::uint32_t person) const { return persons_[person].place; }

    ValueId value_id(std::uint32_t person, PersonField field) const {
        return persons_[person].values[index_of(field)];
    }
    const Value& value(PersonField field, ValueId id) const { return values_[index_of(field)][id]; }
    const Value& value(std::uint32_t person, PersonField field) const {
        return value(field, value_id(person, field));
    }
    std::size_t values(PersonField field) const { return values_[index_of(field)].size(); }

  private:
    struct Person {
        std::size_t place = 0;
        std::array<ValueId, kPersonFields> values{};
    };

    std::vector<Person> persons_;
    std::array<std::vector<Value>, kPersonFields> values_;  // sorted by text; [0] is "not known"
};

}  // namespace altis::fans::matching
