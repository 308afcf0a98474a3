// The newest batches as they were submitted, kept for one follower: what has just been written need
// not be read back and unsealed again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "journal/batch_writer.h"

namespace altis::journal {

constexpr std::uint64_t kMaxTailBytes = 128U << 20;  // of the batches that wait for one follower

// Groups that were written together, in the order of their offsets.
using RecentBatch = std::shared_ptr<const std::vector<Group>>;

// Thread-safe. A follower that falls behind loses the oldest batches and reads those from the disk.
class Tail {
  public:
    void add(const RecentBatch& batch);

    // The batch that holds the record, taken out with all before it; null when it is not here.
    RecentBatch take(Offset offset);

  private:
    std::mutex mutex_;
    std::deque<RecentBatch> batches_;
    std::uint64_t bytes_ = 0;
};

// The tails of all followers that still live. Thread-safe.
class Tails {
  public:
    std::shared_ptr<Tail> make();
    void add(const RecentBatch& batch);

  private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<Tail>> tails_;
};

}  // namespace altis::journal
