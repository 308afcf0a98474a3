// The tables of the warehouse. Every table is append-only and begins with two columns of its own
// accord: `journal_offset`, the record that the row came from, and `subject`, whose data it is (0 =
// nobody's). No keys, no updates, no indexes: a row is a fact, and facts are found by scanning
// columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::warehouse {

// What a column holds. Every column may also hold null, except the two leading ones.
enum class Type : std::uint8_t {
    kInteger,  // 64 bits, signed
    kMinor,    // an exact amount in integer minor units (cents, hundredths of a point)
    kText,     // UTF-8, compared byte by byte
    kBool,
    kTime,  // UTC microseconds
    kReal,  // only in results: averages
};

// "integer", "minor", "text", "bool", "time", "real".
std::string_view to_string(Type type);

struct ColumnSpec {
    std::string name;
    Type type = Type::kInteger;
    friend bool operator==(const ColumnSpec&, const ColumnSpec&) = default;
};

struct TableSpec {
    std::string name;
    std::vector<ColumnSpec> columns;  // without the two leading ones
    friend bool operator==(const TableSpec&, const TableSpec&) = default;
};

constexpr std::string_view kOffsetColumn = "journal_offset";
constexpr std::string_view kSubjectColumn = "subject";
constexpr std::size_t kLeadingColumns = 2;

constexpr std::size_t kMaxTables = 256;
constexpr std::size_t kMaxColumns = 256;  // of one table, with the leading ones
constexpr std::size_t kMaxNameBytes = 63;

// True for a lower-case letter followed by lower-case letters, digits and underscores.
bool is_valid_name(std::string_view name);

// All tables of a warehouse. In it a table's columns include the leading ones.
class Schema {
  public:
    // Adds a table and gives its number. Adding the same table again gives the first number. Fails
    // with "schema.bad_name", "schema.bad_type", "schema.too_large", or "schema.conflict" when a
    // column stands there twice or the name is taken by a table of another shape.
    Result<std::size_t> add(const TableSpec& spec);

    const std::vector<TableSpec>& tables() const { return tables_; }

    // Null when there is no such table.
    const TableSpec* find(std::string_view table) const;

  private:
    std::vector<TableSpec> tables_;
};

// Null when the table has no such column.
const ColumnSpec* find_column(const TableSpec& table, std::string_view column);

}  // namespace altis::warehouse
