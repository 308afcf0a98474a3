#include "warehouse/duckdb/connection.h"

#include <algorithm>
#include <duckdb.h>
#include <thread>

namespace altis::warehouse::duckdb {
namespace {

constexpr std::string_view kRebuild = "; run `altis warehouse rebuild` to make it anew";

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(Code::kCorrupt, "warehouse.damaged",
                "the warehouse file is damaged (" + first_line(what) + ")" + std::string(kRebuild));
}

// What DuckDB says may quote cells, so only errors about files and the engine itself pass it on.
tl::unexpected<Error> failure(duckdb_error_type type, const char* said) {
    const std::string_view message = said == nullptr ? "no reason given" : said;
    if (has(message, "No space left on device")) {
        return fail(Code::kUnavailable, "warehouse.disk_full",
                    "the disk of the warehouse is full; free some space");
    }
    if (has(message, "orrupt") || has(message, "checksum") || type == DUCKDB_ERROR_SERIALIZATION) {
        return damaged(message);
    }
    switch (type) {
        case DUCKDB_ERROR_INTERRUPT:
            return fail(Code::kOverloaded, "warehouse.deadline",
                        "the query was not done in time; ask for less or allow more time");
        case DUCKDB_ERROR_OUT_OF_MEMORY:
            return fail(Code::kOverloaded, "warehouse.out_of_memory",
                        "the query needs more than the warehouse's memory limit; ask for less");
        case DUCKDB_ERROR_OUT_OF_RANGE:
        case DUCKDB_ERROR_CONVERSION:
            return fail(Code::kInvalid, "plan.overflow",
                        "a sum in the answer is beyond 64 bits; ask for smaller groups");
        case DUCKDB_ERROR_IO:
        case DUCKDB_ERROR_FATAL:
        case DUCKDB_ERROR_INTERNAL:
        case DUCKDB_ERROR_CATALOG:
        case DUCKDB_ERROR_TRANSACTION:
        case DUCKDB_ERROR_SETTINGS:
            return fail(Code::kUnavailable, "warehouse.failed",
                        "the warehouse refused: " + first_line(message));
        default:
            return fail(Code::kUnavailable, "warehouse.failed",
                        "the warehouse refused with DuckDB's error type " + std::to_string(type));
    }
}

// The library gives errors of a running query as text alone, which begins with the name of the
// type.
tl::unexpected<Error> running_failure(const char* said) {
    constexpr std::pair<std::string_view, duckdb_error_type> kTypes[] = {
        {"INTERRUPT Error", DUCKDB_ERROR_INTERRUPT},
        {"Out of Memory Error", DUCKDB_ERROR_OUT_OF_MEMORY},
        {"Conversion Error", DUCKDB_ERROR_CONVERSION},
        {"Out of Range Error", DUCKDB_ERROR_OUT_OF_RANGE},
        {"IO Error", DUCKDB_ERROR_IO},
        {"FATAL Error", DUCKDB_ERROR_FATAL},
        {"INTERNAL Error", DUCKDB_ERROR_INTERNAL},
    };
    const std::string_view message = said == nullptr ? "" : said;
    for (const auto& [name, type] : kTypes) {
        if (message.substr(0, name.size()) == name) return failure(type, said);
    }
    return failure(DUCKDB_ERROR_INVALID, said);
}

// Owners of the C library's things.
struct ResultOwner {
    duckdb_result value{};
    ResultOwner() = default;
    ResultOwner(const ResultOwner&) = delete;
    ResultOwner& operator=(const ResultOwner&) = delete;
    ~ResultOwner() { duckdb_destroy_result(&value); }
    tl::unexpected<Error> error() {
        return failure(duckdb_result_error_type(&value), duckdb_result_error(&value));
    }
};

template <class Handle, void (*destroy)(Handle*)>
struct Owner {
    Handle value = nullptr;
    Owner() = default;
    explicit Owner(Handle handle) : value(handle) {}
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    ~Owner() { destroy(&value); }
    explicit operator bool() const { return value != nullptr; }
};
using ChunkOwner = Owner<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using PreparedOwner = Owner<duckdb_prepared_statement, duckdb_destroy_prepare>;
using PendingOwner = Owner<duckdb_pending_result, duckdb_destroy_pending>;
using TypeOwner = Owner<duckdb_logical_type, duckdb_destroy_logical_type>;
using ConfigOwner = Owner<duckdb_config, duckdb_destroy_config>;
using ErrorOwner = Owner<duckdb_error_data, duckdb_destroy_error_data>;

class Appender {
  public:
    Appender() = default;
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;
    ~Appender() { duckdb_appender_destroy(&handle_); }

