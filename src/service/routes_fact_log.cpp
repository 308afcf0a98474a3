// The log of published facts: its signed head, its tiles, and proofs that a fact is in it.
#include "service/api.h"
#include "service/notary.h"

namespace altis::service {
namespace {

using server::Method;
using server::Responder;
using server::Response;

Result<void> prove(Call& call, const Responder& respond, Services& services, const Notary& notary) {
    TRY(const std::uint64_t offset, whole_number(call.request.parameter("offset"), "offset"));
    return prove_fact(call.turn, services.core, services.background, notary, offset,
                      ProofHead::kNewest, [respond](const Result<results::FactProof>& proof) {
                          respond(proof ? server::json_response(200, results::to_json(*proof))
                                        : server::problem(proof.error()));
                      });
}

}  // namespace

void add_fact_log_routes(server::Router& router, Services& services) {
    const auto notary = std::make_shared<const Notary>(services.secrets.fact_log);
    add_route(router, services, Method::kGet, "/v1/log/key", "results",
              [notary](Call&) -> Result<Response> { return log_key_response(*notary); });
    add_route(router, services, Method::kGet, "/v1/log/checkpoint", "results",
              [notary](Call& call) -> Result<Response> {
                  return checkpoint_response(*notary, call.turn.world().fact_log);
              });
    add_route(router, services, Method::kGet, "/v1/log/tiles/{level}/{index}", "results",
              [](Call& call) { return tile_response(call.turn.world().fact_log, call.request); });
    add_route(router, services, Method::kGet, "/v1/log/consistency", "results", [](Call& call) {
        return consistency_response(call.turn.world().fact_log, call.request);
    });
    add_async_route(router, services, Method::kGet, "/v1/log/proofs/{offset}", "results",
                    [&services, notary](Call& call, const Responder& respond) {
                        return prove(call, respond, services, *notary);
                    });
}

}  // namespace altis::service
