#include "cleanroom/policy.h"

#include <algorithm>
#include <set>

#include "cleanroom/canonical.h"
#include "cleanroom/data/schema.h"
#include "rights/model.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr MicroEpsilon kMaxBudget = kMaxLifetimeEpsilon;

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxIdBytes &&
           std::all_of(text.begin(), text.end(), is_name_byte);
}

// Names of data sets: an id with "_", "." and ":" in it.
bool is_name(std::string_view text, std::size_t max_bytes) {
    return !text.empty() && text.size() <= max_bytes &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_name_byte(c) || c == '_' || c == '.' || c == ':'; });
}

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.policy_invalid", std::move(message));
}

Result<void> check_owner(const Owner& owner) {
    const std::string& organisation = owner.table.organisation;
    if (!is_id(organisation)) {
        return invalid("An owner's organisation must be an id of a-z, 0-9 and -.");
    }
    if (!is_name(owner.name, kMaxIdBytes)) {
        return invalid("The name (\"as\") of the table of " + organisation +
                       " must be 1 to 40 of a-z, 0-9, - _ . and :.");
    }
    if (!is_name(owner.table.dataset, kMaxDatasetNameBytes)) {
        return invalid("The dataset of " + organisation +
                       " must be a name of a-z, 0-9, - _ . and :, up to 96 bytes.");
    }
    if (owner.budget < kMinEpsilon || owner.budget > kMaxBudget) {
        return invalid("The budget for the table of " + organisation +
                       " must be an epsilon of 0.001 to 30.");
    }
    const bool is_short = owner.columns.size() <= kMaxRoomColumns &&
                          std::ranges::all_of(owner.columns, [](const std::string& column) {
                              return !column.empty() && column.size() <= kMaxColumnNameBytes;
                          });
    if (is_short) return {};
    return invalid("The columns of " + organisation + " must be up to 64 names of 1 to 64 bytes.");
}

Result<void> check_owners(const std::vector<Owner>& owners) {
    if (owners.size() < 2 || owners.size() > kMaxOwners) {
        return invalid("A room needs 2 to 8 owners.");
    }
    std::set<std::string_view> names;
    std::set<std::string_view> organisations;
    for (const Owner& owner : owners) {
        TRY_VOID(check_owner(owner));
        organisations.insert(owner.table.organisation);
        if (!names.insert(owner.name).second) {
            return invalid("Two owners' tables have the name '" + owner.name + "'.");
        }
    }
    if (organisations.size() > 1) return {};
    return invalid("The owners of a room must be different organisations.");
}

Result<void> check_organisations(const std::vector<std::string>& list, std::string_view what) {
    if (list.empty() || list.size() > kMaxReceivers) {
        return invalid("A room needs 1 to 32 " + std::string(what) + "s.");
    }
    if (!std::all_of(list.begin(), list.end(), is_id)) {
        return invalid("Every " + std::string(what) +
                       " must be an organisation's id of a-z, 0-9 and -.");
    }
    if (std::set<std::string_view>(list.begin(), list.end()).size() == list.size()) return {};
    return invalid("The same " + std::string(what) + " is named twice.");
}

Result<void> check_template_tables(const Room& room, const QueryTemplate& query) {
    for (const std::string& table : query.tables) {
        if (std::ranges::find(room.owners, table, &Owner::name) == room.owners.end()) {
            return invalid("The template " + query.id + " asks about the table '" + table +
                           "'; no owner brings one as '" + table + "'.");
        }
    }
    return {};
}

Result<void> check_templates(const Room& room) {
    const std::size_t count = room.templates.size() + room.own_templates.size();
    if (count == 0 || count > kMaxRoomTemplates) return invalid("A room needs 1 to 32 templates.");
    std::set<std::string_view> ids;
    for (const std::string& id : room.templates) {
        const QueryTemplate* const query = builtin_template(id);
        if (query == nullptr) {
            std::string known;
            for (const QueryTemplate& one : builtin_templates())
                known += (known.empty() ? "" : ", ") + one.id;
            return fail(Code::kInvalid, "rooms.template_unknown",
                        "There is no such template; the templates are: " + known + ".");
        }
        if (!ids.insert(id).second) return invalid("A template is named twice.");
        TRY_VOID(check_template_tables(room, *query));
    }
    for (const QueryTemplate& query : room.own_templates) {
        if (!ids.insert(query.id).second) return invalid("A template is named twice.");
        TRY_VOID(check_template_tables(room, query));
    }
    return {};
}

Result<void> check_purpose(const std::string& purpose) {
    const auto& purposes = rights::kPurposeNames;
    if (std::ranges::find(purposes, purpose) != purposes.end()) return {};
    return fail(Code::kInvalid, "rooms.purpose_unknown",
                "There is no such purpose; a clean room's is usually clean_room, and that of an "
                "activation list messages.");
}

Result<void> check_activation(const ActivationTerms& activation) {
    TRY_VOID(check_purpose(activation.purpose));
    if (activation.minimum >= kLowestActivationMinimum &&
        activation.minimum <= kHighestMinimumGroup) {
        return {};
    }
    return fail(Code::kInvalid, "rooms.minimum_too_low",
                "The minimum of an activation list must be 100 to 1,000,000,000 persons.");
}

Json texts(const std::vector<std::string>& list) {
    Json json = Json::array();
    for (const std::string& item : list)
        json.push(item);
    return json;
}