    Result<void> open(duckdb_connection connection, const std::string& table) {
        return checked(duckdb_appender_create(connection, nullptr, table.c_str(), &handle_));
    }
    Result<void> append(duckdb_data_chunk chunk) {
        return checked(duckdb_append_data_chunk(handle_, chunk));
    }
    Result<void> close() { return checked(duckdb_appender_close(handle_)); }

  private:
    Result<void> checked(duckdb_state state) {
        if (state == DuckDBSuccess) return {};
        const ErrorOwner error(duckdb_appender_error_data(handle_));
        return failure(duckdb_error_data_error_type(error.value),
                       duckdb_error_data_message(error.value));
    }
    duckdb_appender handle_ = nullptr;
};

Result<void> bind(duckdb_prepared_statement prepared, const std::vector<Value>& parameters) {
    for (idx_t i = 1; i <= parameters.size(); ++i) {
        const Value& value = parameters[i - 1];
        duckdb_state state = DuckDBError;
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            state = duckdb_bind_int64(prepared, i, *number);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            state = duckdb_bind_varchar_length(prepared, i, text->data(), text->size());
        } else if (const auto* truth = std::get_if<bool>(&value)) {
            state = duckdb_bind_boolean(prepared, i, *truth);
        } else if (const auto* time = std::get_if<Time>(&value)) {
            state = duckdb_bind_timestamp(prepared, i, duckdb_timestamp{time->us});
        }
        if (state != DuckDBSuccess) {
            return fail(Code::kInvalid, "plan.bad_filter",
                        "value " + std::to_string(i) + " of the filter is not usable as text");
        }
    }
    return {};
}

// Works on the query in small steps, so that the deadline is seen without a watching thread.
Result<void> work_until_done(duckdb_connection connection, duckdb_pending_result pending,
                             Deadline deadline) {
    constexpr std::chrono::microseconds kPause(50);
    while (true) {
        const duckdb_pending_state state = duckdb_pending_execute_task(pending);
        if (state == DUCKDB_PENDING_ERROR) return running_failure(duckdb_pending_error(pending));
        if (duckdb_pending_execution_is_finished(state)) return {};
        if (std::chrono::steady_clock::now() >= deadline) {
            duckdb_interrupt(connection);
            return failure(DUCKDB_ERROR_INTERRUPT, "");
        }
        if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kPause);
    }
}

template <class Cell, class Add>
void add_cells(const void* data, const std::uint64_t* validity, idx_t rows, Column& column,
               const Add& add) {
    const auto* cells = static_cast<const Cell*>(data);
    for (idx_t row = 0; row < rows; ++row) {
        const bool valid = validity == nullptr || (validity[row / 64] >> (row % 64) & 1) != 0;
        if (valid) {
            add(cells[row]);
        } else {
            column.add_null();
        }
    }
}

void read_vector(duckdb_vector vector, idx_t rows, Column& column) {
    const void* data = duckdb_vector_get_data(vector);
    const std::uint64_t* validity = duckdb_vector_get_validity(vector);
    switch (column.type()) {
        case Type::kInteger:
        case Type::kMinor:
        case Type::kTime:
            return add_cells<std::int64_t>(data, validity, rows, column,
                                           [&](std::int64_t cell) { column.add_number(cell); });
        case Type::kBool:
            return add_cells<bool>(data, validity, rows, column,
                                   [&](bool cell) { column.add_number(cell ? 1 : 0); });
        case Type::kReal:
            return add_cells<double>(data, validity, rows, column,
                                     [&](double cell) { column.add_real(cell); });
        case Type::kText:
            return add_cells<duckdb_string_t>(
                data, validity, rows, column, [&](duckdb_string_t cell) {
                    column.add_text(std::string_view(duckdb_string_t_data(&cell),
                                                     duckdb_string_t_length(cell)));
                });
    }
}

