// The live feed of results, and who may see what of it.
#include "results/feed/view.h"
#include "service/access.h"
#include "service/live_feed.h"

namespace altis::service {
namespace {

using codec::Json;
using results::feed::view_of;
using server::Method;
using server::Responder;
using server::Response;

// The owner of an edition's results says who may see them live.
Result<void> require_owner(const Call& call, std::string_view edition) {
    const auto& book = call.turn.world().rights;
    if (book.owner(rights::Category::kResults, edition) == call.caller.organisation) return {};
    return fail(Code::kDenied, "rights.not_owner",
                "only the organisation that owns the edition's results grants its feed");
}

// Also of the edition that the key was granted before.
Result<void> require_owner_of_known(const Call& call, std::string_view key) {
    const rights::FeedGrant* known = call.turn.world().feed_grants.find(key);
    return known == nullptr ? Result<void>() : require_owner(call, known->edition);
}

// An edition's pages begin with the grant once it is durable, and end with it at once.
void show_pages(Call& call, LivePages& pages, const rights::FeedGrant& grant) {
    const rights::Edition* edition = call.turn.world().rights.edition(grant.edition);
    const std::string name = edition == nullptr ? grant.edition : edition->name;
    pages.close(grant.edition);
    call.turn.after_durable([&pages, grant, name](const Result<void>& outcome) {
        if (outcome) pages.open(grant, name);
    });
}

// Everybody needs no key.
Result<void> require_key(const Call& call, std::string_view key) {
    if (rights::is_public_grant(key)) return {};
    if (call.turn.world().rights.key(key) != nullptr) return {};
    return fail(Code::kNotFound, "feed.unknown_key",
                "there is no API key of this id; issue one with the scope 'feed' first");
}

Result<Response> put_grant(Call& call, LiveFeed& feed, LivePages& pages) {
    const std::string_view key = call.request.parameter("key");
    TRY(const Json body, json_body(call.request));
    TRY(const rights::FeedGrant grant, rights::feed_grant_from(key, body));
    TRY_VOID(require_owner(call, grant.edition));
    TRY_VOID(require_owner_of_known(call, key));
    TRY_VOID(require_key(call, key));
    TRY_VOID(call.turn.commit(call.turn.world().feed_grants.put(grant, call.turn.now())));
    feed.revoke(key);
    if (rights::is_public_grant(key)) show_pages(call, pages, grant);
    return server::json_response(200, rights::to_json(grant));
}

Result<Response> remove_grant(Call& call, LiveFeed& feed, LivePages& pages) {
    const std::string_view key = call.request.parameter("key");
    if (call.turn.world().feed_grants.find(key) == nullptr) {
        return fail(Code::kNotFound, "feed.unknown_grant",
                    "the key has no feed grant; GET /v1/feed-grants lists those that have");
    }
    TRY_VOID(require_owner_of_known(call, key));
    const std::string edition = call.turn.world().feed_grants.find(key)->edition;
    TRY_VOID(call.turn.commit(call.turn.world().feed_grants.remove(key)));
    feed.revoke(key);
    if (rights::is_public_grant(key)) pages.close(edition);
    return server::json_response(200, Json::object({{"key", key}}));
}

// An organisation sees the grants that it gave, and those of its keys.
Result<Response> list_grants(Call& call) {
    const auto& book = call.turn.world().rights;
    const std::string& own = call.caller.organisation;
    Json items = Json::array();
    for (const auto& [id, grant] : call.turn.world().feed_grants.all()) {
        const rights::ApiKey* key = book.key(id);
        const bool is_party = book.owner(rights::Category::kResults, grant.edition) == own ||
                              (key != nullptr && key->organisation == own);
        if (is_party || is_admin(call.caller)) items.push(rights::to_json(grant));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

// The pass is taken in this turn: a change of the grant in any later one ends it.
Result<void> follow(Call& call, LiveFeed& feed, const Responder& respond) {
    TRY(const rights::FeedGrant grant,
        call.turn.world().feed_grants.require(call.caller.key_id, call.turn.now()));
    call.turn.after_durable([&feed, view = view_of(grant), pass = feed.pass(grant),
                             respond](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        feed.open(view, [pass, respond](const Result<std::string>& stream) {
            respond(stream ? server::event_stream(*stream, pass) : server::problem(stream.error()));
        });
    });
    return {};
}

Result<void> show_unit(Call& call, LiveFeed& feed, const Responder& respond) {
    TRY(const rights::FeedGrant grant,
        call.turn.world().feed_grants.require(call.caller.key_id, call.turn.now()));
    std::string rsc(call.request.parameter("unit"));
    call.turn.after_durable(
        [&feed, view = view_of(grant), rsc, respond](const Result<void>& outcome) {
            if (!outcome) return respond(server::problem(outcome.error()));
            feed.unit(view, rsc, [respond](const Result<Json>& unit) {
                respond(unit ? server::json_response(200, *unit) : server::problem(unit.error()));
            });
        });
    return {};
}

}  // namespace

void add_feed_routes(server::Router& router, Services& services) {
    LiveFeed& feed = services.feed;
    LivePages& pages = services.pages;
    add_route(router, services, Method::kGet, "/v1/feed-grants", "read", list_grants);
    add_route(router, services, Method::kPut, "/v1/feed-grants/{key}", "rights",
              [&feed, &pages](Call& call) { return put_grant(call, feed, pages); });
    add_route(router, services, Method::kDelete, "/v1/feed-grants/{key}", "rights",
              [&feed, &pages](Call& call) { return remove_grant(call, feed, pages); });
    add_async_route(
        router, services, Method::kGet, "/v1/results/feed", "feed",
        [&feed](Call& call, const Responder& respond) { return follow(call, feed, respond); });
    add_async_route(
        router, services, Method::kGet, "/v1/results/feed/{unit}", "feed",
        [&feed](Call& call, const Responder& respond) { return show_unit(call, feed, respond); });
}

}  // namespace altis::service
