// A place for one: who finds it taken is told to come again.
#pragma once

#include <atomic>
#include <memory>

namespace altis::service {

// Thread-safe. Places may outlive it.
class OneAtATime {
  public:
    // Whoever holds it is the one; the next may enter once it is gone.
    using Place = std::shared_ptr<void>;

    // Null while another place is held.
    Place enter() {
        if (taken_->exchange(true)) return nullptr;
        return {taken_.get(), [taken = taken_](void*) { taken->store(false); }};
    }

  private:
    std::shared_ptr<std::atomic<bool>> taken_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace altis::service
