#include "warehouse/duckdb/duckdb_engine.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "warehouse/duckdb/connection.h"
#include "warehouse/duckdb/gate.h"
#include "warehouse/duckdb/sql.h"

namespace altis::warehouse {
namespace duckdb {
namespace {

using std::chrono::steady_clock;

// Names in the folder. DuckDB puts its write-ahead logs beside the file, under the file's name and
// more.
constexpr std::string_view kFile = "warehouse.duckdb";
constexpr std::string_view kFreshFile = "fresh.duckdb";
constexpr std::string_view kLock = "lock";
constexpr std::string_view kSpill = "spill";

// The engine's own table; no table of a schema can have its name.
constexpr const char* kMakeState =
    "CREATE TABLE IF NOT EXISTS \"_state\" (committed_offset BIGINT, residue BOOLEAN)";

bool begins_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

Result<void> remove_starting_with(platform::FileSystem& files, const std::string& folder,
                                  std::string_view start) {
    TRY(const bool there, files.exists(folder));
    if (!there) return {};
    TRY(const std::vector<std::string> names, files.list(folder));
    for (const std::string& name : names) {
        if (!begins_with(name, start)) continue;
        std::string path = folder;
        path.append("/").append(name);
        TRY_VOID(files.remove(path));
    }
    return {};
}

Result<std::unique_ptr<platform::FileLock>> lock_folder(platform::FileSystem& files,
                                                        const std::string& folder) {
    TRY_VOID(files.create_directories(folder));
    auto lock = files.lock(folder + "/" + std::string(kLock));
    if (lock || lock.error().reason != "file.locked") return lock;
    return fail(Code::kConflict, "warehouse.in_use",
                "warehouse " + folder + " is open already; stop the process that has it first");
}

Result<void> remove_all(platform::FileSystem& files, const std::string& folder) {
    TRY_VOID(remove_starting_with(files, folder, kFreshFile));
    TRY_VOID(remove_starting_with(files, folder, kFile));
    TRY_VOID(remove_starting_with(files, folder + "/" + std::string(kSpill), ""));
    return files.sync_directory(folder);
}

std::string subject_list(const std::vector<SubjectId>& subjects) {
    std::string list;
    for (const SubjectId subject : subjects) {
        list += (list.empty() ? "" : ", ") + std::to_string(to_number(subject));
    }
    return list;
}

// What the engine's own table says.
struct State {
    std::uint64_t offset = 0;
    bool residue = false;
};

// An open file with its one writing connection.
struct Store {
    Database database;
    Connection writer;
};

Result<State> read_state(Connection& connection) {
    const Statement statement{"SELECT committed_offset, residue FROM \"_state\"", {}};
    TRY(const Rows rows,
        connection.query(statement, {{"offset", Type::kInteger}, {"residue", Type::kBool}},
                         kNoDeadline));
    if (rows.size() != 1) {
        return fail(Code::kCorrupt, "warehouse.damaged",
                    "the warehouse does not know its offset; run `altis warehouse rebuild`");
    }
    return State{static_cast<std::uint64_t>(rows.columns[0].number(0)),
                 rows.columns[1].number(0) != 0};
}

Result<void> write_state(Connection& connection, const State& state) {
    return connection
        .execute("UPDATE \"_state\" SET committed_offset = " + std::to_string(state.offset) +
                 ", residue = " + (state.residue ? "true" : "false"))
        .map([](std::uint64_t) {});
}

Result<Store> open_store(const std::string& path, const Settings& settings) {
    TRY(Database database, Database::open(path, settings));
    TRY(Connection writer, database.connect());
    TRY_VOID(writer.execute(kMakeState));
    TRY_VOID(
        writer.execute("INSERT INTO \"_state\" SELECT 0, false WHERE NOT EXISTS "
                       "(FROM \"_state\")"));
    return Store{std::move(database), std::move(writer)};
}

Result<Rows> stored_columns(Connection& connection, const std::string& table) {
    const Statement statement{
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $1 "
        "ORDER BY column_index",
        {table}};
    return connection.query(statement, {{"name", Type::kText}, {"type", Type::kText}}, kNoDeadline);
}

bool has_shape(const Rows& stored, const TableSpec& table) {
    if (stored.size() != table.columns.size()) return false;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (stored.columns[0].text(i) != table.columns[i].name) return false;
        if (stored.columns[1].text(i) != storage_type(table.columns[i])) return false;
    }
    return true;
}

class DuckdbEngine final : public Engine {
  public:
    DuckdbEngine(platform::FileSystem& files, const DuckdbOptions& options,
                 std::unique_ptr<platform::FileLock> lock)
        : files_(files),
          folder_(options.folder),
          settings_{options.threads, options.memory_limit_mb, path(kSpill)},
          lock_(std::move(lock)),
          gate_(options.max_queries) {}

