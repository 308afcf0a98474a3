// The live feed of results, and who may see what of it.
#include <algorithm>
#include <limits>

#include "results/feed/view.h"
#include "service/access.h"
#include "service/live_feed.h"

namespace altis::service {
namespace {

using codec::Json;
using results::feed::View;
using results::feed::view_of;
using server::Method;
using server::Responder;
using server::Response;

constexpr std::int64_t kLiveConflationMs =
    100;  // of a discipline that is followed whole: people see no more
constexpr std::size_t kDisciplineBytes = 3;  // with which a unit's code begins
constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};

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

using Pass = std::shared_ptr<const server::StreamPass>;

void send_stream(Call& call, LiveFeed& feed, View view, const Pass& pass,
                 const Responder& respond) {
    call.turn.after_durable([&feed, view = std::move(view), pass,
                             respond](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        feed.open(view, [pass, respond](const Result<std::string>& stream) {
            respond(stream ? server::event_stream(*stream, pass) : server::problem(stream.error()));
        });
    });
}

// The pass is taken in this turn: a change of the grant in any later one ends it.
Result<void> follow(Call& call, LiveFeed& feed, const Responder& respond) {
    TRY(const rights::FeedGrant grant,
        call.turn.world().feed_grants.require(call.caller.key_id, call.turn.now()));
    send_stream(call, feed, view_of(grant), feed.pass(grant.key, grant.until), respond);
    return {};
}

// Everything of one discipline: what the interface tells this key anyway when it asks again and
// again. Views are as many as disciplines, whoever looks.
Result<View> whole_discipline(const Call& call) {
    const std::string edition = call.caller.edition.empty()
                                    ? std::string(call.request.query_value("edition"))
                                    : call.caller.edition;
    const std::string_view discipline = call.request.query_value("discipline");
    const auto units = call.turn.world().results.units_of(edition);
    const bool is_known = discipline.size() == kDisciplineBytes &&
                          std::ranges::any_of(units, [&](const results::UnitKey& unit) {
                              return unit.rsc.starts_with(discipline);
                          });
    if (!is_known) {
        return fail(Code::kNotFound, "results.unknown_discipline",
                    "the edition has no unit of this discipline; name one with ?discipline= by the "
                    "first three characters of its units' codes, and the edition with ?edition= "
                    "where the key has none");
    }
    View view{edition, {std::string(discipline)}, {}, {}, milliseconds(kLiveConflationMs)};
    for (std::size_t i = 0; i < rights::kFeedFieldNames.size(); ++i) {
        const auto field = static_cast<rights::FeedField>(i);
        if (field != rights::FeedField::kProof) view.fields.insert(field);  // for public pages
    }
    return view;
}

// Ends with the key alone.
Result<void> follow_discipline(Call& call, LiveFeed& feed, const Responder& respond) {
    TRY(View view, whole_discipline(call));
    send_stream(call, feed, std::move(view), feed.pass(call.caller.key_id, kNever), respond);
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
    add_async_route(router, services, Method::kGet, "/v1/results/live", "results",
                    [&feed](Call& call, const Responder& respond) {
                        return follow_discipline(call, feed, respond);
                    });
    add_async_route(
        router, services, Method::kGet, "/v1/results/feed/{unit}", "feed",
        [&feed](Call& call, const Responder& respond) { return show_unit(call, feed, respond); });
}

}  // namespace altis::service
