// What one batch of fan events causes: the events themselves, consent, touches, sales.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fans/ingest.h"
#include "service/core.h"
#include "service/secrets.h"

namespace altis::service {

// What became of a request's events.
struct IngestOutcome {
    struct Fate {
        std::size_t index = 0;       // in the request's batch
        std::string_view result;     // "ok", "duplicate", "conflict", "rejected"
        journal::Offset offset = 0;  // of the record; 0 when none was written
        crypto::Digest hash{};       // of its frame; only after `keep_receipts`
    };
    std::uint64_t accepted = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t conflict = 0;
    std::vector<Fate> fates;    // of the good events that are done
    std::vector<Fate> letters;  // of the rejected ones
    // How far the batch is done.
    std::size_t events_done = 0;
    std::size_t rejections_done = 0;
};

// Gives the fates of one turn the hashes of their records.
void keep_receipts(IngestOutcome& outcome, const journal::Stored& stored);

enum class IngestState : std::uint8_t { kDone, kMore };

// Decides and commits events and rejections of a batch in order, going on where `outcome` says,
// until the turn is full: then it says kMore and wants another turn. Takes the events' payloads.
// Core thread.
IngestState ingest(Turn& turn, const fans::Source& source, fans::Batch& batch,
                   const Secrets& secrets, IngestOutcome& outcome);

}  // namespace altis::service
