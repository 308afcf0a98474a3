// Health, metrics, the journal's head, the warehouse.
#include <charconv>

#include "codec/text.h"
#include "journal/proof.h"
#include "service/api.h"
#include "service/limits_page.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

std::string hex_of(std::span<const std::uint8_t> bytes) {
    return codec::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// `?state=1` adds the hash of all books: a pass over them that everybody waits for, so it is the
// operator's alone.
Result<Response> journal_head(Call& call, Services& services) {
    const bool wants_state = call.request.query_value("state") == "1";
    if (wants_state) TRY_VOID(require_scope(call.caller, "admin"));
    auto& journal = services.core.journal();
    const journal::Head head = journal.head();
    Json json = Json::object({{"durable_offset", head.offset},
                              {"head_hash", hex_of(head.hash)},
                              {"signature", hex_of(head.signature)},
                              {"public_key", hex_of(journal.public_key())},
                              {"cut_bytes_at_start", journal.recovery().cut_bytes}});
    if (wants_state) json.set("state_hash", hex_of(services.core.state_hash()));
    return server::json_response(200, json);
}

// `?wait=1` answers when everything that is durable now can be queried.
Response warehouse_state(Services& services, bool waits) {
    if (waits) {
        const auto caught_up = services.projector.wait_until(services.core.journal().durable());
        if (!caught_up) return server::problem(caught_up.error());
    }
    const auto state = services.projector.state();
    return state ? server::json_response(200, *state) : server::problem(state.error());
}

Result<Response> journal_proof(const server::Request& request, Services& services) {
    const std::string_view text = request.query_value("offset");
    journal::Offset offset = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (problem != std::errc() || end != text.data() + text.size()) {
        return fail(Code::kInvalid, "journal.offset_invalid",
                    "give the offset of a record, as in /v1/journal/proof?offset=1");
    }
    TRY(const auto proof, services.core.journal().prove(offset));
    return server::json_response(200, journal::to_json(proof));
}

// What reads files or waits for them: not on the core thread. The texts must be literals.
void add_slow_get(server::Router& router, Services& services, std::string_view pattern,
                  std::string_view scope,
                  const std::function<Response(const server::Request&)>& answer) {
    router.add(
        Method::kGet, std::string(pattern),
        [&services, scope, answer](server::Request&& request, const server::Responder& respond) {
            with_caller(
                services, std::move(request), scope, respond,
                [&services, answer, respond](server::Request&& asked, const auto&) {
                    const auto held = std::make_shared<server::Request>(std::move(asked));
                    services.background.post([answer, respond, held] { respond(answer(*held)); });
                });
        });
}

}  // namespace

void add_system_routes(server::Router& router, Services& services) {
    router.add(Method::kGet, "/healthz",
               [&services](server::Request&&, const server::Responder& respond) {
                   const bool alive = !services.core.failed();
                   respond(server::json_response(
                       alive ? 200 : 500, Json::object({{"status", alive ? "ok" : "journal_failed"},
                                                        {"queued", services.core.queued()}})));
               });
    router.add(Method::kGet, "/metrics",
               [&services](server::Request&&, const server::Responder& respond) {
                   services.metrics.gauge("altis_core_queued_tasks", "Commands that wait")
                       .set(static_cast<std::int64_t>(services.core.queued()));
                   respond(server::text_response(200, "text/plain; version=0.0.4",
                                                 services.metrics.to_text()));
               });
    add_route(router, services, Method::kGet, "/v1/journal", "read",
              [&services](Call& call) { return journal_head(call, services); });
    add_route(router, services, Method::kGet, "/v1/limits", "read", [](Call&) -> Result<Response> {
        return server::text_response(200, "text/markdown; charset=utf-8",
                                     std::string(limits_page().front().bytes));
    });
    add_slow_get(router, services, "/v1/journal/proof", "read", [&services](const auto& request) {
        const auto answer = journal_proof(request, services);
        return answer ? *answer : server::problem(answer.error());
    });
    add_slow_get(router, services, "/v1/warehouse", "read", [&services](const auto& request) {
        return warehouse_state(services, request.query_value("wait") == "1");
    });
}

}  // namespace altis::service
