// Journals what the views of the live feed told.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "results/feed/tellings_book.h"
#include "service/core.h"

namespace altis::service {

// Thread-safe. What was told in the last moment before a crash may be missing. What the core
// refuses, as on a full disk, is tried again with what comes next.
class TellingLog : public std::enable_shared_from_this<TellingLog> {
  public:
    explicit TellingLog(Core& core) : core_(core) {}

    // Does not wait.
    void add(results::feed::Tellings tellings);

  private:
    void post();
    void write(Turn& turn);

    Core& core_;
    std::mutex mutex_;
    std::vector<results::feed::Tellings> waiting_;
    bool is_posted_ = false;
};

}  // namespace altis::service
