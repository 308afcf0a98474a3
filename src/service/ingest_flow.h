// What one batch of fan events causes: the events themselves, consent, touches, sales.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fans/ingest.h"
#include "service/core.h"
#include "service/secrets.h"

namespace altis::service {

// What became of a request's good events.
struct IngestOutcome {
    struct Fate {
        std::size_t index = 0;       // in the request's batch
        std::string_view result;     // "ok", "duplicate", "conflict"
        journal::Offset offset = 0;  // of the record; 0 for a duplicate
    };
    std::uint64_t accepted = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t conflict = 0;
    std::vector<Fate> fates;
    // How far the batch is done.
    std::size_t events_done = 0;
    std::size_t rejections_done = 0;
};

enum class IngestState : std::uint8_t { kDone, kMore };

// Decides and commits events and rejections of a batch in order, going on where `outcome` says,
// until the turn is full: then it says kMore and wants another turn. Core thread.
IngestState ingest(Turn& turn, const fans::Source& source, const fans::Batch& batch,
                   const Secrets& secrets, IngestOutcome& outcome);

}  // namespace altis::service
