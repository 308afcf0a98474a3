#include "results/feed/delayed_view.h"

#include <algorithm>

namespace altis::results::feed {

void NewsLog::add(SharedNews news) {
    std::deque<SharedNews>& unit = units_[{news->edition, news->unit}];
    const Time needed = news->at - horizon_;
    unit.push_back(std::move(news));
    // The last one before the horizon is what a view sees there.
    while (unit.size() > 1 && unit[1]->at <= needed)
        unit.pop_front();
}

NewsLog::Seen NewsLog::as_of(Time then) const {
    Seen seen;
    for (const auto& [unit, log] : units_) {
        SharedNews last;
        for (const SharedNews& news : log) {
            if (news->at <= then) {
                last = news;
            } else {
                seen.later.push_back(news);
            }
        }
        if (last) seen.then.push_back(std::move(last));
    }
    std::ranges::stable_sort(seen.later, {}, [](const SharedNews& news) { return news->at; });
    return seen;
}

DelayedView::DelayedView(View view, const NewsLog& log, Time now, std::uint64_t last_seq)
    : state_(std::move(view), last_seq) {
    const auto seen = log.as_of(now - state_.view().delay);
    for (const SharedNews& news : seen.then)
        state_.change(*news);
    waiting_.assign(seen.later.begin(), seen.later.end());
}

void DelayedView::expect(SharedNews news) {
    waiting_.push_back(std::move(news));
}

std::vector<Message> DelayedView::advance(Time now) {
    std::vector<Message> told;
    while (!waiting_.empty() && waiting_.front()->at + state_.view().delay <= now) {
        if (auto message = state_.change(*waiting_.front())) told.push_back(std::move(*message));
        waiting_.pop_front();
    }
    return told;
}

std::optional<Time> DelayedView::next_due() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front()->at + state_.view().delay;
}

}  // namespace altis::results::feed
