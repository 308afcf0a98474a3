#include "service/telling_log.h"

#include <utility>

namespace altis::service {

void TellingLog::add(results::feed::Tellings tellings) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back(std::move(tellings));
        if (std::exchange(is_posted_, true)) return;
    }
    post();
}

void TellingLog::post() {
    core_.post(
        TaskKind::kWrite, [self = shared_from_this()](Turn& turn) { self->write(turn); },
        [self = shared_from_this()](const Error&) {
            const std::scoped_lock lock(self->mutex_);
            self->is_posted_ = false;
        });
}

void TellingLog::write(Turn& turn) {
    const std::scoped_lock lock(mutex_);
    auto next = waiting_.begin();
    for (; next != waiting_.end() && !turn.is_full(); ++next)
        turn.commit(turn.world().tellings.record(*next));
    waiting_.erase(waiting_.begin(), next);
    is_posted_ = !waiting_.empty();
    if (is_posted_)
        turn.then(TaskKind::kWrite,
                  [self = shared_from_this()](Turn& later) { self->write(later); });
}

}  // namespace altis::service
