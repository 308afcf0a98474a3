#include "fans/evidence.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::fans {

std::string name_of(const Feature& feature) {
    std::string name(kMeasureNames[static_cast<std::size_t>(feature.measure)]);
    if (is_text(feature.measure)) return name;
    name.append("(").append(feature.first);
    if (!feature.second.empty()) name.append(", ").append(feature.second);
    return name + ")";
}

void Evidence::note(Value& value, const Event& event) {
    ++value.events;
    value.newest.insert(std::ranges::upper_bound(value.newest, event), event);
    if (value.newest.size() > kMaxEvidenceEvents) value.newest.pop_front();
}

// Links that follow from an event have no reason of their own.
void Evidence::add_statement(const journal::Record& record) {
    const auto link = codec::parse_json(record.payload);
    ALTIS_ASSERT(link.has_value());
    if (!link->contains("reason")) return;
    codec::Json json = codec::Json::object(
        {{"offset", record.offset}, {"time", format_rfc3339(record.time)}, {"type", record.type}});
    for (const std::string_view member : {"from", "to", "kind", "confidence_ppm", "reason"})
        if (link->contains(member)) json.set(member, (*link)[member]);
    statements_.push(std::move(json));
}

// An event alone, folded as the book folds it, tells what it touches.
void Evidence::add(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == "fans.linked" || record.type == "fans.unlinked") {
        return add_statement(record);
    }
    if (record.type != "fans.event") return;
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    constexpr SubjectId kAnybody{1};
    Subjects alone;
    alone.ensure(kAnybody);
    std::vector<Change> changes;
    alone.fold(kAnybody, *event, changes);
    const Event seen{event->head.event_time, record.offset, std::string(event->head.message_id)};
    for (const Change& change : changes)
        note(values_[name_of(alone.features().feature(change.feature))], seen);
}

codec::Json Evidence::to_json() const {
    codec::Json json = codec::Json::object();
    for (const auto& [name, value] : values_) {
        codec::Json newest = codec::Json::array();
        for (auto event = value.newest.rbegin(); event != value.newest.rend(); ++event) {
            newest.push(codec::Json::object({{"offset", event->offset},
                                             {"time", format_rfc3339(event->time)},
                                             {"message_id", event->message_id}}));
        }
        json.set(name, codec::Json::object({{"events", value.events}, {"newest", newest}}));
    }
    return json;
}

}  // namespace altis::fans