    Result<void> start() {
        TRY_VOID(remove_starting_with(files_, folder_, kFreshFile));
        TRY_VOID(remove_starting_with(files_, settings_.spill_directory, ""));
        return reopen();
    }

    Result<void> create_tables(const Schema& schema) override;
    Result<Committed> commit(const Batch& batch) override;
    journal::Offset committed_offset() const override { return offset_; }
    bool has_residue() const override { return residue_; }
    Result<void> checkpoint() override;
    Result<void> compact() override;
    Result<void> clear() override;
    Result<void> close() override;
    Result<Rows> run(const Plan& plan, Duration deadline) override;
    Result<std::uint64_t> row_count(std::string_view table) override;

  private:
    std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }

    Result<Store*> store();
    Result<void> reopen();
    Result<void> create_table(Connection& writer, const TableSpec& table);
    Result<Committed> bring(const Batch& batch);
    Result<void> write_fresh();
    Result<void> fill(Store& fresh);
    Result<void> exchange();

    platform::FileSystem& files_;
    const std::string folder_;
    const Settings settings_;
    std::unique_ptr<platform::FileLock> lock_;
    Gate gate_;
    std::mutex writing_;          // held by everything but queries
    std::optional<Store> store_;  // replaced only while the gate is shut
    Schema schema_;               // likewise
    bool closed_ = false;
    std::atomic<std::uint64_t> offset_ = 0;
    std::atomic<bool> residue_ = false;
};

// The open store; one that was given up after a failure is opened again.
Result<Store*> DuckdbEngine::store() {
    if (closed_) {
        return fail(Code::kUnavailable, "warehouse.failed", "the warehouse is closed");
    }
    if (!store_) {
        const Shut shut(gate_);
        TRY_VOID(reopen());
    }
    return &*store_;
}

Result<void> DuckdbEngine::reopen() {
    store_.reset();
    TRY(Store opened, open_store(path(kFile), settings_));
    TRY(const State state, read_state(opened.writer));
    store_.emplace(std::move(opened));
    offset_ = state.offset;
    residue_ = state.residue;
    return {};
}

Result<void> DuckdbEngine::create_tables(const Schema& schema) {
    const std::lock_guard lock(writing_);
    TRY(Store * open, store());
    const Shut shut(gate_);
    for (const TableSpec& table : schema.tables())
        TRY_VOID(create_table(open->writer, table));
    schema_ = schema;
    // A crash between new tables and their first rows has been a source of logs that do not replay.
    return open->writer.execute("CHECKPOINT").map([](std::uint64_t) {});
}

Result<void> DuckdbEngine::create_table(Connection& writer, const TableSpec& table) {
    TRY(const Rows stored, stored_columns(writer, table.name));
    if (has_shape(stored, table)) return {};
    if (stored.size() > 0 || offset_ > 0) {
        return fail(Code::kConflict, "warehouse.schema_changed",
                    "table '" + table.name +
                        "' is not stored as this version needs it; run `altis warehouse rebuild`");
    }
    return writer.execute(duckdb::create_table(table)).map([](std::uint64_t) {});
}

Result<Committed> DuckdbEngine::commit(const Batch& batch) {
    const std::lock_guard lock(writing_);
    TRY(Store * open, store());
    if (batch.after() != offset_) {
        return fail(Code::kConflict, "warehouse.out_of_step",
                    "the warehouse is at record " + std::to_string(offset_) +
                        ", but the batch begins behind " + std::to_string(batch.after()));
    }
    auto committed = bring(batch);
    if (committed) {
        offset_ = batch.offset();
        if (!batch.forgotten().empty()) residue_ = true;
        return committed;
    }
    if (!open->writer.execute("ROLLBACK")) {
        const Shut shut(gate_);
        store_.reset();
    }
    return committed;
}

Result<Committed> DuckdbEngine::bring(const Batch& batch) {
    Connection& writer = store_->writer;
    Committed committed;
    TRY_VOID(writer.execute("BEGIN"));
    ALTIS_ASSERT(batch.tables().size() == schema_.tables().size());
    for (std::size_t i = 0; i < batch.tables().size(); ++i) {
        const TableBatch& rows = batch.tables()[i];
        if (rows.rows() == 0) continue;
        TRY_VOID(writer.append(schema_.tables()[i], rows));
        committed.rows_added += rows.rows();
    }
    if (!batch.forgotten().empty()) {
        const std::string subjects = subject_list(batch.forgotten());
        for (const TableSpec& table : schema_.tables()) {
            TRY(const std::uint64_t gone, writer.execute("DELETE FROM \"" + table.name +
                                                         "\" WHERE subject IN (" + subjects + ")"));
            committed.rows_forgotten += gone;
        }
    }
    TRY_VOID(write_state(writer, {batch.offset(), residue_ || !batch.forgotten().empty()}));
    TRY_VOID(writer.execute("COMMIT"));
    return committed;
}

Result<void> DuckdbEngine::checkpoint() {
    const std::lock_guard lock(writing_);
    TRY(Store * open, store());
    return open->writer.execute("CHECKPOINT").map([](std::uint64_t) {});
}

// DuckDB neither overwrites deleted rows nor gives their blocks back, so the live rows move to a
// new file, which takes the old one's place.
Result<void> DuckdbEngine::compact() {
    const std::lock_guard lock(writing_);
    TRY_VOID(store());
    auto written = write_fresh();
    if (!written) {
        // What is half written goes now or, at the latest, at the next start.
        (void)remove_starting_with(files_, folder_, kFreshFile);
        return written;
    }
    const Shut shut(gate_);
    return exchange();
}

Result<void> DuckdbEngine::write_fresh() {
    TRY_VOID(remove_starting_with(files_, folder_, kFreshFile));
    {
        TRY(Store fresh, open_store(path(kFreshFile), settings_));
        TRY_VOID(fill(fresh));
        TRY_VOID(fresh.writer.execute("CHECKPOINT"));
    }
    TRY(const auto file, files_.open(path(kFreshFile), platform::OpenMode::kReadWrite));
    return file->sync();
}

Result<void> DuckdbEngine::fill(Store& fresh) {
    for (const TableSpec& table : schema_.tables()) {
        TRY_VOID(fresh.writer.execute(duckdb::create_table(table)));
        TRY_VOID(fresh.writer.execute("BEGIN"));
        TRY_VOID(store_->writer.copy(table, fresh.writer));
        TRY_VOID(fresh.writer.execute("COMMIT"));
    }
    return write_state(fresh.writer, {offset_, false});
}

// A crash before the renaming leaves the old file, one after it the new; the old log must not be
// found beside the new file, and losing its last commits is mended by feeding them again.
Result<void> DuckdbEngine::exchange() {
    store_.reset();
    TRY_VOID(remove_starting_with(files_, folder_, std::string(kFile) + "."));
    TRY_VOID(files_.sync_directory(folder_));
    TRY_VOID(files_.rename(path(kFreshFile), path(kFile)));
    TRY_VOID(files_.sync_directory(folder_));
    TRY_VOID(remove_starting_with(files_, settings_.spill_directory, ""));
    return reopen();
}

Result<void> DuckdbEngine::clear() {
    const std::lock_guard lock(writing_);
    TRY_VOID(store());
    const Shut shut(gate_);
    store_.reset();
    schema_ = {};
    TRY_VOID(remove_all(files_, folder_));
    return reopen();
}

Result<void> DuckdbEngine::close() {
    const std::lock_guard lock(writing_);
    const Shut shut(gate_);
    store_.reset();
    closed_ = true;
    lock_.reset();
    return {};
}

Result<Rows> DuckdbEngine::run(const Plan& plan, Duration deadline) {
    const auto until = steady_clock::now() + std::chrono::microseconds(deadline.us);
    const Gate::Pass pass = gate_.enter(until);
    if (!pass) {
        return fail(Code::kOverloaded, "warehouse.busy",
                    "the warehouse had no free place for the query in time; try again");
    }
    if (!store_) {
        return fail(Code::kUnavailable, "warehouse.failed", "the warehouse is not open");
    }
    TRY(const std::vector<ColumnSpec> outputs, check(plan, schema_));
    TRY(Connection connection, store_->database.connect());
    return connection.query(select(plan, outputs), outputs, until);
}

Result<std::uint64_t> DuckdbEngine::row_count(std::string_view table) {
    constexpr Duration kCountDeadline = seconds(60);
    Plan plan;
    plan.shape = Shape::kGroups;
    plan.table = table;
    plan.aggregates = {{Function::kCount, {}, "rows"}};
    TRY(const Rows rows, run(plan, kCountDeadline));
    return static_cast<std::uint64_t>(rows.columns[0].number(0));
}

}  // namespace
}  // namespace duckdb

Result<std::unique_ptr<Engine>> open_duckdb(platform::FileSystem& files,
                                            const DuckdbOptions& options) {
    TRY(auto lock, duckdb::lock_folder(files, options.folder));
    auto engine = std::make_unique<duckdb::DuckdbEngine>(files, options, std::move(lock));
    TRY_VOID(engine->start());
    return engine;
}

Result<void> discard_duckdb(platform::FileSystem& files, const std::string& folder) {
    TRY(const auto lock, duckdb::lock_folder(files, folder));
    return duckdb::remove_all(files, folder);
}

}  // namespace altis::warehouse
