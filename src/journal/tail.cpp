#include "journal/tail.h"

namespace altis::journal {
namespace {

std::uint64_t bytes_of(const RecentBatch& batch) {
    std::uint64_t bytes = 0;
    for (const Group& group : *batch)
        bytes += group.bytes;
    return bytes;
}

Offset first_offset(const RecentBatch& batch) {
    const Group& first = batch->front();
    return first.last_offset + 1 - first.drafts.size();
}

}  // namespace

void Tail::add(const RecentBatch& batch) {
    const std::lock_guard lock(mutex_);
    batches_.push_back(batch);
    bytes_ += bytes_of(batch);
    while (bytes_ > kMaxTailBytes) {
        bytes_ -= bytes_of(batches_.front());
        batches_.pop_front();
    }
}

RecentBatch Tail::take(Offset offset) {
    const std::lock_guard lock(mutex_);
    while (!batches_.empty() && first_offset(batches_.front()) <= offset) {
        RecentBatch batch = std::move(batches_.front());
        batches_.pop_front();
        bytes_ -= bytes_of(batch);
        if (batch->back().last_offset >= offset) return batch;
    }
    return nullptr;
}

std::shared_ptr<Tail> Tails::make() {
    auto tail = std::make_shared<Tail>();
    const std::lock_guard lock(mutex_);
    tails_.push_back(tail);
    return tail;
}

void Tails::add(const RecentBatch& batch) {
    const std::lock_guard lock(mutex_);
    std::erase_if(tails_, [&](const std::weak_ptr<Tail>& weak) {
        const auto tail = weak.lock();
        if (tail) tail->add(batch);
        return tail == nullptr;
    });
}

}  // namespace altis::journal
