// A view that sees everything later than it happens.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/feed/view_state.h"
#include "results/unit_key.h"

namespace altis::results::feed {

using SharedNews = std::shared_ptr<const UnitNews>;

// Of every unit the newest state, and as many before it as the most delayed view needs. Not
// thread-safe.
class NewsLog {
  public:
    void add(SharedNews news);
    // From now on the log reaches back so far.
    void keep(Duration horizon) { horizon_ = std::max(horizon_, horizon); }

    // Every unit as it was then, and what came later, oldest first. A unit whose state of that time
    // is not kept is left out of the first: rather too late than too early.
    struct Seen {
        std::vector<SharedNews> then;
        std::vector<SharedNews> later;
    };
    Seen as_of(Time then) const;

  private:
    Duration horizon_{};
    std::map<UnitKey, std::deque<SharedNews>> units_;  // oldest first
};

// Not thread-safe.
class DelayedView {
  public:
    // What the view shows at `now`, and what it is still to tell. The log must keep its delay.
    DelayedView(View view, const NewsLog& log, Time now, std::uint64_t last_seq);

    // To be told when it is due.
    void expect(SharedNews news);
    // Tells what is due.
    std::vector<Message> advance(Time now);
    // When the next is due.
    std::optional<Time> next_due() const;

    const ViewState& state() const { return state_; }

  private:
    ViewState state_;
    std::deque<SharedNews> waiting_;
};

}  // namespace altis::results::feed
