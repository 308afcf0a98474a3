// Where messages reach a fan, set by the application that the fan uses; and the page by which
// somebody ends it alone.
#include "channels/web_push.h"
#include "service/access.h"
#include "service/in_app_streams.h"
#include "service/postman.h"
#include "service/unsubscribe_page.h"
#include "service/webhook_signature.h"

namespace altis::service {
namespace {

using channels::Address;
using channels::Asked;
using channels::Channel;
using channels::Subscription;
using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
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

Json shown(const Subscription& subscription) {
    Json json = channels::to_json(subscription.address);
    json.set("id", subscription.id);
    json.set("added", format_rfc3339(subscription.added));
    return json;
}

// ---- channels -----------------------------------------------------------------------------------

Response show_channels(Services& services) {
    Json names = Json::array();
    for (std::size_t i = 0; i < channels::kChannelNames.size(); ++i) {
        if (services.postman.has(static_cast<Channel>(i))) names.push(channels::kChannelNames[i]);
    }
    Json json = Json::object({{"channels", std::move(names)}});
    const std::string key = services.postman.web_push_key();
    if (!key.empty()) json.set("web_push_key", key);
    return server::json_response(200, json);
}

// ---- of a fan -----------------------------------------------------------------------------------

Result<void> check_address(const Address& address, Services& services) {
    if (!services.postman.has(address.channel)) {
        return fail(Code::kInvalid, "subscriptions.channel_off",
                    "this installation does not deliver by " +
                        std::string(channels::to_string(address.channel)) +
                        "; see docs/channels.md");
    }
    if (address.channel == Channel::kWebPush) {
        TRY_VOID(channels::check(
            channels::WebPushAddress{address.target, address.p256dh, address.auth}));
    }
    if (address.channel == Channel::kWebPush || address.channel == Channel::kWebhook) {
        TRY(const auto url, server::parse_outbound_url(address.target));
        TRY_VOID(server::require_reach(url, services.postman.reach()));
    }
    return {};
}

Result<Response> add_subscription(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    TRY(const Json body, json_body(call.request));
    TRY(const Address address, channels::address_from_json(body));
    TRY_VOID(check_address(address, services));
    const Asked asked = body["asked_again"].as_bool() ? Asked::kAgain : Asked::kNotAgain;
    const std::string id = channels::subscription_id(services.secrets.subscriptions, address);
    TRY_VOID(call.turn.commit(call.turn.world().subscriptions.add(id, fan, address, asked)));
    Json json = shown(*call.turn.world().subscriptions.find(id));
    if (address.channel == Channel::kWebhook) {
        json.set("secret", printed_webhook_secret(services.postman.webhook_secret_of(id)));
    }
    return server::json_response(201, json);
}

Result<Response> list_subscriptions(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    const World& world = call.turn.world();
    Json items = Json::array();
    for (const Subscription* subscription : world.subscriptions.of(world.fans.subjects(fan)))
        items.push(shown(*subscription));
    return server::json_response(200, Json::object({{"subscriptions", std::move(items)}}));
}

Result<Response> remove_subscription(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    const World& world = call.turn.world();
    const std::string id(call.request.parameter("id"));
    const Subscription* known = world.subscriptions.find(id);
    if (known == nullptr || world.fans.fan_of(known->subject) != fan) {
        return fail(Code::kNotFound, "subscriptions.unknown",
                    "the fan has no such subscription; GET the list of them");
    }
    TRY_VOID(call.turn.commit(world.subscriptions.end(id, channels::Ending::kRemoved)));
    return server::empty_response();
}

// ---- in the application -------------------------------------------------------------------------

Result<Response> make_in_app_link(Call& call, Services& services) {
    TRY(const fans::FanId fan, fan_in(call, services));
    const Time end = call.turn.now() + kInAppLinkLifetime;
    return server::json_response(
        201, Json::object({{"path", "/in-app/" + services.in_app.token(fan, end) + "?after=0"},
                           {"expires", format_rfc3339(end)}}));
}

void follow_in_app(Services& services, Request&& request, const Responder& respond) {
    services.core.post(
        TaskKind::kRead,
        [&services, token = std::string(request.parameter("token")), respond](Turn& turn) {
            const auto stream = services.in_app.open(turn, token);
            respond_when_durable(
                turn, respond,
                stream ? server::event_stream(*stream) : server::problem(stream.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

void show_in_app(Services& services, Request&& request, const Responder& respond) {
    services.core.post(
        TaskKind::kRead,
        [&services, token = std::string(request.parameter("token")), respond](Turn& turn) {
            const auto feed = services.in_app.feed(turn, token);
            respond_when_durable(
                turn, respond,
                feed ? server::json_response(200, *feed) : server::problem(feed.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

// ---- by the person ------------------------------------------------------------------------------

Response html(std::string page) {
    Response response = server::text_response(200, "text/html; charset=utf-8", std::move(page));
    response.headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                         "frame-ancestors 'none'"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cache-Control", "no-store"}};
    return response;
}

std::string language_of(const Request& request) {
    return std::string(request.query_value("lang", "en"));
}

// RFC 8058: one POST without cookies or login does it. An unknown or ended id is answered alike, so
// that nobody learns which ids there are.
void unsubscribe(Services& services, Request&& request, const Responder& respond) {
    services.core.post(
        TaskKind::kWrite,
        [id = std::string(request.parameter("id")), language = language_of(request),
         respond](Turn& turn) {
            static_cast<void>(
                turn.commit(turn.world().subscriptions.end(id, channels::Ending::kUnsubscribed)));
            respond_when_durable(turn, respond, html(unsubscribed_page(language)));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

}  // namespace

void add_subscriptions_routes(server::Router& router, Services& services) {
    const auto with = [&services](auto handler) {
        return [&services, handler](Call& call) { return handler(call, services); };
    };
    add_route(router, services, Method::kGet, "/v1/channels", "fans",
              [&services](Call&) { return Result<Response>(show_channels(services)); });
    add_route(router, services, Method::kPost, "/v1/fans/{user_id}/subscriptions", "fans",
              with(add_subscription));
    add_writing_get(router, services, "/v1/fans/{user_id}/subscriptions", "fans",
                    with(list_subscriptions));
    add_route(router, services, Method::kDelete, "/v1/fans/{user_id}/subscriptions/{id}", "fans",
              with(remove_subscription));
    add_route(router, services, Method::kPost, "/v1/fans/{user_id}/in-app-link", "fans",
              with(make_in_app_link));
    router.add(
        Method::kGet, "/in-app/{token}",
        [&services](Request&& request, const Responder& respond) {
            follow_in_app(services, std::move(request), respond);
        },
        server::CrossOrigin::kYes);
    router.add(
        Method::kGet, "/in-app/{token}/messages",
        [&services](Request&& request, const Responder& respond) {
            show_in_app(services, std::move(request), respond);
        },
        server::CrossOrigin::kYes);
    router.add(Method::kGet, "/unsubscribe/{id}", [](Request&& request, const Responder& respond) {
        respond(html(unsubscribe_page(language_of(request))));
    });
    router.add(Method::kPost, "/unsubscribe/{id}",
               [&services](Request&& request, const Responder& respond) {
                   unsubscribe(services, std::move(request), respond);
               });
}

}  // namespace altis::service
