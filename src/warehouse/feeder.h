// Follows the journal into the warehouse, in a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "journal/journal.h"
#include "warehouse/engine.h"
#include "warehouse/projection.h"

namespace altis::warehouse {

// When collected rows are committed: at whichever limit comes first, or as soon as somebody waits.
// DuckDB packs rows in groups of 122,880; a whole group goes into the file once, and not into the
// log before.
struct FeederOptions {
    std::size_t batch_rows = 122'880;
    std::size_t batch_text_bytes = 32U << 20;
    Duration batch_age = seconds(2);
    Duration retry_after = seconds(1);  // pause after a failure of the engine or the journal
};

struct FeederStats {
    std::uint64_t records = 0;  // read since start
    std::uint64_t rows = 0;     // committed since start
    std::uint64_t commits = 0;
    std::uint64_t damages = 0;  // places that the journal could not read; they have no rows
    journal::Offset committed = 0;
    std::uint64_t lag = 0;              // durable records that are not committed yet
    std::optional<Error> failure = {};  // what keeps it back now; none when all is well
    std::optional<Error> last_damage = {};
};

// What an erasure removed.
struct Erased {
    std::uint64_t rows = 0;
};

// The thread's name, as `top -H` shows it.
constexpr const char* kFeederThread = "warehouse";

// Thread-safe. After any failure it starts again from what the engine holds, for as long as it
// takes.
class Feeder {
  public:
    // Creates the tables of the projections and starts feeding behind engine.committed_offset().
    // Fails as Engine::create_tables does, or with "warehouse.ahead" when the engine has consumed
    // more than the journal holds. All three must outlive the feeder. Nobody else may write to the
    // engine.
    static Result<std::unique_ptr<Feeder>> start(journal::Journal& journal, Engine& engine,
                                                 const Projections& projections,
                                                 const FeederOptions& options);
    virtual ~Feeder() = default;  // stops

    // Commits what was collected and ends the thread. May be called twice.
    virtual void stop() = 0;

    // Returns when everything up to `offset` can be queried. Fails with "warehouse.behind" after
    // `timeout`, or at once with the failure that keeps the feeder back.
    virtual Result<void> wait_until(journal::Offset offset, Duration timeout) = 0;

    // Deletes the subjects' rows in all tables, and every byte of them in the warehouse's folder;
    // blocks until that is done, which takes about the same for one and for many. Destroy the
    // subjects' keys first: records read later must come out erased. Rows of theirs that are on
    // their way are dropped. May be repeated; do so when it failed, or when the process ended
    // before it returned. Asserts on kNoSubject.
    virtual Result<Erased> erase(const std::vector<SubjectId>& subjects) = 0;
    Result<Erased> erase(SubjectId subject) { return erase(std::vector<SubjectId>{subject}); }

    virtual FeederStats stats() const = 0;
};

}  // namespace altis::warehouse