// Empty columns for an answer of this shape.
Rows rows_of(const std::vector<ColumnSpec>& outputs) {
    Rows rows;
    for (const ColumnSpec& output : outputs) {
        rows.names.push_back(output.name);
        rows.columns.emplace_back(output.type);
    }
    return rows;
}

void read_chunk(duckdb_data_chunk chunk, Rows& rows) {
    const idx_t size = duckdb_data_chunk_get_size(chunk);
    for (std::size_t i = 0; i < rows.columns.size(); ++i)
        read_vector(duckdb_data_chunk_get_vector(chunk, i), size, rows.columns[i]);
}

Result<Rows> read_rows(duckdb_result result, const std::vector<ColumnSpec>& outputs) {
    Rows rows = rows_of(outputs);
    ALTIS_ASSERT(duckdb_column_count(&result) == outputs.size());
    while (const ChunkOwner chunk{duckdb_fetch_chunk(result)}) {
        const idx_t size = duckdb_data_chunk_get_size(chunk.value);
        if (rows.size() + size > kMaxResultRows) {
            return fail(Code::kTooLarge, "plan.too_large",
                        "the answer has more than " + std::to_string(kMaxResultRows) +
                            " rows; group them or filter more");
        }
        read_chunk(chunk.value, rows);
    }
    return rows;
}

duckdb_type type_id(const ColumnSpec& column) {
    if (column.name == kSubjectColumn) return DUCKDB_TYPE_UINTEGER;
    switch (column.type) {
        case Type::kText:
            return DUCKDB_TYPE_VARCHAR;
        case Type::kBool:
            return DUCKDB_TYPE_BOOLEAN;
        case Type::kTime:
            return DUCKDB_TYPE_TIMESTAMP;
        default:
            return DUCKDB_TYPE_BIGINT;
    }
}

duckdb_data_chunk make_chunk(const TableSpec& table) {
    std::vector<duckdb_logical_type> types;
    types.reserve(table.columns.size());
    for (const ColumnSpec& column : table.columns) {
        types.push_back(duckdb_create_logical_type(type_id(column)));
    }
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types.data(), types.size());
    for (duckdb_logical_type& type : types)
        duckdb_destroy_logical_type(&type);
    return chunk;
}

template <class Cell>
void write_numbers(duckdb_vector vector, const Column& column, std::size_t first, idx_t rows) {
    auto* cells = static_cast<Cell*>(duckdb_vector_get_data(vector));
    for (idx_t row = 0; row < rows; ++row)
        cells[row] = static_cast<Cell>(column.number(first + row));
}

// In DuckDB's own form: short texts stand in the cell, and longer ones stay in the column's memory,
// from which the appender copies them. A call per cell would cost more than all else here.
duckdb_string_t cell_of(std::string_view text) {
    duckdb_string_t cell{};
    cell.value.inlined.length = static_cast<std::uint32_t>(text.size());
    if (text.size() <= sizeof(cell.value.inlined.inlined)) {
        std::ranges::copy(text, cell.value.inlined.inlined);
        return cell;
    }
    std::ranges::copy(text.substr(0, sizeof(cell.value.pointer.prefix)), cell.value.pointer.prefix);
    cell.value.pointer.ptr = const_cast<char*>(text.data());
    return cell;
}

void write_texts(duckdb_vector vector, const Column& column, std::size_t first, idx_t rows) {
    auto* cells = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
    for (idx_t row = 0; row < rows; ++row)
        cells[row] = cell_of(column.text(first + row));
}

void write_nulls(duckdb_vector vector, const Column& column, std::size_t first, idx_t rows) {
    std::uint64_t* validity = nullptr;
    for (idx_t row = 0; row < rows; ++row) {
        if (!column.is_null(first + row)) continue;
        if (validity == nullptr) {
            duckdb_vector_ensure_validity_writable(vector);
            validity = duckdb_vector_get_validity(vector);
        }
        validity[row / 64] &= ~(std::uint64_t{1} << (row % 64));
    }
}

