// Throws the warehouse away and fills it again from the journal, to the same rows.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "journal/journal.h"
#include "warehouse/engine.h"
#include "warehouse/projection.h"

namespace altis::warehouse {

struct Rebuilt {
    std::uint64_t records = 0;
    std::uint64_t rows = 0;
    std::uint64_t damages = 0;  // places that the journal could not read
};

// Gets the last offset done and the last one to do, now and then and at the end.
using RebuildProgress = std::function<void(journal::Offset, journal::Offset)>;

// Clears the engine and brings every record of `reader`, which must stand at the beginning, up to
// `last` or to its end. No feeder may be running. When it fails or is killed, the warehouse holds
// the rows up to its committed offset, and a feeder goes on from there. For a warehouse that does
// not open call `discard_duckdb` first.
Result<Rebuilt> rebuild(Engine& engine, journal::Reader& reader, const Projections& projections,
                        journal::Offset last, const RebuildProgress& progress);

}  // namespace altis::warehouse
