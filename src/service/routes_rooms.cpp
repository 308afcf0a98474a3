// Clean rooms.
#include <algorithm>

#include "service/api.h"
#include "service/rooms_flow.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Responder;
using server::Response;

Json budgets_json(const World& world, const cleanroom::Room& room) {
    Json budgets = Json::array();
    const cleanroom::PrivacyLedger& ledger = world.rooms.ledger();
    for (const auto& owner : room.owners) {
        const cleanroom::Table table = cleanroom::protected_table(owner);
        Json budget =
            Json::object({{"as", owner.name},
                          {"organisation", table.organisation},
                          {"dataset", table.dataset},
                          {"lifetime_spent_micro_epsilon", ledger.spent(table)},
                          {"left_micro_epsilon", ledger.remaining(table, {owner.budget})}});
        if (const auto ceiling = ledger.ceiling(table)) {
            budget.set("ceiling_micro_epsilon", ceiling->epsilon);
        }
        budgets.push(std::move(budget));
    }
    return budgets;
}

Json room_json(const World& world, const cleanroom::RoomEntry& entry, Time now) {
    Json missing = Json::array();
    for (const auto& owner : cleanroom::RoomsBook::missing_approvals(entry))
        missing.push(owner);
    return Json::object({{"id", entry.room.id},
                         {"state", cleanroom::to_string(cleanroom::RoomsBook::state(entry, now))},
                         {"missing_approvals", missing},
                         {"policy", entry.policy},
                         {"room", cleanroom::to_json(entry.room)},
                         {"budgets", budgets_json(world, entry.room)}});
}

bool takes_part(const cleanroom::Room& room, const rights::Caller& caller) {
    if (caller.scopes.contains("admin")) return true;
    for (const auto& owner : room.owners) {
        if (owner.table.organisation == caller.organisation) return true;
    }
    const auto is_named = [&caller](const std::vector<std::string>& list) {
        return std::ranges::find(list, caller.organisation) != list.end();
    };
    return is_named(room.receivers) || is_named(room.askers);
}

// Rooms are visible to those who take part; to others they do not exist.
Result<const cleanroom::RoomEntry*> visible_room(Call& call) {
    const auto* entry = call.turn.world().rooms.room(call.request.parameter("id"));
    if (entry != nullptr && takes_part(entry->room, call.caller)) return entry;
    return fail(Code::kNotFound, "rooms.unknown", "there is no room of this id");
}

Result<Response> show_room(Call& call, int status) {
    TRY(const auto* entry, visible_room(call));
    return server::json_response(status, room_json(call.turn.world(), *entry, call.turn.now()));
}

Result<Response> propose(Call& call) {
    TRY(const Json body, json_body(call.request));
    TRY(const cleanroom::Room room, cleanroom::room_from_json(body));
    const World& world = call.turn.world();
    TRY_VOID(check_columns(world, room));
    TRY_VOID(
        call.turn.commit(world.rooms.propose(room, call.caller.organisation, call.turn.now())));
    return server::json_response(201,
                                 room_json(world, *world.rooms.room(room.id), call.turn.now()));
}

// Another policy for a room that is there; every approval is asked for again.
Result<Response> change_policy(Call& call) {
    TRY(const auto* entry, visible_room(call));
    TRY(const Json body, json_body(call.request));
    TRY(const cleanroom::Room room, cleanroom::room_from_json(body));
    if (room.id != entry->room.id) {
        return fail(Code::kInvalid, "rooms.policy_invalid",
                    "the id of the policy must be that of the room in the path");
    }
    TRY_VOID(check_columns(call.turn.world(), room));
    TRY_VOID(call.turn.commit(
        call.turn.world().rooms.change_policy(room, call.caller.organisation, call.turn.now())));
    return show_room(call, 200);
}

// The owner's approval of the policy is also its grant to the other receivers.
Result<Response> approve(Call& call) {
    TRY(const auto* entry, visible_room(call));
    const World& world = call.turn.world();
    const Time now = call.turn.now();
    TRY_VOID(check_columns(world, entry->room));
    const auto grants = grants_of(world, entry->room, call.caller.organisation);
    TRY_VOID(call.turn.commit(world.rooms.approve(entry->room.id, call.caller.organisation, now)));
    for (const rights::Grant& grant : grants) {
        TRY_VOID(call.turn.commit(world.rights.grant(grant, now)));
    }
    return show_room(call, 200);
}

