// Keeps the warehouse up with the journal, and answers typed plans from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/journal.h"
#include "platform/file.h"
#include "warehouse/duckdb/duckdb_engine.h"
#include "warehouse/engine.h"
#include "warehouse/feeder.h"
#include "warehouse/projection.h"

namespace altis::service {

// How journal records become rows: the projections of all systems together.
Result<warehouse::Projections> all_projections();

// Owns engine, projections and the thread that feeds them. Thread-safe.
class Projector {
  public:
    static Result<std::unique_ptr<Projector>> start(platform::FileSystem& files,
                                                    journal::Journal& journal,
                                                    const warehouse::DuckdbOptions& options);

    // Removes every row about these subjects, and their bytes; blocks. Gives the rows removed.
    Result<std::uint64_t> erase(const std::vector<SubjectId>& subjects);

    // Erases again what an interrupted erasure may have left of subjects that were forgotten;
    // blocks. Their keys must be destroyed.
    Result<void> finish_erasures(const std::vector<SubjectId>& forgotten);

    // Rows about these subjects that can be queried now.
    Result<std::uint64_t> rows_about(const std::vector<SubjectId>& subjects);

    // Blocks until everything up to `offset` can be queried; fails as Feeder::wait_until does.
    Result<void> wait_until(journal::Offset offset);

    // {committed_offset, lag, tables: {name: rows}, failure}
    Result<codec::Json> state();

    void stop();

  private:
    explicit Projector(warehouse::Projections projections) : projections_(std::move(projections)) {}

    warehouse::Projections projections_;
    std::unique_ptr<warehouse::Engine> engine_;
    std::unique_ptr<warehouse::Feeder> feeder_;
};

}  // namespace altis::service
