// Activation lists of clean rooms.
#include <algorithm>
#include <charconv>

#include "service/activation_flow.h"

namespace altis::service {
namespace {

using cleanroom::Activation;
using codec::Json;
using server::Method;
using server::Responder;
using server::Response;

Json activation_json(const cleanroom::RoomEntry& entry, const Activation& activation) {
    Json missing = Json::array();
    for (const std::string& name : missing_approvals(entry.room, activation))
        missing.push(name);
    Json approvals = Json::array();
    for (const std::string& name : activation.approvals)
        approvals.push(name);
    const bool is_overtaken = activation.policy != entry.policy;
    const bool is_waiting = !missing.items().empty();
    return Json::object({{"activation", activation.number},
                         {"room", activation.room},
                         {"organisation", activation.organisation},
                         {"fans", activation.order.fans},
                         {"with", activation.order.with},
                         {"state", is_overtaken ? "overtaken"
                                   : is_waiting ? "waiting"
                                                : "approved"},
                         {"approvals", std::move(approvals)},
                         {"missing_approvals", std::move(missing)},
                         {"asked_at", format_rfc3339(activation.asked_at)},
                         {"released", activation.released},
                         {"receipt", activation.receipt}});
}

// Lists are visible to the room's owners and to who asked.
bool may_see(const cleanroom::Room& room, const rights::Caller& caller) {
    if (caller.scopes.contains("admin")) return true;
    const auto is_owner = [&caller](const cleanroom::Owner& owner) {
        return owner.table.organisation == caller.organisation;
    };
    return std::ranges::any_of(room.owners, is_owner);
}

Result<const cleanroom::RoomEntry*> room_of(const Call& call) {
    const auto* const entry = call.turn.world().rooms.room(call.request.parameter("id"));
    const auto asked = [&call](const cleanroom::Room& room) {
        return std::ranges::find(room.askers, call.caller.organisation) != room.askers.end();
    };
    if (entry != nullptr && (may_see(entry->room, call.caller) || asked(entry->room))) return entry;
    return fail(Code::kNotFound, "rooms.unknown", "there is no room of this id");
}

Result<std::uint64_t> number_of(const Call& call) {
    const std::string_view text = call.request.parameter("number");
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return number;
    return fail(Code::kNotFound, "rooms.activation_unknown",
                "an activation list is named by its number");
}

Result<Response> ask(Call& call, const Services& services) {
    TRY(const auto* const entry, room_of(call));
    TRY(const Json body, json_body(call.request));
    TRY(const auto order, cleanroom::activation_order_from_json(body));
    TRY(const Activation* const activation, ask_activation(call, services, entry->room.id, order));
    return server::json_response(201, activation_json(*entry, *activation));
}

Result<Response> approve(Call& call) {
    TRY(const auto* const entry, room_of(call));
    TRY(const std::uint64_t number, number_of(call));
    const World& world = call.turn.world();
    TRY_VOID(call.turn.commit(world.activations.approve(*entry, number, call.caller.organisation)));
    return server::json_response(
        200, activation_json(*entry, *world.activations.activation(entry->room.id, number)));
}

Result<Response> list(Call& call) {
    TRY(const auto* const entry, room_of(call));
    Json items = Json::array();
    for (const auto& [number, activation] : call.turn.world().activations.activations()) {
        if (activation.room != entry->room.id) continue;
        if (may_see(entry->room, call.caller) ||
            activation.organisation == call.caller.organisation) {
            items.push(activation_json(*entry, activation));
        }
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<void> release(Call& call, Services& services, const Responder& respond) {
    TRY(const auto* const entry, room_of(call));
    TRY(const std::uint64_t number, number_of(call));
    return release_activation(call, services, entry->room.id, number, respond);
}

}  // namespace

void add_activation_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/rooms/{id}/activations", "rooms", list);
    add_route(router, services, Method::kPost, "/v1/rooms/{id}/activations", "rooms",
              [&services](Call& call) { return ask(call, services); });
    add_route(router, services, Method::kPost, "/v1/rooms/{id}/activations/{number}/approvals",
              "rooms", approve);
    add_async_route(router, services, Method::kPost, "/v1/rooms/{id}/activations/{number}/lists",
                    "rooms", [&services](Call& call, const Responder& respond) {
                        return release(call, services, respond);
                    });
}

}  // namespace altis::service
