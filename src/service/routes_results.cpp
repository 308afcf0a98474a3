// Official results: ODF in, units and medals out, and the stream of what is published.
#include <algorithm>

#include "results/odf.h"
#include "service/access.h"
#include "service/live_streams.h"
#include "service/results_flow.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

std::string edition_of(const results::OdfMessage& message) {
    std::string edition = message.competition_code;
    std::ranges::transform(edition, edition.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return edition;
}

Result<Response> receive(Turn& turn, Services& services, const rights::Caller& caller,
                         const results::OdfMessage& message) {
    TRY_VOID(require_publisher(turn, caller, edition_of(message)));
    TRY(auto admission,
        results::admit(gate_books(turn.world()), message, {caller.key_id, turn.now()}));
    Json answer = Json::object({{"document", message.document_code},
                                {"version", message.version},
                                {"changed", !admission.drafts.empty() && !admission.is_held()},
                                {"warnings", warnings_json(message.warnings)}});
    TRY(const auto outcome, carry_out(turn, services, std::move(admission)));
    return admission_response(outcome, std::move(answer));
}

void take_odf(Services& services, const Request& request,
              const std::shared_ptr<const rights::Caller>& caller, const Responder& respond) {
    auto message = results::parse_odf(request.body);
    if (!message) return respond(server::problem(message.error()));
    auto held = std::make_shared<results::OdfMessage>(std::move(*message));
    services.core.post(
        TaskKind::kWrite,
        [&services, held, caller, respond](Turn& turn) {
            auto response = receive(turn, services, *caller, *held);
            respond_when_durable(
                turn, respond, response ? std::move(*response) : server::problem(response.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

Result<Response> get_unit(Call& call) {
    const auto& book = call.turn.world().results;
    const std::string_view rsc = call.request.parameter("unit");
    const Json unit =
        call.request.query_value("history") == "1" ? book.history(rsc) : book.unit(rsc);
    if (!unit.is_null()) return server::json_response(200, unit);
    return fail(Code::kNotFound, "results.unknown_unit",
                "there is no unit of this code; GET /v1/results/units lists them");
}

}  // namespace

void add_results_routes(server::Router& router, Services& services) {
    router.add(Method::kPost, "/v1/odf", [&services](Request&& request, const Responder& respond) {
        with_caller(services, std::move(request), "results:write", respond,
                    [&services, respond](Request&& known, const auto& caller) {
                        take_odf(services, known, caller, respond);
                    });
    });
    add_route(router, services, Method::kGet, "/v1/results/units", "results",
              [](Call& call) -> Result<Response> {
                  return server::json_response(
                      200, Json::object({{"items", call.turn.world().results.units()}}));
              });
    add_route(router, services, Method::kGet, "/v1/results/units/{unit}", "results", get_unit);
    add_route(router, services, Method::kGet, "/v1/results/stream", "results",
              [](Call&) -> Result<Response> {
                  return server::event_stream(std::string(kResultsStream));
              });
}

}  // namespace altis::service
