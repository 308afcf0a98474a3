#include "fans/typed_in.h"

#include <algorithm>

#include "base/assert.h"
#include "fans/fan_event.h"
#include "fans/matching/matching.h"
#include "fans/matching/people_csv.h"

namespace altis::fans {
namespace {

using codec::Json;
using matching::PersonField;

// Where the dialects have it: Segment's identify, PostHog's $set.
const Json& traits_of(const Json& event) {
    for (const Json* const place : {&event["traits"], &event["properties"]["$set"], &event["$set"]})
        if (place->is_object()) return *place;
    return event["traits"];
}

// "12 Main Street" as number and street; a street without a leading number stays whole.
std::pair<std::string_view, std::string_view> split_street(std::string_view street) {
    const std::size_t digits = street.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || street[digits] != ' ') {
        return {{}, street};
    }
    return {street.substr(0, digits), street.substr(digits + 1)};
}

// Without the time of day that a date object brings along.
std::string_view date_of(std::string_view text) {
    const std::size_t time = text.find('T');
    return time == 10 ? text.substr(0, time) : text;
}

}  // namespace

void TypedIn::put(Known& known, const Moment& moment, PersonField field, std::string_view text) {
    Moment& last = known.moments.at(matching::index_of(field));
    if (text.empty() || text.size() > matching::kMaxPersonFieldBytes || moment < last) return;
    last = moment;
    known.person.record[field] = text;
}

void TypedIn::read(Known& known, const Moment& moment, const Json& traits) {
    for (const auto& [name, value] : traits.members()) {
        if (name == "address" && value.is_object()) read(known, moment, value);
        const auto field = matching::field_named(name);
        if (!field || !value.is_string()) continue;
        if (*field == PersonField::kAddressLine1) {
            const auto [number, street] = split_street(value.as_string());
            put(known, moment, PersonField::kStreetNumber, number);
            put(known, moment, *field, street);
        } else {
            const bool is_date = *field == PersonField::kBirthDate;
            put(known, moment, *field, is_date ? date_of(value.as_string()) : value.as_string());
        }
    }
}

void TypedIn::add(const journal::Record& record) {
    if (record.type != "fans.event" || record.erased) return;
    const auto event = decode_event(record.payload);
    ALTIS_ASSERT(event.has_value());
    const EventHead& head = event->head;
    // Most events bring none, and are not parsed for it.
    const bool may_have = head.raw.find("traits\"") != std::string_view::npos ||
                          head.raw.find("\"$set\"") != std::string_view::npos;
    if (!may_have) return;
    const auto json = codec::parse_json(head.raw);
    if (!json || !traits_of(*json).is_object()) return;
    Known& known = known_[record.subject];
    known.person.subject = record.subject;
    known.person.is_user = !head.user_id.empty();
    known.person.identifier = known.person.is_user ? head.user : head.anonymous;
    known.person.identifier_text = known.person.is_user ? head.user_id : head.anonymous_id;
    read(known, {head.event_time, head.message.low}, traits_of(*json));
}

std::vector<TypedInPerson> TypedIn::people() const {
    std::vector<TypedInPerson> people;
    for (const auto& [subject, known] : known_) {
        const matching::PersonRecord& record = known.person.record;
        const bool has_name =
            !record[PersonField::kGivenName].empty() || !record[PersonField::kSurname].empty();
        const auto fields = std::ranges::count_if(
            record.values, [](const std::string& value) { return !value.empty(); });
        if (!has_name || static_cast<std::size_t>(fields) < kMinTypedFields) continue;
        people.push_back(known.person);
        people.back().record.id = std::to_string(to_number(subject));
    }
    return people;
}

}  // namespace altis::fans
