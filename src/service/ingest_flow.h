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
};

// Decides and commits all events and rejections of a batch, in order. Core thread.
IngestOutcome ingest(Turn& turn, const fans::Source& source, const fans::Batch& batch,
                     const Secrets& secrets);

}  // namespace altis::service
