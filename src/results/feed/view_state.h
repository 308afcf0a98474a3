// What one view of the results shows now, and how it came to that: the messages of its feed.
//
// Every change is numbered; the numbers have no gap. A message is a JSON object with "type" and
// "seq", where the client stands after it:
//   reset      {seq, units}: forget everything; so many snapshots follow, then a heartbeat
//   snapshot   {unit, seq, version, at, hash, document}
//   delta      {unit, seq, from, version, at, hash, patch}: from that version's document to this
//   withdrawn  {unit, seq}: the unit has no result any more
//   heartbeat  {seq}: all up to here was told
// The client stood at "after" before it; where that is left out, a change follows on seq - 1 and a
// heartbeat on seq. Who stands elsewhere has missed something. A client that was slow is told
// several changes of a unit in one: such messages have "after", the same as "seq", and a heartbeat
// with "after" ends them and says how many "units" they were. Each ends with its "check" (check.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "codec/json.h"
#include "results/feed/view.h"

namespace altis::results::feed {

constexpr std::size_t kMaxFeedHistory = 4'096;  // changes per view that slow clients catch up with
constexpr std::size_t kMaxFeedHistoryBytes = 4U << 20;  // documents before those changes, as texts

// A unit as the results book knows it.
struct UnitNews {
    std::string unit;
    std::string edition;
    Time at;             // when it was published
    codec::Json result;  // ResultsBook::unit(); null when there is no result any more
};

struct Message {
    std::string type;
    std::uint64_t seq = 0;  // where the client stands after it
    bool is_place = false;  // a client that has it may resume from `seq`
    std::string json;
    std::string unit = {};     // that changed, if one did
    std::int64_t version = 0;  // of the unit that it tells; 0 when it tells none
};

// Not thread-safe.
class ViewState {
  public:
    // The first change has the number `last_seq` + 1.
    ViewState(View view, std::uint64_t last_seq) : view_(std::move(view)), last_seq_(last_seq) {}

    // Takes a unit's newest state. Gives the message that tells it; nothing when the view shows no
    // difference.
    std::optional<Message> change(const UnitNews& news);

    // All that the view shows: a reset, snapshots, a heartbeat.
    std::vector<Message> whole() const;
    // The same in parts, for who keeps snapshots: one is the same as long as its number is.
    Message reset() const;
    std::vector<std::pair<std::string, std::uint64_t>> units() const;  // each with the number
    Message snapshot(std::string_view rsc) const;                      // of one of them

    // What a client that stands at `seq` has to know: one message per unit that changed since, from
    // the document that it has to the newest one, and a heartbeat. Nothing when that is too long
    // ago or a place that never was: then it needs the whole.
    std::optional<std::vector<Message>> since(std::uint64_t seq) const;

    // The version that is shown of a unit; 0 when none is.
    std::int64_t version(std::string_view rsc) const;

    // {unit, version, at, hash, document}; null when the view does not show the unit.
    codec::Json unit(std::string_view rsc) const;

    const View& view() const { return view_; }
    std::uint64_t last_seq() const { return last_seq_; }

    static Message heartbeat(std::uint64_t seq);

  private:
    // One version of a unit's document.
    struct Content {
        std::int64_t version = 0;
        Time at;
        codec::Json document;
        std::string hash;
        std::size_t bytes = 0;  // of the document's text
        std::uint64_t seq = 0;  // of the change that brought it
    };
    using SharedContent = std::shared_ptr<const Content>;  // null: no result
    struct Change {
        std::uint64_t seq;
        std::string unit;
        SharedContent before;
    };
    // Where a message stands in the feed; with `after` it tells several changes.
    struct Place {
        std::uint64_t seq;
        std::optional<std::uint64_t> after;
    };

    SharedContent content_of(const UnitNews& news) const;
    static bool is_same(const SharedContent& a, const SharedContent& b);
    void remember(const std::string& unit, SharedContent before);
    static Message message(const std::string& unit, const SharedContent& from,
                           const SharedContent& to, const Place& place);
    static Message snapshot(const std::string& unit, const Content& content, const Place& place);

    View view_;
    std::uint64_t last_seq_;
    std::map<std::string, SharedContent, std::less<>> units_;
    std::deque<Change> history_;
    std::size_t history_bytes_ = 0;
};

}  // namespace altis::results::feed
