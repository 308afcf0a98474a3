// Rows of a customer file, whatever its format: the wanted columns as texts, row by row.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::cleanroom {

enum class FileFormat : std::uint8_t { kCsv, kNdjson, kParquet };

// "csv", "ndjson", "parquet".
std::string_view to_string(FileFormat format);

// Not thread-safe. Errors and names of columns never repeat a value of a row.
class CustomerRows {
  public:
    virtual ~CustomerRows() = default;

    // Reads the next row: one text for each wanted column, empty where it has none, valid until the
    // next call. False at the end. An error tells about this row alone, e.g. "csv.malformed"; the
    // next call goes on behind it, unless `is_over`.
    virtual Result<bool> next(std::span<std::string_view> fields) = 0;
    virtual bool is_over() const = 0;

    // Of the row read last: its line, counted from 1; in a Parquet file the number of the row.
    virtual std::size_t line() const = 0;
};

// Opens the text or bytes of a file, which must outlive what it gives. Fails with
// "treasury.not_utf8" (line and column), "treasury.no_header" (the first line looks like data),
// "treasury.separator", "csv.empty", "csv.column_missing" (names the columns that exist),
// "csv.duplicate_column", "csv.malformed"; for Parquet with "parquet.unreadable",
// "parquet.column_missing" or "parquet.column_type".
Result<std::unique_ptr<CustomerRows>> open_customer_rows(FileFormat format, std::string_view file,
                                                         const std::vector<std::string>& wanted);

// Checks the encoding of a text. Fails with "treasury.not_utf8".
Result<void> check_encoding(FileFormat format, std::string_view text);

}  // namespace altis::cleanroom
