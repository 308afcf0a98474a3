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
    for (const auto& owner : room.owners) {
        const auto spent = world.rooms.ledger().spent(owner.table);
        const auto left = world.rooms.ledger().remaining(owner.table, owner.budget);
        budgets.push(Json::object({{"organisation", owner.table.organisation},
                                   {"dataset", owner.table.dataset},
                                   {"lifetime_spent_micro_epsilon", spent},
                                   {"left_micro_epsilon", left}}));
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
    return std::ranges::find(room.receivers, caller.organisation) != room.receivers.end();
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
    TRY_VOID(
        call.turn.commit(world.rooms.propose(room, call.caller.organisation, call.turn.now())));
    return server::json_response(201,
                                 room_json(world, *world.rooms.room(room.id), call.turn.now()));
}

// The owner's approval of the policy is also its grant to the other receivers.
Result<Response> approve(Call& call) {
    TRY(const auto* entry, visible_room(call));
    const World& world = call.turn.world();
    const Time now = call.turn.now();
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

Result<void> ask(Call& call, Services& services, const Responder& respond) {
    TRY(const Json body, json_body(call.request));
    cleanroom::Question question;
    question.room = call.request.parameter("id");
    question.organisation = call.caller.organisation;
    TRY(question.query_template, codec::require_string(body, "template"));
    TRY(question.epsilon, codec::require_int(body, "epsilon_micro"));
    question.parameters = body["parameters"];
    return ask_room(call, services, question, respond);
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
    add_route(router, services, Method::kDelete, "/v1/rooms/{id}", "rooms", revoke);
    add_route(router, services, Method::kPost, "/v1/rooms/{id}/approvals", "rooms", approve);
    add_async_route(
        router, services, Method::kPost, "/v1/rooms/{id}/questions", "rooms",
        [&services](Call& call, const Responder& respond) { return ask(call, services, respond); });
}

}  // namespace altis::service
