// What one batch of fan events causes: the events, consent, links between identifiers, touches,
// sales.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fans/ingest.h"
#include "service/core.h"

namespace altis::service {

// What became of a request's events.
struct IngestOutcome {
    std::uint64_t accepted = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t conflict = 0;
    struct Fate {
        std::size_t index = 0;
        std::string_view result;  // "accepted", "duplicate", "conflict"
        journal::Offset offset = 0;
    };
    std::vector<Fate> fates;
};

// Decides and commits all events and rejections of a batch, in order. Core thread.
IngestOutcome ingest(Turn& turn, const fans::Source& source, const fans::Batch& batch);

}  // namespace altis::service
