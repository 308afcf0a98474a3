// Persons from a CSV file whose columns carry usual names.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fans/matching/person_record.h"

namespace altis::fans::matching {

struct PeopleFile {
    std::vector<PersonRecord> records;  // without an id column, the id is the line of the file
    std::vector<PersonField> fields;    // those that the file has, in order of the enum
};

// What a column or member of this name holds, in any case and punctuation: "Last Name", "lastName".
std::optional<PersonField> field_named(std::string_view name);

// Reads a file. A column is recognised by its name in any case and punctuation, e.g. "surname",
// "Last Name", "family_name"; columns that are not recognised are left out. Fails with
// "people.no_names" when there is neither a given name nor a surname, "people.too_few_columns" with
// fewer than two more columns to tell namesakes apart, "people.column_twice" when two columns mean
// the same, and as CsvReader does.
Result<PeopleFile> read_people(std::string_view csv);

}  // namespace altis::fans::matching
