#include "cleanroom/question.h"

#include <algorithm>
#include <array>
#include <set>

#include "cleanroom/canonical.h"
#include "rights/model.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr std::string_view kFinitePopulation = "finite_population";
constexpr std::string_view kSampling = "sampling";
constexpr std::string_view k95Percent = "95";
constexpr std::string_view k99_9Percent = "99.9";

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxIdBytes &&
           std::all_of(text.begin(), text.end(), is_name_byte);
}

// Names of datasets and parameters: an id with "_", "." and ":" in it.
bool is_name(std::string_view text, std::size_t max_bytes) {
    return !text.empty() && text.size() <= max_bytes &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_name_byte(c) || c == '_' || c == '.' || c == ':'; });
}

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.policy_invalid", std::move(message));
}

Result<void> check_owners(const std::vector<Owner>& owners) {
    if (owners.size() != 2)
        return invalid("The template overlap_and_lift needs exactly two owners.");
    if (owners[0].table.organisation == owners[1].table.organisation) {
        return invalid("The two owners of a room must be different organisations.");
    }
    for (const Owner& owner : owners) {
        if (!is_id(owner.table.organisation)) {
            return invalid("An owner's organisation must be an id of a-z, 0-9 and -.");
        }
        if (!is_name(owner.table.dataset, kMaxDatasetNameBytes)) {
            return invalid("The dataset of " + owner.table.organisation +
                           " must be a name of a-z, 0-9, - _ . and :, up to 96 bytes.");
        }
        if (owner.budget < kMinEpsilon || owner.budget > kMaxBudget) {
            return invalid("The budget for the table of " + owner.table.organisation +
                           " must be an epsilon of 0.001 to 1000.");
        }
    }
    return {};
}

Result<void> check_receivers(const std::vector<std::string>& receivers) {
    if (receivers.empty() || receivers.size() > kMaxReceivers) {
        return invalid("A room needs 1 to 32 receivers.");
    }
    if (!std::all_of(receivers.begin(), receivers.end(), is_id)) {
        return invalid("Every receiver must be an organisation's id of a-z, 0-9 and -.");
    }
    if (std::set<std::string>(receivers.begin(), receivers.end()).size() != receivers.size()) {
        return invalid("A receiver is named twice.");
    }
    return {};
}

Result<Owner> owner_from_json(const Json& json) {
    Owner owner;
    TRY(owner.table.organisation, codec::require_string(json, "organisation"));
    TRY(owner.table.dataset, codec::require_string(json, "dataset"));
    TRY(owner.budget, codec::require_int(json, "budget_micro_epsilon"));
    return owner;
}

Result<std::vector<std::string>> receivers_from_json(const Json& json) {
    TRY(const Json items, codec::require_array(json, "receivers"));
    std::vector<std::string> receivers;
    for (const Json& item : items.items())
        receivers.emplace_back(item.as_string());
    return receivers;
}

}  // namespace

Result<void> check_room(const Room& room) {
    if (!is_id(room.id)) return invalid("A room's id must be 1 to 40 of a-z, 0-9 and -.");
    if (!is_id(room.edition)) return invalid("A room's edition must be an id like owg2026.");
    if (room.query_template != kOverlapAndLift) {
        return fail(Code::kInvalid, "rooms.template_unknown",
                    "There is no such template; the templates are: overlap_and_lift.");
    }
    const auto& purposes = rights::kPurposeNames;
    if (std::find(purposes.begin(), purposes.end(), room.purpose) == purposes.end()) {
        return fail(Code::kInvalid, "rooms.purpose_unknown",
                    "There is no such purpose; a clean room's is usually clean_room.");
    }
    if (room.minimum_group < kLowestMinimumGroup || room.minimum_group > kHighestMinimumGroup) {
        return fail(Code::kInvalid, "rooms.minimum_too_low",
                    "The minimum group size must be 10 to 1,000,000,000 persons.");
    }
    TRY_VOID(check_owners(room.owners));
    return check_receivers(room.receivers);
}

