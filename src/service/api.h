// The HTTP interface over the core: one function per system registers its routes (api/openapi.yaml
// is the contract). Handlers run on the core thread; answers leave when what they tell is durable.
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rights/rights_book.h"
#include "server/event_stream.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/router.h"
#include "service/background.h"
#include "service/core.h"
#include "service/dispatcher.h"
#include "service/later.h"
#include "service/live_feed.h"
#include "service/live_pages.h"
#include "service/projector.h"
#include "service/secrets.h"

namespace altis::service {

// Remembers whose key is whose, so that ingest can be parsed before it reaches the core thread.
// Thread-safe.
class KeyCache {
  public:
    // The caller of an API secret that was seen before; empty when it must be asked for.
    std::shared_ptr<const rights::Caller> find(const std::string& secret) const;
    void remember(const std::string& secret, const rights::Caller& caller);
    // After any change to keys.
    void clear();

  private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const rights::Caller>> callers_;
};

class Deliveries;
class InAppStreams;
class Postman;
class StatementGate;
class Treasuries;

// What the routes need; lives as long as the server.
struct Services {
    Core& core;
    server::StreamHub& streams;
    LiveFeed& feed;
    LivePages& pages;
    server::Metrics& metrics;
    Projector& projector;
    Dispatcher& dispatcher;
    KeyCache& keys;
    Background& background;
    Deliveries& deliveries;
    Treasuries& treasuries;
    Later& later;
    StatementGate& statements;
    Postman& postman;
    InAppStreams& in_app;
    const Secrets& secrets;
};

// What a handler sees: the turn, who asks, and the request.
struct Call {
    Turn& turn;
    const rights::Caller& caller;
    const server::Request& request;
};

using Handler = std::function<Result<server::Response>(Call&)>;

// Registers an authenticated route. `scope` is what the key must carry ("admin" always suffices). A
// key of one edition that asks with `?edition=` about another gets "request.edition_differs".
// Read-only handlers commit nothing.
void add_route(server::Router& router, Services& services, server::Method method,
               std::string_view pattern, std::string_view scope, Handler handler);

// The same for an answer that comes later: the handler calls `respond` itself, now or after turns
// of its own. An error that it returns is answered at once.
using AsyncHandler = std::function<Result<void>(Call&, const server::Responder& respond)>;
void add_async_route(server::Router& router, Services& services, server::Method method,
                     std::string_view pattern, std::string_view scope, AsyncHandler handler);

// A GET whose handler commits: reading a person's data journals the decision that allowed it.
void add_writing_get(server::Router& router, Services& services, std::string_view pattern,
                     std::string_view scope, Handler handler);

// Both: it commits, and answers later.
void add_async_writing_get(server::Router& router, Services& services, std::string_view pattern,
                           std::string_view scope, AsyncHandler handler);

// For routes whose bodies are parsed before they reach the core: finds out who asks, checks the
// scope, and goes on with `then` (on the calling thread when the key is known already, else on the
// core thread), or answers why not.
using WithCaller = std::function<void(server::Request&&, std::shared_ptr<const rights::Caller>)>;
void with_caller(Services& services, server::Request&& request, std::string_view scope,
                 const server::Responder& respond, WithCaller then);

// The same for clients that send their key elsewhere than in `Authorization`.
void with_secret(Services& services, const std::string& secret, server::Request&& request,
                 std::string_view scope, const server::Responder& respond, WithCaller then);

// Answers with `response` once the turn is durable.
void respond_when_durable(Turn& turn, const server::Responder& respond, server::Response response);

// The API secret of a request: Bearer token, or the user name of Basic authentication; else empty.
std::string secret_of(const server::Request& request);

// "auth.scope_missing" unless the caller has the scope or is an admin.
Result<void> require_scope(const rights::Caller& caller, std::string_view scope);

// The body as a JSON object; "json.*" errors.
Result<codec::Json> json_body(const server::Request& request);

// A fresh secret: "altis_" and 256 random bits in hex.
std::string new_api_secret(platform::Random& random);

// 201 with {"id": ...}.
server::Response created(std::string_view id);

void add_ingest_routes(server::Router& router, Services& services);
void add_dialect_routes(server::Router& router, Services& services);
void add_rights_routes(server::Router& router, Services& services);
void add_fans_routes(server::Router& router, Services& services);
void add_fan_page_routes(server::Router& router, Services& services);
void add_exports_routes(server::Router& router, Services& services);
void add_dead_letter_routes(server::Router& router, Services& services);
void add_treasury_routes(server::Router& router, Services& services);
void add_rooms_routes(server::Router& router, Services& services);
void add_sql_routes(server::Router& router, Services& services);
void add_activation_routes(server::Router& router, Services& services);
void add_results_routes(server::Router& router, Services& services);
void add_fact_log_routes(server::Router& router, Services& services);
void add_rules_routes(server::Router& router, Services& services);
void add_medals_routes(server::Router& router, Services& services);
void add_answers_routes(server::Router& router, Services& services);
void add_people_routes(server::Router& router, Services& services);
void add_records_routes(server::Router& router, Services& services);
void add_schedule_routes(server::Router& router, Services& services);
void add_persons_routes(server::Router& router, Services& services);
void add_mcp_routes(server::Router& router, Services& services);
void add_feed_routes(server::Router& router, Services& services);
void add_live_routes(server::Router& router, Services& services);
void add_messages_routes(server::Router& router, Services& services);
void add_subscriptions_routes(server::Router& router, Services& services);
void add_message_plans_routes(server::Router& router, Services& services);
void add_message_wishes_routes(server::Router& router, Services& services);
void add_market_routes(server::Router& router, Services& services);
void add_system_routes(server::Router& router, Services& services);
void add_console_routes(server::Router& router, Services& services);
class Retention;
void add_retention_routes(server::Router& router, Services& services, Retention& retention);

}  // namespace altis::service
