// A view that sees everything later than it happens, and of one unit not more often than it wants
// to: what changes faster is held, and the last of it told (conflation).
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

    // To be told when it is due, unless the view covers nothing of it.
    void expect(SharedNews news);
    // Tells what is due. Of several versions of a unit that are, the last when they came within
    // the view's conflation.
    std::vector<Message> advance(Time now);
    // When the next is due.
    std::optional<Time> next_due() const;

    const ViewState& state() const { return state_; }

  private:
    // The earliest moment at which a unit may be told again.
    Time free_at(const std::string& unit) const;
    void tell(const UnitNews& news, Time now, std::vector<Message>& told);

    ViewState state_;
    std::deque<SharedNews> waiting_;          // for the delay to pass
    std::map<std::string, SharedNews> held_;  // by unit, where there is conflation
    std::map<std::string, Time> told_at_;  // when a unit was told last, where there is conflation
};

}  // namespace altis::results::feed
