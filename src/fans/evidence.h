// Which events made a fan's values what they are.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "fans/subjects.h"
#include "journal/record.h"

namespace altis::fans {

constexpr std::size_t kMaxEvidenceEvents = 10;  // events that are named for one value

// Reads records one after the other, those of one fan, in the order of the journal.
class Evidence {
  public:
    // Ignores what is neither a `fans.event` nor a link. An event counts for every value that it
    // could change, also when a later one outweighs it.
    void add(const journal::Record& record);

    // {"dwell(replay)": {"events": 12, "newest": [{"offset", "time", "message_id"}, ...]}, ...},
    // each value named as in a rule, the newest kMaxEvidenceEvents by event time.
    codec::Json to_json() const;

    // What somebody stated about the fan's identifiers, and what was taken back, as the journal has
    // it: [{"offset", "time", "type", "from", "to", "kind", "confidence_ppm", "reason"}, ...].
    const codec::Json& statements() const { return statements_; }

  private:
    struct Event {
        Time time;
        journal::Offset offset = 0;
        std::string message_id;
        friend auto operator<=>(const Event&, const Event&) = default;
    };
    struct Value {
        std::uint64_t events = 0;
        std::deque<Event> newest;  // ascending
    };
    static void note(Value& value, const Event& event);
    void add_statement(const journal::Record& record);

    std::map<std::string, Value> values_;
    codec::Json statements_ = codec::Json::array();
};

// As a rule writes it: "bought(ticket, luge)", "area".
std::string name_of(const Feature& feature);

}  // namespace altis::fans
