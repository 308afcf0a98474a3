#include "results/schedule/schedule_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/assert.h"
#include "results/json_members.h"
#include "results/unit_key.h"

namespace altis::results {
namespace {

using codec::Json;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book
constexpr std::size_t kDateCharacters = 10;

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

std::string edition_of(const OdfMessage& message) {
    std::string edition = message.competition_code;
    for (char& c : edition) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return edition;
}

// An attribute of the unit that the model has no word for.
std::string extra(const Unit& unit, std::string_view name) {
    for (const Extra& kept : unit.extras) {
        if (!kept.path.empty()) continue;
        const auto found = std::ranges::find(kept.attributes, name, &Attribute::name);
        if (found != kept.attributes.end()) return found->value;
    }
    return {};
}

std::string attribute(const Element& element, std::string_view name) {
    const auto found = std::ranges::find(element.attributes, name, &Attribute::name);
    return found == element.attributes.end() ? "" : found->value;
}

ScheduleItem item_of(const OdfMessage& message, const Unit& unit) {
    ScheduleItem item;
    item.edition = edition_of(message);
    item.unit = unit.rsc;
    item.name = unit.name;
    item.venue = unit.venue;
    item.location = extra(unit, "Location");
    item.session = extra(unit, "SessionCode");
    item.start = extra(unit, "StartDate");
    if (item.start.empty() && unit.start) item.start = format_rfc3339(*unit.start);
    item.end = extra(unit, "EndDate");
    item.actual_start = extra(unit, "ActualStartDate");
    item.actual_end = extra(unit, "ActualEndDate");
    item.order = extra(unit, "Order");
    item.logical_date = message.logical_date;
    item.as_of = message.date + " " + message.time;
    item.note = message.note;
    return item;
}

std::vector<Session> sessions_of(const OdfMessage& message) {
    std::vector<Session> sessions;
    for (const Extra& kept : message.extras) {
        if (kept.path != "Competition") continue;
        for (const PlacedElement& placed : kept.elements) {
            const Element& element = placed.element;
            if (element.name != "Session" || attribute(element, "SessionCode").empty()) continue;
            Session session{edition_of(message),
                            attribute(element, "SessionCode"),
                            "",
                            attribute(element, "Venue"),
                            attribute(element, "StartDate"),
                            attribute(element, "EndDate"),
                            message.date + " " + message.time};
            for (const Element& child : element.children) {
                if (child.name == "SessionName") session.name = attribute(child, "Value");
            }
            sessions.push_back(std::move(session));
        }
    }
    return sessions;
}

// Of a local time as written; empty when it is none.
std::string day_of(std::string_view start) {
    constexpr std::size_t kHour = 11;
    const auto date = parse_rfc3339(start.substr(0, std::min(kDateCharacters, start.size())));
    if (!date || start.size() < kHour + 2) return {};
    const int hour = (start[kHour] - '0') * 10 + (start[kHour + 1] - '0');
    const Time day = hour < kLogicalDayBegins_h ? *date - days(1) : *date;
    return format_rfc3339(day).substr(0, kDateCharacters);
}

// Everything but when and by which message it was said.
bool says_the_same(ScheduleItem a, const ScheduleItem& b) {
    a.as_of = b.as_of;
    a.logical_date = b.logical_date;
    a.note = b.note;
    return a == b;
}

ScheduleItem item_from(const Json& json) {
    const auto status = parse_schedule_status(json["status"].as_string());
    ALTIS_ASSERT(status.has_value());
    return {text_of(json, "edition"),      text_of(json, "unit"),       *status,
            text_of(json, "name"),         text_of(json, "venue"),      text_of(json, "location"),
            text_of(json, "session"),      text_of(json, "start"),      text_of(json, "end"),
            text_of(json, "actual_start"), text_of(json, "actual_end"), text_of(json, "order"),
            text_of(json, "logical_date"), text_of(json, "as_of"),      text_of(json, "note")};
}

Session session_from(const Json& json) {
    return {text_of(json, "edition"), text_of(json, "code"),  text_of(json, "name"),
            text_of(json, "venue"),   text_of(json, "start"), text_of(json, "end"),
            text_of(json, "as_of")};
}

journal::Draft draft_of(std::string_view type, const std::string& topic, const Json& json) {
    return {std::string(type), topic, kNoSubject, json.to_string()};
}

}  // namespace

Json to_json(const ScheduleItem& item) {
    Json json = Json::object(
        {{"edition", item.edition}, {"unit", item.unit}, {"status", to_string(item.status)}});
    put_text(json, "name", item.name);
    put_text(json, "venue", item.venue);
    put_text(json, "location", item.location);
    put_text(json, "session", item.session);
    put_text(json, "start", item.start);
    put_text(json, "end", item.end);
    put_text(json, "actual_start", item.actual_start);
    put_text(json, "actual_end", item.actual_end);
    put_text(json, "order", item.order);
    put_text(json, "logical_date", item.logical_date);
    put_text(json, "as_of", item.as_of);
    put_text(json, "note", item.note);
    return json;
}

Json to_json(const Session& session) {
    Json json = Json::object({{"edition", session.edition}, {"code", session.code}});
    put_text(json, "name", session.name);
    put_text(json, "venue", session.venue);
    put_text(json, "start", session.start);
    put_text(json, "end", session.end);
    put_text(json, "as_of", session.as_of);
    return json;
}

// ---- commands -----------------------------------------------------------------------------------

namespace {

std::string move_text(const ScheduleItem& before, ScheduleStatus to) {
    return "unit " + before.unit + " goes from " + std::string(to_string(before.status)) + " to " +
           std::string(to_string(to));
}

// The status that a message gives a unit, or why not.
std::optional<ScheduleRefusal> move(const ScheduleItem* before, const std::string& status,
                                    ScheduleItem& item, std::vector<Warning>& warnings) {
    if (before != nullptr) item.status = before->status;
    if (status.empty()) return std::nullopt;
    const auto parsed = parse_schedule_status(status);
    if (!parsed) {
        return ScheduleRefusal{
            item.unit, "results.schedule_status_unknown",
            "ScheduleStatus of unit " + item.unit + " is no code such as SCHEDULED or RUNNING"};
    }
    item.status = *parsed;
    if (before == nullptr) return std::nullopt;
    const StatusMove kind = move_between(before->status, *parsed);
    if (kind == StatusMove::kSkips) {
        warnings.push_back(
            {"schedule.status_skipped", move_text(*before, *parsed) + "; a step is missing"});
    } else if (kind == StatusMove::kBack && !item.note.empty()) {
        warnings.push_back({"schedule.status_corrected", move_text(*before, *parsed)});
    } else if (kind == StatusMove::kBack) {
        return ScheduleRefusal{
            item.unit, "results.schedule_regression",
            move_text(*before, *parsed) + ", which cannot be; send it with a Note to correct it"};
    }
    return std::nullopt;
}

}  // namespace

void ScheduleBook::take(const Edition& edition, const OdfMessage& message, const Unit& unit,
                        ScheduleReception& reception) const {
    ScheduleItem item = item_of(message, unit);
    const auto known = edition.units.find(unit.rsc);
    const ScheduleItem* before =
        known == edition.units.end() ? nullptr : &known->second.back().item;
    if (before != nullptr && item.as_of < before->as_of) return;  // old news
    auto refusal = move(before, extra(unit, "ScheduleStatus"), item, reception.warnings);
    if (refusal) {
        reception.refused.push_back(*std::move(refusal));
        return;
    }
    if (before != nullptr && says_the_same(*before, item)) return;
    if (before != nullptr && item.as_of == before->as_of) {
        reception.refused.push_back({unit.rsc, "results.unit_conflict",
                                     "unit " + unit.rsc +
                                         " was scheduled otherwise at the same moment; send a "
                                         "schedule of a later time"});
        return;
    }
    reception.drafts.push_back(
        draft_of(records::kScheduled, to_string(UnitKey(item.edition, item.unit)), to_json(item)));
}

Result<ScheduleReception> ScheduleBook::receive(const OdfMessage& message) const {
    const auto edition = editions_.find(edition_of(message));
    if (edition == editions_.end()) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "competition '" + message.competition_code.substr(0, 40) +
                        "' is no open edition; open the edition first, or check CompetitionCode");
    }
    ScheduleReception reception;
    for (const Session& session : sessions_of(message)) {
        const auto known = edition->second.sessions.find(session.code);
        if (known != edition->second.sessions.end()) {
            Session same = known->second;
            if (same.as_of >= session.as_of) continue;
            same.as_of = session.as_of;
            if (same == session) continue;
        }
        reception.drafts.push_back(
            draft_of(records::kSessionScheduled, session.edition, to_json(session)));
    }
    for (const Unit& unit : message.units)
        take(edition->second, message, unit, reception);
    return reception;
}