Result<std::vector<std::string>> texts_from_json(const Json& json, std::string_view member) {
    TRY(const Json items, codec::require_array(json, member));
    std::vector<std::string> list;
    for (const Json& item : items.items())
        list.emplace_back(item.as_string());
    return list;
}

Result<Owner> owner_from_json(const Json& json) {
    Owner owner;
    TRY(owner.name, codec::require_string(json, "as"));
    TRY(owner.table.organisation, codec::require_string(json, "organisation"));
    TRY(owner.table.dataset, codec::require_string(json, "dataset"));
    TRY(owner.budget, codec::require_int(json, "budget_micro_epsilon"));
    TRY(owner.columns, texts_from_json(json, "columns"));
    return owner;
}

Result<void> read_templates(const Json& json, Room& room) {
    TRY(const Json items, codec::require_array(json, "templates"));
    for (const Json& item : items.items()) {
        if (item.is_string()) {
            room.templates.emplace_back(item.as_string());
            continue;
        }
        TRY(QueryTemplate query, template_from_json(item));
        room.own_templates.push_back(std::move(query));
    }
    return {};
}

}  // namespace

Table protected_table(const Owner& owner) {
    if (!owner.table.dataset.starts_with(kSegmentPrefix)) return owner.table;
    return {owner.table.organisation, std::string(kFansDataset)};
}

const QueryTemplate* Room::query_template(std::string_view wanted) const {
    if (std::ranges::find(templates, wanted) != templates.end()) return builtin_template(wanted);
    const auto own = std::ranges::find(own_templates, wanted, &QueryTemplate::id);
    return own == own_templates.end() ? nullptr : &*own;
}

Result<void> check_room(const Room& room) {
    if (!is_id(room.id)) return invalid("A room's id must be 1 to 40 of a-z, 0-9 and -.");
    if (!is_id(room.edition)) return invalid("A room's edition must be an id like owg2026.");
    TRY_VOID(check_purpose(room.purpose));
    if (room.activation) TRY_VOID(check_activation(*room.activation));
    if (room.minimum_group < kLowestMinimumGroup || room.minimum_group > kHighestMinimumGroup) {
        return fail(Code::kInvalid, "rooms.minimum_too_low",
                    "The minimum group size must be 10 to 1,000,000,000 persons.");
    }
    if (room.max_epsilon < kMinEpsilon || room.max_epsilon > kMaxEpsilon) {
        return invalid("max_epsilon_micro must be an epsilon of 0.001 to 20, in millionths.");
    }
    TRY_VOID(check_owners(room.owners));
    TRY_VOID(check_templates(room));
    TRY_VOID(check_organisations(room.askers, "asker"));
    return check_organisations(room.receivers, "receiver");
}

Json to_json(const Room& room) {
    Json owners = Json::array();
    for (const Owner& owner : room.owners) {
        owners.push(Json::object({{"as", owner.name},
                                  {"organisation", owner.table.organisation},
                                  {"dataset", owner.table.dataset},
                                  {"columns", texts(owner.columns)},
                                  {"budget_micro_epsilon", owner.budget}}));
    }
    Json templates = texts(room.templates);
    for (const QueryTemplate& query : room.own_templates)
        templates.push(query.json);
    Json json = Json::object({{"id", room.id},
                              {"owners", std::move(owners)},
                              {"templates", std::move(templates)},
                              {"edition", room.edition},
                              {"purpose", room.purpose},
                              {"minimum_group", room.minimum_group},
                              {"max_epsilon_micro", room.max_epsilon},
                              {"askers", texts(room.askers)},
                              {"receivers", texts(room.receivers)},
                              {"until", format_rfc3339(room.until)},
                              {"sql", room.permits_sql}});
    if (room.activation) {
        json.set("activation", Json::object({{"purpose", room.activation->purpose},
                                             {"minimum", room.activation->minimum}}));
    }
    return json;
}

Result<Room> room_from_json(const Json& json) {
    Room room;
    TRY(room.id, codec::require_string(json, "id"));
    TRY(const Json owners, codec::require_array(json, "owners"));
    for (const Json& item : owners.items()) {
        TRY(Owner owner, owner_from_json(item));
        room.owners.push_back(std::move(owner));
    }
    TRY_VOID(read_templates(json, room));
    TRY(room.edition, codec::require_string(json, "edition"));
    TRY(room.purpose, codec::require_string(json, "purpose"));
    TRY(room.minimum_group, codec::require_int(json, "minimum_group"));
    TRY(room.receivers, texts_from_json(json, "receivers"));
    room.askers = room.receivers;
    if (json.contains("askers")) {
        TRY(room.askers, texts_from_json(json, "askers"));
    }
    if (json.contains("max_epsilon_micro")) {
        TRY(room.max_epsilon, codec::require_int(json, "max_epsilon_micro"));
    }
    room.permits_sql = json["sql"].as_bool();
    if (json.contains("sql") && !json["sql"].is_bool()) {
        return fail(Code::kInvalid, "json.wrong_type", "'sql' must be true or false");
    }
    TRY(const std::string until, codec::require_string(json, "until"));
    TRY(room.until, parse_rfc3339(until));
    if (json.contains("activation")) {
        room.activation.emplace();
        TRY(room.activation->purpose, codec::require_string(json["activation"], "purpose"));
        TRY(room.activation->minimum, codec::require_int(json["activation"], "minimum"));
    }
    return room;
}

std::string policy_hash(const Room& room) {
    return canonical_hash(to_json(room));
}

}  // namespace altis::cleanroom
