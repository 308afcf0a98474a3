// What one fan wants of messages, and why the fan got one or not. The application that the person
// uses asks on the person's behalf: it knows who that is.
#include "service/access.h"
#include "service/decision_letter.h"

namespace altis::service {
namespace {

using codec::Json;
using messages::Preferences;
using server::Method;
using server::Response;

// The fan that the request names, who the caller must have a right to.
Result<fans::FanId> fan_in(Call& call, Services& services) {
    const auto fingerprint =
        fans::user_fingerprint(services.secrets.ingest, call.request.parameter("user_id"));
    const fans::FanId fan = call.turn.world().fans.find_fan(fingerprint);
    TRY_VOID(require_fan_rights(call, fan, rights::Purpose::kOperations));
    if (fan != kNoSubject) return fan;
    return fail(Code::kNotFound, "fans.unknown_fan", "there is no fan with this user id");
}

Response preferences_of(const World& world, fans::FanId fan) {
    const Preferences& preferences = world.preferences.of(world.fans.subjects(fan));
    Json json = messages::to_json(preferences);
    json.set("suppressed", preferences.suppressed);
    return server::json_response(200, json);
}

Result<Response> show_preferences(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    return preferences_of(call.turn.world(), fan);
}

Result<Response> keep(Call& call, Services& services, fans::FanId fan, journal::Decision decision) {
    TRY_VOID(call.turn.commit(std::move(decision)));
    services.dispatcher.ask_again(call.turn, call.turn.world().fans.subjects(fan));
    return preferences_of(call.turn.world(), fan);
}

Result<void> require_known_zone(const Preferences& preferences) {
    language::Zones zones;
    if (preferences.zone.empty() || zones.find(preferences.zone)) return {};
    return fail(Code::kInvalid, "preferences.unknown_zone",
                "there is no such time zone; name one of the IANA database, e.g. Asia/Tokyo");
}

Result<Response> set_preferences(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    TRY(const Json body, json_body(call.request));
    TRY(const Preferences wanted, messages::preferences_from_json(body));
    TRY_VOID(require_known_zone(wanted));
    const World& world = call.turn.world();
    const SubjectId home = world.preferences.home(world.fans.subjects(fan));
    return keep(call, services, fan, world.preferences.set(home, wanted));
}

Result<Response> set_spoiler(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    TRY(const Json body, json_body(call.request));
    TRY(const messages::SpoilerWish wish, messages::wish_from_json(body));
    const World& world = call.turn.world();
    const SubjectId home = world.preferences.home(world.fans.subjects(fan));
    return keep(call, services, fan, world.preferences.set_spoiler(home, wish));
}

Result<Response> set_suppression(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string reason, codec::require_string(body, "reason"));
    const World& world = call.turn.world();
    const SubjectId home = world.preferences.home(world.fans.subjects(fan));
    return keep(call, services, fan, world.preferences.suppress(home, reason));
}

Result<Response> show_letter(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    const std::string_view trigger = call.request.query_value("trigger");
    if (trigger.empty() || trigger.size() > messages::kMaxPlanIdBytes) {
        return fail(Code::kInvalid, "messages.trigger_missing",
                    "say what it is about: ?trigger=results/<edition>/<unit>");
    }
    return server::json_response(200,
                                 decision_letter(call.turn.world(), trigger, fan, call.turn.now()));
}

}  // namespace

void add_message_wishes_routes(server::Router& router, Services& services) {
    const auto with = [&services](auto handler) {
        return [&services, handler](Call& call) { return handler(call, services); };
    };
    // Reading what is about a person writes the decision that allowed it.
    add_writing_get(router, services, "/v1/fans/{user_id}/message-preferences", "fans",
                    with(show_preferences));
    add_route(router, services, Method::kPut, "/v1/fans/{user_id}/message-preferences", "fans",
              with(set_preferences));
    add_route(router, services, Method::kPut, "/v1/fans/{user_id}/spoiler", "fans",
              with(set_spoiler));
    add_route(router, services, Method::kPut, "/v1/fans/{user_id}/suppression", "fans",
              with(set_suppression));
    add_writing_get(router, services, "/v1/fans/{user_id}/message-letter", "fans",
                    with(show_letter));
}

}  // namespace altis::service
