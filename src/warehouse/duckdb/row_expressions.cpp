#include "warehouse/row_expressions.h"

#include "base/assert.h"
#include "warehouse/duckdb/connection.h"
#include "warehouse/duckdb/sql.h"

namespace altis::warehouse {

// A connection must go before its database.
struct RowExpressions::Engine {
    duckdb::Database database;
    duckdb::Connection connection;
};

namespace {

// A table has a column even when no expression reads one.
TableSpec table_of(const std::vector<Column>& columns) {
    TableSpec table{"rows", {}};
    for (std::size_t i = 0; i < columns.size(); ++i)
        table.columns.push_back({"c" + std::to_string(i), columns[i].type()});
    if (columns.empty()) table.columns.push_back({"nothing", Type::kBool});
    return table;
}

TableBatch batch_of(const std::vector<Column>& columns, std::size_t rows) {
    TableBatch batch{columns};
    if (!columns.empty()) return batch;
    batch.columns.emplace_back(Type::kBool);
    for (std::size_t row = 0; row < rows; ++row)
        batch.columns.front().add_number(0);
    return batch;
}

}  // namespace

Result<RowExpressions> RowExpressions::open(std::uint64_t memory_limit_mb) {
    duckdb::Settings settings;
    settings.threads = 1;
    settings.memory_limit_mb = memory_limit_mb;
    TRY(duckdb::Database database, duckdb::Database::open(":memory:", settings));
    TRY(duckdb::Connection connection, database.connect());
    return RowExpressions(std::make_unique<Engine>(std::move(database), std::move(connection)));
}

Result<std::string> RowExpressions::tree(std::string_view sql) {
    TRY(const Rows rows, engine_->connection.query(duckdb::serialize_statement(sql),
                                                   {{"tree", Type::kText}}, duckdb::kNoDeadline));
    ALTIS_ASSERT(rows.size() == 1);
    return std::string(rows.columns.front().text(0));
}

Result<Rows> RowExpressions::compute(const std::vector<Column>& columns, std::size_t rows,
                                     const std::vector<RowExpression>& expressions) {
    const TableSpec table = table_of(columns);
    duckdb::Connection& connection = engine_->connection;
    TRY_VOID(connection.execute(duckdb::create_table(table)));
    TRY_VOID(connection.append(table, batch_of(columns, rows)));
    std::vector<ColumnSpec> outputs;
    for (std::size_t i = 0; i < expressions.size(); ++i)
        outputs.push_back({"e" + std::to_string(i), expressions[i].type});
    TRY(Rows computed, connection.query(duckdb::select_expressions(table, expressions), outputs,
                                        duckdb::kNoDeadline));
    TRY_VOID(connection.execute(duckdb::drop_table(table)));
    return computed;
}

RowExpressions::RowExpressions(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
RowExpressions::RowExpressions(RowExpressions&&) noexcept = default;
RowExpressions& RowExpressions::operator=(RowExpressions&&) noexcept = default;
RowExpressions::~RowExpressions() = default;

}  // namespace altis::warehouse
