#include "results/record_marks/record_mark.h"

#include <algorithm>

#include "base/assert.h"
#include "results/json_members.h"
#include "results/rules.h"

namespace altis::results {
namespace {

using codec::Json;

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(
        Code::kInvalid, "results.record_claim_malformed",
        "the record has no valid '" + std::string(what) + "'; correct it and send it again");
}

bool is_type(std::string_view type) {
    constexpr std::size_t kLongest = 10;
    return !type.empty() && type.size() <= kLongest && std::ranges::all_of(type, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

bool is_short(const std::string& text) {
    return text.size() <= kMaxRecordTextBytes;
}

Result<std::string> short_text(const Json& json, std::string_view key) {
    std::string text = text_of(json, key);
    if (!is_short(text)) return malformed(key);
    return text;
}

Result<std::vector<std::string>> short_texts(const Json& json, std::string_view key,
                                             std::size_t most) {
    std::vector<std::string> texts = texts_of(json, key);
    const bool fits = texts.size() <= most && std::ranges::all_of(texts, is_short);
    if (!fits) return malformed(key);
    return texts;
}

Result<RecordClass> class_from(const Json& json) {
    RecordClass of;
    of.event = text_of(json, "event");
    if (!Rsc::parse(of.event)) return malformed("event");
    of.type = text_of(json, "type");
    if (!is_type(of.type)) return malformed("type");
    TRY(of.scope, short_text(json, "scope"));
    return of;
}

Result<void> read_times(const Json& json, RecordMark& mark) {
    const auto set_at = parse_rfc3339(json["set_at"].as_string());
    if (!set_at) return malformed("set_at");
    mark.set_at = *set_at;
    if (!json.contains("published_at")) return {};
    const auto published_at = parse_rfc3339(json["published_at"].as_string());
    if (!published_at) return malformed("published_at");
    mark.published_at = *published_at;
    return {};
}

}  // namespace

std::string_view event_part(std::string_view rsc) {
    constexpr std::size_t kEventCharacters = 22;  // discipline, gender, event and modifier
    const std::string_view event = rsc.substr(0, kEventCharacters);
    return event.substr(0, event.find_last_not_of('-') + 1);
}

std::string_view to_string(RecordStatus status) {
    return kRecordStatusNames[static_cast<std::size_t>(status)];
}

std::optional<RecordStatus> parse_record_status(std::string_view name) {
    const auto found = std::ranges::find(kRecordStatusNames, name);
    if (found == kRecordStatusNames.end()) return std::nullopt;
    return static_cast<RecordStatus>(found - kRecordStatusNames.begin());
}

Decimal RecordMark::value() const {
    const auto value = parse_result_value(result);
    ALTIS_ASSERT(value.has_value());
    return *value;
}

bool RecordMark::beats(Decimal other) const {
    return better == Better::kHigher ? value() > other : value() < other;
}

Json to_json(const Condition& condition) {
    Json json = Json::object({{"name", condition.name}});
    put_text(json, "value", condition.value);
    return json;
}

Json to_json(const RecordDecision& decision) {
    Json json = Json::object({{"status", to_string(decision.status)},
                              {"valid_from", format_rfc3339(decision.valid_from)},
                              {"known_at", format_rfc3339(decision.known_at)},
                              {"offset", decision.offset}});
    put_text(json, "source", decision.source);
    put_text(json, "approved_by", decision.approved_by);
    put_text(json, "reason", decision.reason);
    put_text(json, "document", decision.document);
    put_text(json, "cause", decision.cause);
    return json;
}

Json to_json(const RecordMark& mark) {
    Json json = Json::object({{"event", mark.of.event}, {"type", mark.of.type}});
    put_text(json, "scope", mark.of.scope);
    json.set("result", mark.result);
    put_text(json, "result_type", mark.result_type);
    json.set("better", kBetterNames[static_cast<std::size_t>(mark.better)]);
    put_text(json, "competitor", mark.competitor);
    put_text(json, "organisation", mark.organisation);
    put_text(json, "name", mark.name);
    put_texts(json, "members", mark.members);
    put_texts(json, "organisations", mark.organisations);
    put_text(json, "edition", mark.edition);
    put_text(json, "unit", mark.unit);
    put_text(json, "place", mark.place);
    json.set("set_at", format_rfc3339(mark.set_at));
    put_items(json, "conditions", mark.conditions);
    put_text(json, "source", mark.source);
    put_text(json, "document", mark.document);
    if (mark.published_at) json.set("published_at", format_rfc3339(*mark.published_at));
    return json;
}

Result<RecordMark> record_mark_from(const Json& json) {
    RecordMark mark;
    TRY(mark.of, class_from(json));
    TRY(mark.result, short_text(json, "result"));
    if (!parse_result_value(mark.result)) return malformed("result");
    TRY(mark.result_type, short_text(json, "result_type"));
    const std::string_view better = json["better"].as_string("higher");
    if (better != "higher" && better != "lower") return malformed("better");
    mark.better = better == "lower" ? Better::kLower : Better::kHigher;
    TRY(mark.competitor, short_text(json, "competitor"));
    TRY(mark.organisation, short_text(json, "organisation"));
    TRY(mark.name, short_text(json, "name"));
    TRY(mark.members, short_texts(json, "members", kMaxRecordMembers));
    TRY(mark.organisations, short_texts(json, "organisations", kMaxRecordOrganisations));
    TRY(mark.edition, short_text(json, "edition"));
    TRY(mark.unit, short_text(json, "unit"));
    if (!mark.unit.empty() && !Rsc::parse(mark.unit)) return malformed("unit");
    TRY(mark.place, short_text(json, "place"));
    TRY(mark.source, short_text(json, "source"));
    TRY(mark.document, short_text(json, "document"));
    TRY_VOID(read_times(json, mark));
    if (json["conditions"].items().size() > kMaxRecordConditions) return malformed("conditions");
    for (const Json& condition : json["conditions"].items()) {
        mark.conditions.push_back({text_of(condition, "name"), text_of(condition, "value")});
        const Condition& read = mark.conditions.back();
        if (read.name.size() + read.value.size() > kMaxRecordTextBytes) {
            return malformed("conditions");
        }
    }
    return mark;
}

}  // namespace altis::results
