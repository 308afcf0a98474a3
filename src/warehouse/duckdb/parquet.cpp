#include "warehouse/parquet.h"

#include <utility>

#include "platform/memory_file.h"
#include "warehouse/duckdb/connection.h"
#include "warehouse/duckdb/sql.h"

namespace altis::warehouse {
namespace {

TableSpec table_of(const Rows& rows) {
    TableSpec table{"exported", {}};
    for (std::size_t i = 0; i < rows.columns.size(); ++i)
        table.columns.push_back({rows.names[i], rows.columns[i].type()});
    return table;
}

}  // namespace

Result<std::string> write_parquet(const Rows& rows) {
    TRY(const auto file, platform::MemoryFile::create());
    TRY(auto database, duckdb::Database::open_in_memory(kParquetMemoryMb, file.path()));
    TRY(auto connection, database.connect());
    const TableSpec table = table_of(rows);
    TRY_VOID(connection.execute(duckdb::create_table(table)));
    TRY_VOID(connection.append(table, TableBatch{rows.columns}));
    TRY_VOID(connection.execute(duckdb::copy_to_parquet(table, file.path())));
    return file.read();
}

Result<Rows> read_parquet(const std::string& path, const std::vector<ColumnSpec>& expected) {
    TRY(auto database, duckdb::Database::open_in_memory(kParquetMemoryMb, path));
    TRY(auto connection, database.connect());
    return connection.query(duckdb::select_from_parquet(expected, path), expected,
                            duckdb::kNoDeadline);
}

}  // namespace altis::warehouse
