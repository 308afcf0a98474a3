// Columns as a Parquet file, for others to read; and the Parquet files of others.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/column.h"

namespace altis::warehouse {

constexpr std::uint64_t kParquetMemoryMb = 512;  // aim of one file's making, not a hard cap, MiB

// One Parquet file (version 1 pages, zstd) with these rows in their order, a column per name.
// Texts are UTF-8 strings, times are UTC microseconds. Made in memory: nothing of it touches a
// disk. Names must be valid names (schema.h), columns of equal length; reals assert. Any thread.
// Fails with "warehouse.failed" or "warehouse.out_of_memory".
Result<std::string> write_parquet(const Rows& rows);

// The rows of such a file; `expected` gives names and types of its columns. For tests and checks.
// Fails with "warehouse.failed" when it is none, or has other columns.
Result<Rows> read_parquet(const std::string& path, const std::vector<ColumnSpec>& expected);

// Somebody else's Parquet file, read as texts. DuckDB opens this one file and nothing else, without
// extensions, in kParquetMemoryMb. One thread at a time.
class ParquetTexts {
  public:
    // Fails with "parquet.unreadable" when DuckDB cannot read the file.
    static Result<ParquetTexts> open(const std::string& path);

    // Names of its columns, in their order.
    const std::vector<std::string>& columns() const { return columns_; }

    // Begins to read these columns, from the first row on. Decimals and integers are written as
    // digits, moments as RFC 3339 in UTC (without a zone they are taken for UTC), truth values as
    // true and false. Fails with "parquet.column_missing" or "parquet.column_type" (lists,
    // structures, bytes).
    Result<void> select(const std::vector<std::string>& columns);

    // The next few thousand rows of the selected columns; none at the end.
    Result<Rows> next();

    ParquetTexts(ParquetTexts&&) noexcept;
    ParquetTexts& operator=(ParquetTexts&&) = delete;
    ~ParquetTexts();

  private:
    struct Open;
    ParquetTexts();
    std::unique_ptr<Open> open_;
    std::vector<std::string> columns_;
    std::vector<std::string> types_;
};

}  // namespace altis::warehouse
