// When the books' states are stored again.
//
// Storing them takes time that grows with them. So it waits until the journal has grown by a few
// times their size: then storing costs each record the same, however much the books know, and what
// a restart has to replay stays in proportion to what it has to load.
#pragma once

#include <algorithm>
#include <cstdint>

#include "journal/record.h"

namespace altis::service {

// Bytes of the journal behind a snapshot until there is another, for each byte of the states beyond
// small ones, which are stored in no time.
constexpr std::uint64_t kJournalPerState = 4;
constexpr std::uint64_t kSmallStateBytes = 64U << 20;

// Not thread-safe.
class SnapshotPace {
  public:
    // At least so many records between two snapshots.
    explicit SnapshotPace(std::uint64_t every_records) : every_records_(every_records) {}

    void add_bytes(std::uint64_t bytes) { bytes_since_ += bytes; }
    // States of so many bytes, unpacked, were taken after the record `last`.
    void taken(journal::Offset last, std::uint64_t state_bytes) {
        last_ = last;
        bytes_since_ = 0;
        state_bytes_ = state_bytes;
    }

    bool is_due(journal::Offset applied) const {
        const std::uint64_t large = state_bytes_ - std::min(state_bytes_, kSmallStateBytes);
        return applied - last_ >= every_records_ && bytes_since_ >= kJournalPerState * large;
    }

  private:
    std::uint64_t every_records_;
    journal::Offset last_ = 0;
    std::uint64_t bytes_since_ = 0;
    std::uint64_t state_bytes_ = 0;  // 0: not known, as after a start
};

}  // namespace altis::service