// ---- questions ----------------------------------------------------------------------------------

const Session* ScheduleBook::session(std::string_view edition, std::string_view code) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return nullptr;
    const auto session = found->second.sessions.find(code);
    return session == found->second.sessions.end() ? nullptr : &session->second;
}

std::string ScheduleBook::logical_day(const ScheduleItem& item) const {
    const Session* in = session(item.edition, item.session);
    const std::string day = in == nullptr ? "" : day_of(in->start);
    return day.empty() ? day_of(item.start) : day;
}

std::vector<const ScheduleVersion*> ScheduleBook::list(std::string_view edition,
                                                       const ScheduleFilter& filter,
                                                       Time known_at) const {
    std::vector<const ScheduleVersion*> units;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return units;
    for (const auto& [rsc, versions] : found->second.units) {
        const auto after =
            std::ranges::upper_bound(versions, known_at, {}, &ScheduleVersion::known_at);
        if (after == versions.begin()) continue;
        const ScheduleVersion& version = *std::prev(after);
        const ScheduleItem& item = version.item;
        const bool fits = (filter.venue.empty() || filter.venue == item.venue) &&
                          rsc.starts_with(filter.discipline) &&
                          (filter.status.empty() || filter.status == to_string(item.status)) &&
                          (filter.day.empty() || filter.day == logical_day(item));
        if (fits) units.push_back(&version);
    }
    std::ranges::stable_sort(units, {}, [](const ScheduleVersion* version) {
        const ScheduleItem& item = version->item;
        const auto start = parse_rfc3339(item.start);
        return std::tuple(start ? start->us : INT64_MAX, item.order.size(), item.order, item.unit);
    });
    return units;
}

