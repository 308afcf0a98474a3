#include "warehouse/rebuild.h"

namespace altis::warehouse {
namespace {

constexpr std::size_t kBatchRows = 100'000;
constexpr std::size_t kBatchRecords = 100'000;
constexpr std::size_t kBatchTextBytes = 32U << 20;
constexpr std::size_t kTextCheckRecords = 256;

// Collects records until the batch is full or `last` is reached; false when there are no more.
Result<bool> collect(journal::Reader& reader, const Projections& projections, journal::Offset last,
                     Batch& batch, Rebuilt& done) {
    for (std::size_t i = 1; i <= kBatchRecords && batch.offset() < last; ++i) {
        journal::Record record;
        const auto more = reader.next(record);
        if (more && !*more) return false;
        if (more) {
            projections.project(record, batch);
            ++done.records;
        } else if (more.error().reason == "journal.damaged") {
            ++done.damages;
        } else {
            return tl::unexpected<Error>(more.error());
        }
        if (batch.rows() >= kBatchRows) break;
        if (i % kTextCheckRecords == 0 && batch.text_bytes() >= kBatchTextBytes) break;
    }
    return batch.offset() < last;
}

}  // namespace

Result<Rebuilt> rebuild(Engine& engine, journal::Reader& reader, const Projections& projections,
                        journal::Offset last, const RebuildProgress& progress) {
    TRY_VOID(engine.clear());
    TRY_VOID(engine.create_tables(projections.schema()));
    Rebuilt done;
    Batch batch(projections.schema(), 0);
    bool more = last > 0;
    while (more) {
        TRY(more, collect(reader, projections, last, batch, done));
        TRY(const Committed committed, engine.commit(batch));
        done.rows += committed.rows_added - committed.rows_forgotten;
        batch.clear();
        progress(batch.offset(), last);
    }
    if (engine.has_residue()) TRY_VOID(engine.compact());
    TRY_VOID(engine.checkpoint());
    return done;
}

}  // namespace altis::warehouse