Result<Response> revoke(Call& call) {
    TRY(const auto* entry, visible_room(call));
    const World& world = call.turn.world();
    TRY_VOID(call.turn.commit(world.rooms.revoke(entry->room.id, call.caller.organisation)));
    for (const auto& owner : entry->room.owners) {
        for (const auto& grant : grants_of(world, entry->room, owner.table.organisation)) {
            if (!world.rights.grants().contains(grant.id)) continue;
            TRY_VOID(call.turn.commit(world.rights.revoke_grant(grant.id)));
        }
    }
    return show_room(call, 200);
}

Result<cleanroom::Question> question_of(const Call& call, const Json& body) {
    TRY(cleanroom::Question question, cleanroom::question_from_json(body));
    question.room = call.request.parameter("id");
    question.organisation = call.caller.organisation;
    return question;
}

Result<void> ask(Call& call, Services& services, const Responder& respond) {
    TRY(const Json body, json_body(call.request));
    TRY(const cleanroom::Question question, question_of(call, body));
    return ask_room(call, services, question, respond);
}

constexpr std::size_t kMaxExplainedQuestions = 100;  // of one request

// One question, or {"questions": [...]} in the order in which they would be asked.
Result<Response> explain(Call& call, const Services& services) {
    TRY(const Json body, json_body(call.request));
    const Json list = body.contains("questions") ? body["questions"] : Json::array({body});
    if (!list.is_array() || list.items().size() > kMaxExplainedQuestions) {
        return fail(Code::kInvalid, "rooms.parameter_invalid",
                    "questions must be a list of up to 100");
    }
    std::vector<cleanroom::Question> questions;
    for (const Json& item : list.items()) {
        TRY(cleanroom::Question question, question_of(call, item));
        questions.push_back(std::move(question));
    }
    TRY(const Json explained, explain_questions(call, services, questions));
    return server::json_response(200, explained);
}

Result<Response> list_templates(Call&) {
    Json items = Json::array();
    for (const cleanroom::QueryTemplate& query : cleanroom::builtin_templates())
        items.push(query.json);
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

// The owner's own promise for a table's whole life, in every room.
Result<Response> raise_ceiling(Call& call) {
    TRY(const Json body, json_body(call.request));
    const std::string dataset(call.request.parameter("dataset"));
    cleanroom::Ceiling ceiling;
    TRY(ceiling.epsilon, codec::require_int(body, "epsilon_micro"));
    const World& world = call.turn.world();
    if (world.rights.organisation(call.caller.organisation) == nullptr) {
        return fail(Code::kDenied, "treasury.no_organisation",
                    "this key belongs to no organisation, so it has no treasury");
    }
    const cleanroom::Table table{call.caller.organisation, dataset};
    if (dataset != cleanroom::kFansDataset &&
        world.treasury.dataset(table.organisation, dataset) == nullptr) {
        return fail(Code::kNotFound, "treasury.dataset_unknown",
                    "import the data set first; a ceiling is for one that is there, or for fans");
    }
    TRY_VOID(call.turn.commit(world.rooms.raise_ceiling(table, ceiling)));
    return server::json_response(
        200, Json::object({{"dataset", dataset},
                           {"ceiling_micro_epsilon", ceiling.epsilon},
                           {"lifetime_spent_micro_epsilon", world.rooms.ledger().spent(table)}}));
}

Result<Response> list_rooms(Call& call) {
    Json items = Json::array();
    const World& world = call.turn.world();
    for (const auto& [id, entry] : world.rooms.rooms()) {
        if (takes_part(entry.room, call.caller)) {
            items.push(room_json(world, entry, call.turn.now()));
        }
    }
    return server::json_response(200, Json::object({{"items", items}}));
}

}  // namespace

void add_rooms_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/rooms", "rooms", list_rooms);
    add_route(router, services, Method::kPost, "/v1/rooms", "rooms", propose);
    add_route(router, services, Method::kGet, "/v1/rooms/{id}", "rooms",
              [](Call& call) { return show_room(call, 200); });
    add_route(router, services, Method::kPut, "/v1/rooms/{id}", "rooms", change_policy);
    add_route(router, services, Method::kDelete, "/v1/rooms/{id}", "rooms", revoke);
    add_route(router, services, Method::kGet, "/v1/room-templates", "rooms", list_templates);
    add_route(router, services, Method::kPost, "/v1/rooms/{id}/explanations", "rooms",
              [&services](Call& call) { return explain(call, services); });
    add_route(router, services, Method::kPut, "/v1/treasury/{dataset}/ceiling", "treasury",
              raise_ceiling);
    add_route(router, services, Method::kPost, "/v1/rooms/{id}/approvals", "rooms", approve);
    add_async_route(
        router, services, Method::kPost, "/v1/rooms/{id}/questions", "rooms",
        [&services](Call& call, const Responder& respond) { return ask(call, services, respond); });
}

}  // namespace altis::service
