// The warehouse in one file of DuckDB, for one machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "platform/file.h"
#include "warehouse/engine.h"

namespace altis::warehouse {

struct DuckdbOptions {
    std::string folder;  // made when absent; belongs to the warehouse alone
    unsigned threads = 2;
    std::uint64_t memory_limit_mb = 1024;  // of DuckDB's buffers; more is spilled into the folder
    std::size_t max_queries = 8;           // at once; others wait for their deadline
};

// Opens the warehouse in a folder, or makes an empty one. Fails with "warehouse.in_use",
// "warehouse.damaged" or file errors. `files` must outlive the engine.
Result<std::unique_ptr<Engine>> open_duckdb(platform::FileSystem& files,
                                            const DuckdbOptions& options);

// Removes the warehouse in a folder, damaged or not, so that it can be opened empty. Fails with
// "warehouse.in_use" or file errors.
Result<void> discard_duckdb(platform::FileSystem& files, const std::string& folder);

}  // namespace altis::warehouse
