#include "results/awards/award.h"

#include <algorithm>

namespace altis::results {
namespace {

using codec::Json;

tl::unexpected<Error> malformed(const std::string& what) {
    return fail(Code::kInvalid, "results.award_malformed", "an award list " + what);
}

void put(Json& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.set(key, text);
}

std::string text_of(const Json& json, std::string_view key) {
    return std::string(json[key].as_string());
}

Result<Time> time_of(const Json& json, std::string_view key) {
    const auto time = parse_rfc3339(json[key].as_string());
    if (!time) return malformed("needs '" + std::string(key) + "' as an RFC 3339 time");
    return *time;
}

template <class Names>
auto index_of(const Names& names, std::string_view name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

Result<void> check_award(const Award& award) {
    const bool has_holder = award.status != AwardStatus::kVacant;
    if (has_holder && award.organisation.empty()) {
        return malformed("names a medal without an organisation; only a vacant one has none");
    }
    if (award.members.size() > kMaxAwardMembers) {
        return malformed("has over " + std::to_string(kMaxAwardMembers) + " members in one medal");
    }
    const auto too_long = [](const std::string& text) { return text.size() > kMaxAwardTextBytes; };
    if (too_long(award.name) || too_long(award.competitor) || too_long(award.organisation) ||
        std::ranges::any_of(award.members, too_long)) {
        return malformed("has a text of over " + std::to_string(kMaxAwardTextBytes) + " bytes");
    }
    return {};
}

}  // namespace

std::string_view to_string(AwardStatus status) {
    return kAwardStatusNames[static_cast<std::size_t>(status)];
}

std::optional<AwardStatus> parse_award_status(std::string_view name) {
    const std::size_t index = index_of(kAwardStatusNames, name);
    if (index == kAwardStatusNames.size()) return std::nullopt;
    return static_cast<AwardStatus>(index);
}

std::optional<Medal> parse_medal(std::string_view name) {
    const std::size_t index = index_of(kMedalNames, name);
    if (index == kMedalNames.size()) return std::nullopt;
    return static_cast<Medal>(index);
}

Json to_json(const Award& award) {
    Json json =
        Json::object({{"medal", to_string(award.medal)}, {"status", to_string(award.status)}});
    put(json, "competitor", award.competitor);
    put(json, "organisation", award.organisation);
    put(json, "name", award.name);
    if (!award.members.empty()) {
        Json members = Json::array();
        for (const std::string& member : award.members)
            members.push(member);
        json.set("members", std::move(members));
    }
    return json;
}

Json to_json(const AwardList& list) {
    Json json = Json::object({{"edition", list.place.edition},
                              {"discipline", list.place.discipline},
                              {"event", list.place.event}});
    put(json, "unit", list.place.unit);
    Json awards = Json::array();
    for (const Award& award : list.awards)
        awards.push(to_json(award));
    json.set("awards", std::move(awards));
    json.set("official", Json(static_cast<bool>(list.is_official)));
    json.set("valid_from", format_rfc3339(list.valid_from));
    if (list.published_at) json.set("published_at", format_rfc3339(*list.published_at));
    put(json, "source", list.source);
    put(json, "reason", list.reason);
    put(json, "document", list.document);
    return json;
}

Result<Award> award_from(const Json& json) {
    Award award;
    const auto medal = parse_medal(json["medal"].as_string());
    if (!medal) return malformed("has a medal that is not gold, silver or bronze");
    const auto status = parse_award_status(json["status"].as_string("held"));
    if (!status) {
        return malformed(
            "has a status that is not held, provisional, pending, vacant or withdrawn");
    }
    award.medal = *medal;
    award.status = *status;
    award.competitor = text_of(json, "competitor");
    award.organisation = text_of(json, "organisation");
    award.name = text_of(json, "name");
    for (const Json& member : json["members"].items())
        award.members.emplace_back(member.as_string());
    return award;
}

Result<AwardList> award_list_from(const Json& json) {
    AwardList list;
    list.place = {text_of(json, "edition"), text_of(json, "discipline"), text_of(json, "event"),
                  text_of(json, "unit")};
    for (const Json& item : json["awards"].items()) {
        TRY(Award award, award_from(item));
        list.awards.push_back(std::move(award));
    }
    list.is_official = json["official"].as_bool();
    TRY(list.valid_from, time_of(json, "valid_from"));
    if (json.contains("published_at")) {
        TRY(list.published_at, time_of(json, "published_at"));
    }
    list.source = text_of(json, "source");
    list.reason = text_of(json, "reason");
    list.document = text_of(json, "document");
    return list;
}

Result<void> check_award_list(const AwardList& list) {
    const AwardPlace& place = list.place;
    if (place.discipline.empty() || place.event.empty() || list.source.empty()) {
        return malformed("needs a discipline, an event and a source");
    }
    for (const std::string* text : {&place.discipline, &place.event, &place.unit, &list.source,
                                    &list.reason, &list.document}) {
        if (text->size() > kMaxAwardTextBytes) {
            return malformed("has a text of over " + std::to_string(kMaxAwardTextBytes) + " bytes");
        }
    }
    if (list.awards.size() > kMaxAwardsPerEvent) {
        return malformed("has over " + std::to_string(kMaxAwardsPerEvent) + " medals");
    }
    for (const Award& award : list.awards)
        TRY_VOID(check_award(award));
    return {};
}

}  // namespace altis::results
