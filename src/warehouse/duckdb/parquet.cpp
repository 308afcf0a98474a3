#include "warehouse/parquet.h"

#include <algorithm>
#include <optional>
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

// How values of a type of DuckDB's become texts; nothing for those that do not.
std::optional<duckdb::TextForm> form_of(std::string_view type) {
    constexpr std::string_view kPlain[] = {
        "VARCHAR",   "BOOLEAN",  "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
        "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT",    "DOUBLE",  "UUID",   "UHUGEINT"};
    const bool is_enum = type.starts_with("ENUM(") && !type.ends_with(']');
    const bool is_decimal = type.starts_with("DECIMAL(") && type.ends_with(')');
    if (std::ranges::find(kPlain, type) != std::end(kPlain) || is_decimal || is_enum)
        return duckdb::TextForm::kPlain;
    if (type == "TIMESTAMP WITH TIME ZONE") return duckdb::TextForm::kZonedMoment;
    const bool is_timestamp = type.starts_with("TIMESTAMP") && !type.ends_with(']');
    if (type == "DATE" || is_timestamp) return duckdb::TextForm::kMoment;
    return std::nullopt;
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

struct ParquetTexts::Open {
    std::string path;
    duckdb::Database database;
    duckdb::Connection connection;
    std::optional<duckdb::Stream> stream;
};

ParquetTexts::ParquetTexts() = default;
ParquetTexts::ParquetTexts(ParquetTexts&&) noexcept = default;
ParquetTexts::~ParquetTexts() = default;

Result<ParquetTexts> ParquetTexts::open(const std::string& path) {
    TRY(auto database, duckdb::Database::open_in_memory(kParquetMemoryMb, path));
    TRY(auto connection, database.connect());
    const auto described = connection.query(
        duckdb::describe_parquet(path),
        {{"column_name", Type::kText}, {"column_type", Type::kText}}, duckdb::kNoDeadline);
    if (!described) {
        return fail(Code::kInvalid, "parquet.unreadable",
                    "the file is no Parquet file, or is damaged; write it anew");
    }
    ParquetTexts file;
    for (std::size_t i = 0; i < described->size(); ++i) {
        file.columns_.emplace_back(described->columns[0].text(i));
        file.types_.emplace_back(described->columns[1].text(i));
    }
    file.open_.reset(new Open{path, std::move(database), std::move(connection), std::nullopt});
    return file;
}

Result<void> ParquetTexts::select(const std::vector<std::string>& columns) {
    std::vector<duckdb::TextColumn> texts;
    std::vector<ColumnSpec> outputs;
    for (const std::string& name : columns) {
        const auto found = std::ranges::find(columns_, name);
        if (found == columns_.end()) {
            std::string names;
            for (const std::string& column : columns_)
                names += (names.empty() ? "" : ", ") + column;
            return fail(Code::kInvalid, "parquet.column_missing",
                        "the file has no column '" + name + "'; it has " + names);
        }
        const std::string& type = types_[static_cast<std::size_t>(found - columns_.begin())];
        const auto form = form_of(type);
        if (!form) {
            return fail(Code::kInvalid, "parquet.column_type",
                        "the column '" + name + "' is of the type " + type.substr(0, 64) +
                            "; write it as texts, numbers, moments or truth values");
        }
        texts.push_back({name, *form});
        outputs.push_back({name, Type::kText});
    }
    open_->stream.reset();
    TRY(open_->stream,
        open_->connection.stream(duckdb::texts_from_parquet(texts, open_->path).text, outputs));
    return {};
}

Result<Rows> ParquetTexts::next() {
    ALTIS_ASSERT(open_->stream.has_value());
    return open_->stream->next();
}

}  // namespace altis::warehouse