Json to_json(const Room& room) {
    Json owners = Json::array();
    for (const Owner& owner : room.owners) {
        owners.push(Json::object({{"organisation", owner.table.organisation},
                                  {"dataset", owner.table.dataset},
                                  {"budget_micro_epsilon", owner.budget}}));
    }
    Json receivers = Json::array();
    for (const std::string& receiver : room.receivers)
        receivers.push(receiver);
    return Json::object({{"id", room.id},
                         {"owners", std::move(owners)},
                         {"template", room.query_template},
                         {"edition", room.edition},
                         {"purpose", room.purpose},
                         {"minimum_group", room.minimum_group},
                         {"receivers", std::move(receivers)},
                         {"until", format_rfc3339(room.until)}});
}

Result<Room> room_from_json(const Json& json) {
    Room room;
    TRY(room.id, codec::require_string(json, "id"));
    TRY(const Json owners, codec::require_array(json, "owners"));
    for (const Json& item : owners.items()) {
        TRY(Owner owner, owner_from_json(item));
        room.owners.push_back(std::move(owner));
    }
    TRY(room.query_template, codec::require_string(json, "template"));
    TRY(room.edition, codec::require_string(json, "edition"));
    TRY(room.purpose, codec::require_string(json, "purpose"));
    TRY(room.minimum_group, codec::require_int(json, "minimum_group"));
    TRY(room.receivers, receivers_from_json(json));
    TRY(const std::string until, codec::require_string(json, "until"));
    TRY(room.until, parse_rfc3339(until));
    return room;
}

std::string policy_hash(const Room& room) {
    return canonical_hash(to_json(room));
}

namespace {

bool is_valid_parameter(std::string_view name, const Json& value) {
    if (!value.is_string()) return false;
    const std::string_view text = value.as_string();
    if (name == "interval") return text == kFinitePopulation || text == kSampling;
    if (name == "confidence_percent") return text == k95Percent || text == k99_9Percent;
    return text.empty() || is_name(text, kMaxParameterBytes);
}

}  // namespace

Result<Json> normalise_parameters(const Json& parameters) {
    Json normalised = Json::object(
        {{"attended", ""}, {"interval", kFinitePopulation}, {"confidence_percent", k95Percent}});
    if (parameters.is_null()) return normalised;
    if (!parameters.is_object()) {
        return fail(Code::kInvalid, "rooms.parameter_invalid", "The parameters must be an object.");
    }
    for (const auto& [name, value] : parameters.members()) {
        if (!normalised.contains(name)) {
            return fail(Code::kInvalid, "rooms.parameter_unknown",
                        "The template overlap_and_lift has no such parameter; it has attended, "
                        "interval and confidence_percent.");
        }
        if (!is_valid_parameter(name, value)) {
            return fail(
                Code::kInvalid, "rooms.parameter_invalid",
                "attended must be a name of up to 64 bytes or empty, interval finite_population or "
                "sampling, confidence_percent \"95\" or \"99.9\".");
        }
        normalised.set(name, value);
    }
    return normalised;
}

Json plan_json(const Room& room, const Json& parameters, MicroEpsilon epsilon) {
    return Json::object({{"template", room.query_template},
                         {"parameters", parameters},
                         {"epsilon_micro", epsilon},
                         {"minimum_group", room.minimum_group},
                         {"mechanism", kMechanism}});
}

OverlapQuestion plan_question(const Json& plan) {
    const bool sampling = plan["parameters"]["interval"].as_string() == kSampling;
    const bool wide = plan["parameters"]["confidence_percent"].as_string() == k99_9Percent;
    return {plan["epsilon_micro"].as_int(), plan["minimum_group"].as_int(),
            sampling ? IntervalKind::kSampling : IntervalKind::kFinitePopulation,
            wide ? Confidence::k99_9 : Confidence::k95};
}

}  // namespace altis::cleanroom
