// The rows of a data set as rooms use them: columns side by side, sorted by person.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cleanroom/data/schema.h"
#include "cleanroom/rows.h"
#include "crypto/hash.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxTableRows = 20'000'000;

// All columns have as many entries as there are tags. Rows of one person stand together, in the
// order in which they were added; persons ascend by tag.
struct TableData {
    Schema schema;
    std::vector<Tag> tags;
    std::vector<std::vector<std::uint16_t>> codes;   // by dimension
    std::vector<std::vector<std::int64_t>> values;   // by measure
    std::vector<std::vector<std::int64_t>> moments;  // by moment

    std::size_t rows() const { return tags.size(); }
    // How many different persons.
    std::size_t people() const;

    friend bool operator==(const TableData&, const TableData&) = default;
};

// A row on its way into a table; as many entries as the schema has columns of the kind.
struct RowValues {
    std::span<const std::uint16_t> codes;
    std::span<const std::int64_t> values;
    std::span<const std::int64_t> moments;
};

// Collects rows in any order.
class TableBuilder {
  public:
    explicit TableBuilder(Schema schema);

    // Values are clamped to their measure's bounds. Asserts the sizes and that codes are in range.
    void add(const Tag& tag, const RowValues& row);
    std::size_t rows() const { return table_.rows(); }

    // Sorted by person; the builder is used up.
    TableData finish() &&;

  private:
    TableData table_;
};

// Persons ascending, each with its rows in the order in which they stood. Gives where each row was.
std::vector<std::uint32_t> sort_by_person(TableData& table);

// Keeps of each person in a sorted table the first so many rows, at least one, and gives how many
// went.
std::size_t keep_first_rows(TableData& table, std::size_t rows_per_person);

// Removes every row of these persons, ascending, and gives how many went.
std::size_t drop_people(TableData& table, std::span<const Tag> people);

// Commits to schema and rows: SHA-256 over "altis table 1\n", the canonical schema, the number of
// rows and then column after column, little-endian. Hides them from everybody without the key of
// the tags, because tags cannot be guessed.
crypto::Digest commitment(const TableData& table);

// The bytes of a table; as compact as its columns.
void save(const TableData& table, ByteWriter& out);
// Fails with "treasury.file_damaged" for anything that `save` did not write.
Result<TableData> load_table(ByteReader& in);

}  // namespace altis::cleanroom
