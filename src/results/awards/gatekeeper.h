// What becomes of what a source sends: the drafts that publish it, or the one that holds it.
//
// Reads the books side by side and decides nothing else: after OFFICIAL a changed version of a unit
// or of an event's medals is held until another key than the sender's releases it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/awards/awards_book.h"
#include "results/awards/gates.h"
#include "results/awards/held_book.h"
#include "results/odf.h"

namespace altis::results {

// The books that a gatekeeper reads.
struct GateBooks {
    const ResultsBook& results;
    const AwardsBook& awards;
    const HeldBook& held;
};

// Who sent something, and when it came.
struct Arrival {
    std::string_view key;  // id of the API key
    Time now;
};

struct Admission {
    std::vector<journal::Draft> drafts;
    std::vector<Warning> doubts;    // not empty: it is held, and `drafts` say so
    std::vector<Warning> warnings;  // about something accepted

    bool is_held() const { return !doubts.empty(); }
};

// An ODF message. Fails as ResultsBook::receive and HeldBook::hold.
Result<Admission> admit(const GateBooks& books, const OdfMessage& message, const Arrival& arrival);

// A medal page. What it changes is published as known at `observed_at`. Fails with
// "results.too_large" (over kMaxSnapshotRows), and as AwardsBook::check_source,
// AwardsBook::record and HeldBook::hold.
Result<Admission> admit(const GateBooks& books, const MedalSnapshot& snapshot,
                        const Arrival& arrival);

// Publishes what is held, whole, by another key than its sender's. Fails as HeldBook::releasable,
// ResultsBook::publish_held, and AwardsBook::record.
journal::Decision release(const GateBooks& books, std::uint64_t number, const Arrival& by,
                          std::string_view reason);

}  // namespace altis::results
