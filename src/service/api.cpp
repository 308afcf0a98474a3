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

// Authenticates, checks the scope and runs the handler: all on the core thread.
Result<server::Response> call_handler(const Handler& handler, std::string_view scope, Turn& turn,
                                      const server::Request& request) {
    TRY(const rights::Caller caller, turn.world().rights.authenticate(secret_of(request)));
    TRY_VOID(require_scope(caller, scope));
    Call call{turn, caller, request};
    return handler(call);
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

void add_route(server::Router& router, Services& services, server::Method method,
               std::string_view pattern, std::string_view scope, Handler handler) {
    const TaskKind kind = changes_state(method) ? TaskKind::kWrite : TaskKind::kRead;
    router.add(
        method, pattern,
        [&core = services.core, kind, scope = std::string(scope), handler = std::move(handler)](
            server::Request&& request, const server::Responder& respond) {
            auto held = std::make_shared<server::Request>(std::move(request));
            core.post(
                kind,
                [held, scope, handler, respond](Turn& turn) {
                    auto answer = call_handler(handler, scope, turn, *held);
                    auto response = answer ? std::move(*answer) : server::problem(answer.error());
                    turn.after_durable([respond, response = std::move(response)](
                                           const Result<void>& outcome) mutable {
                        respond(outcome ? std::move(response) : server::problem(outcome.error()));
                    });
                },
                [respond](const Error& error) { respond(server::problem(error)); });
        });
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
