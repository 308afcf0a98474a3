// A columnar engine behind the warehouse. It holds nothing that the journal does not have: it may
// be cleared and filled again at any time.
//
// Every engine gives the same errors:
//   "warehouse.in_use"          another process or object has it open
//   "warehouse.damaged"         stored bytes are not what was written; `altis warehouse rebuild`
//                               makes them new
//   "warehouse.schema_changed"  the stored tables are not those of this version; rebuild likewise
//   "warehouse.disk_full"       nothing was changed
//   "warehouse.deadline", "warehouse.busy", "warehouse.out_of_memory"
//                               the query was given up; try again
//   "warehouse.failed"          anything else the engine refused
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "journal/record.h"
#include "warehouse/batch.h"
#include "warehouse/plan.h"

namespace altis::warehouse {

// What one commit did.
struct Committed {
    std::uint64_t rows_added = 0;
    std::uint64_t rows_forgotten = 0;
};

// Queries (`run`, `row_count`, `committed_offset`) may come from any thread at any time. Everything
// else is the business of one thread at a time, usually the feeder's; queries wait while files are
// exchanged.
class Engine {
  public:
    virtual ~Engine() = default;

    // Makes the tables that are missing. Fails with "warehouse.schema_changed" when a stored table
    // has another shape, or when a table is missing although records were consumed already.
    virtual Result<void> create_tables(const Schema& schema) = 0;

    // Rows, forgotten subjects and the reached offset, all in one transaction or not at all. Fails
    // with "warehouse.out_of_step" when the batch does not begin behind committed_offset(). After
    // any failure start again from there: what was reported as failed may have been stored all the
    // same.
    virtual Result<Committed> commit(const Batch& batch) = 0;

    // The last record that is accounted for; 0 in an empty warehouse.
    virtual journal::Offset committed_offset() const = 0;

    // True from the forgetting of a subject until `compact` has removed its last bytes; survives
    // restarts.
    virtual bool has_residue() const = 0;

    // Brings everything stored into its final place, so that opening is fast.
    virtual Result<void> checkpoint() = 0;

    // Writes the live rows anew and drops the old files: no byte of a forgotten row is left in the
    // warehouse's folder. Takes time and, for a while, space in proportion to the whole warehouse.
    virtual Result<void> compact() = 0;

    // Drops all tables and rows and goes back to offset 0.
    virtual Result<void> clear() = 0;

    // Stops for good; later calls fail with "warehouse.failed". The destructor closes, too.
    virtual Result<void> close() = 0;

    // Answers a plan within `deadline` of the call. Fails as `check` does, with "plan.overflow",
    // "plan.too_large" (more than kMaxResultRows rows) or as above.
    virtual Result<Rows> run(const Plan& plan, Duration deadline) = 0;

    virtual Result<std::uint64_t> row_count(std::string_view table) = 0;
};

}  // namespace altis::warehouse