std::vector<const ScheduleVersion*> ScheduleBook::history(std::string_view edition,
                                                          std::string_view unit) const {
    std::vector<const ScheduleVersion*> versions;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return versions;
    const auto known = found->second.units.find(unit);
    if (known == found->second.units.end()) return versions;
    for (const ScheduleVersion& version : known->second)
        versions.push_back(&version);
    return versions;
}

Json ScheduleBook::describe(const ScheduleVersion& version) const {
    const ScheduleItem& item = version.item;
    Json json = to_json(item);
    put_text(json, "day", logical_day(item));
    if (const Session* in = session(item.edition, item.session)) {
        put_text(json, "session_name", in->name);
    }
    json.set("known_at", format_rfc3339(version.known_at));
    json.set("offset", version.offset);
    return json;
}

// ---- journal::Book ------------------------------------------------------------------------------

void ScheduleBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        editions_.try_emplace(std::string(parse_payload(record.payload)["id"].as_string()));
    } else if (record.type == records::kScheduled) {
        ScheduleItem item = item_from(parse_payload(record.payload));
        auto& versions = editions_[item.edition].units[item.unit];
        versions.push_back({std::move(item), record.time, record.offset});
    } else if (record.type == records::kSessionScheduled) {
        Session session = session_from(parse_payload(record.payload));
        Session& known = editions_[session.edition].sessions[session.code];
        known = std::move(session);
    }
}

void ScheduleBook::save(ByteWriter& out) const {
    out.put(std::uint64_t{editions_.size()});
    for (const auto& [id, edition] : editions_) {
        out.put_text(id);
        std::uint64_t count = 0;
        for (const auto& [rsc, versions] : edition.units)
            count += versions.size();
        out.put(count);
        for (const auto& [rsc, versions] : edition.units) {
            for (const ScheduleVersion& version : versions) {
                out.put_text(to_json(version.item).to_string());
                out.put(version.known_at.us, version.offset);
            }
        }
        out.put(std::uint64_t{edition.sessions.size()});
        for (const auto& [code, session] : edition.sessions)
            out.put_text(to_json(session).to_string());
    }
}

Result<void> ScheduleBook::load(ByteReader& in) {
    ScheduleBook loaded;
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        Edition& edition = loaded.editions_[std::string(in.get_text())];
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(const Json json, codec::parse_json(in.get_text()));
            if (!parse_schedule_status(json["status"].as_string())) {
                return fail(Code::kCorrupt, "results.snapshot_malformed",
                            "the snapshot of the schedule names a status that does not exist");
            }
            ScheduleVersion version{item_from(json), {}, 0};
            version.known_at.us = in.get<std::int64_t>();
            version.offset = in.get<std::uint64_t>();
            edition.units[version.item.unit].push_back(std::move(version));
        }
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(const Json json, codec::parse_json(in.get_text()));
            Session session = session_from(json);
            const std::string code = session.code;
            edition.sessions.emplace(code, std::move(session));
        }
    }
    TRY_VOID(in.finish("the snapshot of the schedule"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results
