// Columns as a Parquet file, for others to read.
#pragma once

#include <string>

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

}  // namespace altis::warehouse
