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
    for (const SharedNews& news : seen.later)
        expect(news);
}

void DelayedView::expect(SharedNews news) {
    if (state_.view().covers(news->edition, news->unit)) waiting_.push_back(std::move(news));
}

Time DelayedView::free_at(const std::string& unit) const {
    const auto told = told_at_.find(unit);
    return told == told_at_.end() ? Time{} : told->second + state_.view().conflation;
}

void DelayedView::tell(const UnitNews& news, Time now, std::vector<Message>& told) {
    auto message = state_.change(news);
    if (!message) return;
    if (state_.view().conflation.us > 0) told_at_.insert_or_assign(news.unit, now);
    told.push_back(std::move(*message));
}

std::vector<Message> DelayedView::advance(Time now) {
    std::vector<Message> told;
    while (!waiting_.empty() && waiting_.front()->at + state_.view().delay <= now) {
        const SharedNews news = std::move(waiting_.front());
        waiting_.pop_front();
        if (state_.view().conflation.us > 0) {
            held_.insert_or_assign(news->unit, news);
        } else {
            tell(*news, now, told);
        }
    }
    for (auto held = held_.begin(); held != held_.end();) {
        if (free_at(held->first) > now) {
            ++held;
            continue;
        }
        tell(*held->second, now, told);
        held = held_.erase(held);
    }
    return told;
}

std::optional<Time> DelayedView::next_due() const {
    std::optional<Time> due;
    if (!waiting_.empty()) due = waiting_.front()->at + state_.view().delay;
    for (const auto& [unit, news] : held_)
        due = due ? std::min(*due, free_at(unit)) : free_at(unit);
    return due;
}

}  // namespace altis::results::feed
