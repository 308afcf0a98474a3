#include "service/api.h"

#include <mutex>
#include <utility>

#include "codec/text.h"

namespace altis::service {
namespace {

constexpr std::size_t kMaxCachedKeys = 10'000;

bool changes_state(server::Method method) {
    return method != server::Method::kGet && method != server::Method::kHead;
}

// A key of one edition speaks about that one only.
Result<void> require_own_edition(const rights::Caller& caller, const server::Request& request) {
    const std::string_view asked = request.query_value("edition");
    if (asked.empty() || caller.edition.empty() || asked == caller.edition) return {};
    return fail(Code::kInvalid, "request.edition_differs",
                "the API key '" + caller.key_id + "' belongs to the edition '" + caller.edition +
                    "' and the request names another; leave `edition` out, or use a key of that "
                    "edition or of none");
}

Result<void> require_use(const rights::Caller& caller, std::string_view scope,
                         const server::Request& request) {
    TRY_VOID(require_scope(caller, scope));
    return require_own_edition(caller, request);
}

// Who asks, if the key may ask this. Core thread.
Result<rights::Caller> caller_of(Turn& turn, const std::string& secret, std::string_view scope,
                                 const server::Request& request) {
    TRY(rights::Caller caller, turn.world().rights.authenticate(secret));
    TRY_VOID(require_use(caller, scope, request));
    return caller;
}

}  // namespace

std::shared_ptr<const rights::Caller> KeyCache::find(const std::string& secret) const {
    const std::shared_lock lock(mutex_);
    const auto found = callers_.find(secret);
    return found == callers_.end() ? nullptr : found->second;
}

void KeyCache::remember(const std::string& secret, const rights::Caller& caller) {
    const std::unique_lock lock(mutex_);
    if (callers_.size() >= kMaxCachedKeys) callers_.clear();
    callers_[secret] = std::make_shared<const rights::Caller>(caller);
}

void KeyCache::clear() {
    const std::unique_lock lock(mutex_);
    callers_.clear();
}

std::string secret_of(const server::Request& request) {
    const std::string_view header = request.header("Authorization");
    constexpr std::string_view kBearer = "Bearer ";
    constexpr std::string_view kBasic = "Basic ";
    if (header.starts_with(kBearer)) return std::string(header.substr(kBearer.size()));
    if (!header.starts_with(kBasic)) return {};
    const auto decoded = codec::from_base64(header.substr(kBasic.size()));
    return decoded ? decoded->substr(0, decoded->find(':')) : std::string();
}

Result<void> require_scope(const rights::Caller& caller, std::string_view scope) {
    const std::string wanted(scope);
    if (caller.scopes.contains(wanted) || caller.scopes.contains("admin")) return {};
    return fail(Code::kDenied, "auth.scope_missing",
                "the API key '" + caller.key_id + "' lacks the scope '" + wanted +
                    "'; ask an administrator for a key that has it");
}

void respond_when_durable(Turn& turn, const server::Responder& respond, server::Response response) {
    turn.after_durable(
        [respond, response = std::move(response)](const Result<void>& outcome) mutable {
            respond(outcome ? std::move(response) : server::problem(outcome.error()));
        });
}

namespace {

// What a route is: where it answers, and whether it commits.
struct RouteSpec {
    server::Method method;
    std::string_view pattern;
    std::string_view scope;
    TaskKind kind;
};

void register_route(server::Router& router, Services& services, const RouteSpec& spec,
                    AsyncHandler handler) {
    const auto run = [scope = std::string(spec.scope), handler = std::move(handler)](
                         Turn& turn, const server::Request& request,
                         const server::Responder& respond) -> Result<void> {
        TRY(const rights::Caller caller, caller_of(turn, secret_of(request), scope, request));
        Call call{turn, caller, request};
        return handler(call, respond);
    };
    router.add(spec.method, spec.pattern,
               [&core = services.core, kind = spec.kind, run](server::Request&& request,
                                                              const server::Responder& respond) {
                   auto held = std::make_shared<server::Request>(std::move(request));
                   core.post(
                       kind,
                       [held, run, respond](Turn& turn) {
                           const auto done = run(turn, *held, respond);
                           if (!done) {
                               respond_when_durable(turn, respond, server::problem(done.error()));
                           }
                       },
                       [respond](const Error& error) { respond(server::problem(error)); });
               });
}

// A handler that answers at the end of its own turn.
AsyncHandler answering(Handler handler) {
    return [handler = std::move(handler)](Call& call,
                                          const server::Responder& respond) -> Result<void> {
        TRY(auto response, handler(call));
        respond_when_durable(call.turn, respond, std::move(response));
        return {};
    };
}

TaskKind kind_of(server::Method method) {
    return changes_state(method) ? TaskKind::kWrite : TaskKind::kRead;
}

}  // namespace

void add_async_route(server::Router& router, Services& services, server::Method method,
                     std::string_view pattern, std::string_view scope, AsyncHandler handler) {
    register_route(router, services, {method, pattern, scope, kind_of(method)}, std::move(handler));
}

void add_route(server::Router& router, Services& services, server::Method method,
               std::string_view pattern, std::string_view scope, Handler handler) {
    register_route(router, services, {method, pattern, scope, kind_of(method)},
                   answering(std::move(handler)));
}

void add_writing_get(server::Router& router, Services& services, std::string_view pattern,
                     std::string_view scope, Handler handler) {
    register_route(router, services, {server::Method::kGet, pattern, scope, TaskKind::kWrite},
                   answering(std::move(handler)));
}

void add_async_writing_get(server::Router& router, Services& services, std::string_view pattern,
                           std::string_view scope, AsyncHandler handler) {
    register_route(router, services, {server::Method::kGet, pattern, scope, TaskKind::kWrite},
                   std::move(handler));
}

void with_caller(Services& services, server::Request&& request, std::string_view scope,
                 const server::Responder& respond, WithCaller then) {
    const std::string secret = secret_of(request);
    with_secret(services, secret, std::move(request), scope, respond, std::move(then));
}

void with_secret(Services& services, const std::string& secret, server::Request&& request,
                 std::string_view scope, const server::Responder& respond, WithCaller then) {
    if (auto known = services.keys.find(secret)) {
        const auto allowed = require_use(*known, scope, request);
        if (!allowed) return respond(server::problem(allowed.error()));
        return then(std::move(request), std::move(known));
    }
    auto held = std::make_shared<server::Request>(std::move(request));
    services.core.post(
        TaskKind::kRead,
        [&services, held, secret, scope = std::string(scope), respond,
         then = std::move(then)](Turn& turn) {
            auto caller = caller_of(turn, secret, scope, *held);
            if (!caller) return respond(server::problem(caller.error()));
            services.keys.remember(secret, *caller);
            then(std::move(*held), std::make_shared<const rights::Caller>(*caller));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

Result<codec::Json> json_body(const server::Request& request) {
    TRY(codec::Json json, codec::parse_json(request.body));
    if (!json.is_object()) {
        return fail(Code::kInvalid, "json.wrong_type", "the body must be a JSON object");
    }
    return json;
}

server::Response created(std::string_view id) {
    return server::json_response(201, codec::Json::object({{"id", id}}));
}

}  // namespace altis::service