void write_vector(duckdb_vector vector, const ColumnSpec& spec, const Column& column,
                  std::size_t first, idx_t rows) {
    switch (type_id(spec)) {
        case DUCKDB_TYPE_VARCHAR:
            write_texts(vector, column, first, rows);
            break;
        case DUCKDB_TYPE_BOOLEAN:
            write_numbers<bool>(vector, column, first, rows);
            break;
        case DUCKDB_TYPE_UINTEGER:
            write_numbers<std::uint32_t>(vector, column, first, rows);
            break;
        default:
            write_numbers<std::int64_t>(vector, column, first, rows);
    }
    write_nulls(vector, column, first, rows);
}

// DuckDB's own 16 MB would pack the same unfinished row group several times over during ingest;
// beyond this the log takes long to replay after a crash.
constexpr const char* kLogBeforeCheckpoint = "64MB";

Result<void> configure(duckdb_config config, const Settings& settings) {
    const std::pair<const char*, std::string> values[] = {
        {"access_mode", "READ_WRITE"},
        {"threads", std::to_string(settings.threads)},
        {"memory_limit", std::to_string(settings.memory_limit_mb) + "MB"},
        {"temp_directory", settings.spill_directory},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"enable_external_access",
         settings.file_access == FileAccess::kUntilLocked ? "true" : "false"},
        {"checkpoint_threshold", kLogBeforeCheckpoint},
    };
    for (const auto& [name, value] : values) {
        if (duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess) continue;
        return fail(Code::kInvalid, "warehouse.failed",
                    "DuckDB does not take '" + value + "' for its setting " + name);
    }
    return {};
}

// Anything in a file that keeps it from opening is damage, unless the system says otherwise.
tl::unexpected<Error> open_failure(const std::string& path, std::string_view said) {
    if (has(said, "Could not set lock") || has(said, "onflicting lock")) {
        return fail(Code::kConflict, "warehouse.in_use",
                    "warehouse " + path + " is open in another process; stop that one first");
    }
    if (has(said, "No space left") || has(said, "Permission denied") || has(said, "Cannot open")) {
        return failure(DUCKDB_ERROR_IO, std::string(said).c_str());
    }
    return damaged(said);
}

}  // namespace

struct Stream::Answer {
    ResultOwner result;
};

void Stream::Close::operator()(Answer* answer) const {
    delete answer;
}

Result<Rows> Stream::next() {
    Rows rows = rows_of(outputs_);
    const ChunkOwner chunk{duckdb_fetch_chunk(answer_->result.value)};
    if (chunk) {
        read_chunk(chunk.value, rows);
    } else if (const char* said = duckdb_result_error(&answer_->result.value)) {
        return running_failure(said);
    }
    return rows;
}

void Connection::Close::operator()(_duckdb_connection* handle) const {
    duckdb_disconnect(&handle);
}

Result<std::uint64_t> Connection::execute(const std::string& sql) {
    ResultOwner result;
    if (duckdb_query(handle_.get(), sql.c_str(), &result.value) != DuckDBSuccess) {
        return result.error();
    }
    return duckdb_rows_changed(&result.value);
}

Result<Rows> Connection::query(const Statement& statement, const std::vector<ColumnSpec>& outputs,
                               Deadline deadline) {
    PreparedOwner prepared;
    if (duckdb_prepare(handle_.get(), statement.text.c_str(), &prepared.value) != DuckDBSuccess) {
        return failure(DUCKDB_ERROR_CATALOG, duckdb_prepare_error(prepared.value));
    }
    TRY_VOID(bind(prepared.value, statement.parameters));
    PendingOwner pending;
    if (duckdb_pending_prepared(prepared.value, &pending.value) != DuckDBSuccess) {
        return failure(DUCKDB_ERROR_CATALOG, duckdb_pending_error(pending.value));
    }
    TRY_VOID(work_until_done(handle_.get(), pending.value, deadline));
    ResultOwner result;
    if (duckdb_execute_pending(pending.value, &result.value) != DuckDBSuccess)
        return result.error();
    return read_rows(result.value, outputs);
}

