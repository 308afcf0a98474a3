// DuckDB's C library with owners, values and our errors.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/batch.h"
#include "warehouse/column.h"
#include "warehouse/duckdb/sql.h"

// DuckDB's own names; its header stays out of this one.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
struct _duckdb_database;
struct _duckdb_connection;
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace altis::warehouse::duckdb {

using Deadline = std::chrono::steady_clock::time_point;
constexpr Deadline kNoDeadline = Deadline::max();

// Whether statements may name files.
enum class FileAccess : std::uint8_t { kNone, kUntilLocked };

struct Settings {
    unsigned threads = 2;
    std::uint64_t memory_limit_mb = 1024;
    // Where large sorts and joins put what memory does not hold; empty: nowhere.
    std::string spill_directory = {};
    FileAccess file_access = FileAccess::kNone;
};

// The answer to a query, part by part. Must not outlive its connection, which does nothing else
// until it is gone.
class Stream {
  public:
    // The next rows; none at the end. Columns have no names.
    Result<Rows> next();

  private:
    friend class Connection;
    struct Answer;
    struct Close {
        void operator()(Answer* answer) const;
    };
    Stream() = default;
    std::unique_ptr<Answer, Close> answer_;
    std::vector<ColumnSpec> outputs_;
};

// One connection: one transaction, one thread at a time. Must not outlive its database.
class Connection {
  public:
    explicit Connection(_duckdb_connection* handle) : handle_(handle) {}

    // Runs a statement and gives the number of rows that it changed.
    Result<std::uint64_t> execute(const std::string& sql);

    // Runs a query whose answer has exactly these columns; given up with "warehouse.deadline".
    Result<Rows> query(const Statement& statement, const std::vector<ColumnSpec>& outputs,
                       Deadline deadline);

    // Begins a query without parameters whose answer has these columns, however many rows.
    Result<Stream> stream(const std::string& sql, std::vector<ColumnSpec> outputs);

    // Appends rows in the open transaction.
    Result<void> append(const TableSpec& table, const TableBatch& rows);

    // Appends all rows of a table to the table of the same shape behind `target`, chunk by chunk.
    Result<void> copy(const TableSpec& table, Connection& target);

  private:
    struct Close {
        void operator()(_duckdb_connection* handle) const;
    };
    std::unique_ptr<_duckdb_connection, Close> handle_;
};

// An open database file. Closing writes everything into the file and removes the write-ahead log.
class Database {
  public:
    // Opens or makes the file, without extensions, without access to anything else, with settings
    // that cannot be changed any more.
    static Result<Database> open(const std::string& path, const Settings& settings);

    // An empty one in memory that may open this one file and nothing else, and spills nothing.
    static Result<Database> open_in_memory(std::uint64_t memory_limit_mb,
                                           const std::string& only_path);

    Result<Connection> connect();

  private:
    struct Close {
        void operator()(_duckdb_database* handle) const;
    };
    explicit Database(_duckdb_database* handle) : handle_(handle) {}
    static Result<Database> open_unlocked(const std::string& path, const Settings& settings);
    Result<void> run(const std::vector<std::string>& statements);
    std::unique_ptr<_duckdb_database, Close> handle_;
};

}  // namespace altis::warehouse::duckdb