Result<Stream> Connection::stream(const std::string& sql, std::vector<ColumnSpec> outputs) {
    PreparedOwner prepared;
    if (duckdb_prepare(handle_.get(), sql.c_str(), &prepared.value) != DuckDBSuccess) {
        return failure(DUCKDB_ERROR_CATALOG, duckdb_prepare_error(prepared.value));
    }
    Stream stream;
    stream.answer_.reset(new Stream::Answer());
    stream.outputs_ = std::move(outputs);
    duckdb_result& result = stream.answer_->result.value;
    if (duckdb_execute_prepared_streaming(prepared.value, &result) != DuckDBSuccess)
        return stream.answer_->result.error();
    ALTIS_ASSERT(duckdb_column_count(&result) == stream.outputs_.size());
    return stream;
}

Result<void> Connection::append(const TableSpec& table, const TableBatch& rows) {
    Appender appender;
    TRY_VOID(appender.open(handle_.get(), table.name));
    const ChunkOwner chunk(make_chunk(table));
    for (std::size_t first = 0; first < rows.rows(); first += duckdb_vector_size()) {
        const idx_t size = std::min<idx_t>(duckdb_vector_size(), rows.rows() - first);
        duckdb_data_chunk_reset(chunk.value);
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            write_vector(duckdb_data_chunk_get_vector(chunk.value, i), table.columns[i],
                         rows.columns[i], first, size);
        }
        duckdb_data_chunk_set_size(chunk.value, size);
        TRY_VOID(appender.append(chunk.value));
    }
    return appender.close();
}

Result<void> Connection::copy(const TableSpec& table, Connection& target) {
    PreparedOwner prepared;
    const std::string sql = "SELECT * FROM \"" + table.name + "\"";
    if (duckdb_prepare(handle_.get(), sql.c_str(), &prepared.value) != DuckDBSuccess) {
        return failure(DUCKDB_ERROR_CATALOG, duckdb_prepare_error(prepared.value));
    }
    // Streaming: a table is larger than memory.
    ResultOwner result;
    if (duckdb_execute_prepared_streaming(prepared.value, &result.value) != DuckDBSuccess) {
        return result.error();
    }
    Appender appender;
    TRY_VOID(appender.open(target.handle_.get(), table.name));
    while (const ChunkOwner chunk{duckdb_fetch_chunk(result.value)}) {
        if (duckdb_data_chunk_get_size(chunk.value) == 0) break;
        TRY_VOID(appender.append(chunk.value));
    }
    if (duckdb_result_error(&result.value) != nullptr) return result.error();
    return appender.close();
}

void Database::Close::operator()(_duckdb_database* handle) const {
    duckdb_close(&handle);
}

Result<Database> Database::open_unlocked(const std::string& path, const Settings& settings) {
    ConfigOwner config;
    if (duckdb_create_config(&config.value) != DuckDBSuccess) {
        return fail(Code::kUnavailable, "warehouse.failed", "DuckDB gives no configuration");
    }
    TRY_VOID(configure(config.value, settings));
    duckdb_database handle = nullptr;
    char* said = nullptr;
    if (duckdb_open_ext(path.c_str(), &handle, config.value, &said) != DuckDBSuccess) {
        const std::string message = said == nullptr ? "no reason given" : said;
        duckdb_free(said);
        duckdb_close(&handle);
        return open_failure(path, message);
    }
    return Database(handle);
}

Result<void> Database::run(const std::vector<std::string>& statements) {
    TRY(Connection connection, connect());
    for (const std::string& statement : statements)
        TRY_VOID(connection.execute(statement));
    return {};
}

Result<Database> Database::open(const std::string& path, const Settings& settings) {
    TRY(Database database, open_unlocked(path, settings));
    TRY_VOID(database.run({lock_settings()}));
    return database;
}

Result<Database> Database::open_in_memory(std::uint64_t memory_limit_mb,
                                          const std::string& only_path) {
    Settings settings;
    settings.threads = 1;
    settings.memory_limit_mb = memory_limit_mb;
    settings.file_access = FileAccess::kUntilLocked;
    TRY(Database database, open_unlocked(":memory:", settings));
    TRY_VOID(database.run({allow_path(only_path), forbid_other_paths(), lock_settings()}));
    return database;
}

Result<Connection> Database::connect() {
    duckdb_connection handle = nullptr;
    if (duckdb_connect(handle_.get(), &handle) != DuckDBSuccess) {
        return fail(Code::kUnavailable, "warehouse.failed", "DuckDB gives no further connection");
    }
    return Connection(handle);
}

}  // namespace altis::warehouse::duckdb
