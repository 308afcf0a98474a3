// Official results: ODF in, units and medals out.
#include <algorithm>

#include "results/odf.h"
#include "service/access.h"
#include "service/live_feed.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

Json warnings_json(const results::OdfMessage& message) {
    Json warnings = Json::array();
    for (const auto& warning : message.warnings) {
        warnings.push(Json::object({{"code", warning.name}, {"detail", warning.detail}}));
    }
    return warnings;
}

// Tells the feeds about a unit once it is durable.
void publish_unit(Turn& turn, Services& services, const std::string& unit) {
    turn.after_durable([&services, news = news_of_unit(turn.world().results, unit, turn.now())](
                           const Result<void>& outcome) mutable {
        if (outcome) services.feed.publish(std::move(news));
    });
}

// Who owns an edition's results, or publishes them for the owner; or the operator.
Result<void> require_publisher(Turn& turn, const rights::Caller& caller,
                               const results::OdfMessage& message) {
    if (is_admin(caller)) return {};
    std::string edition = message.competition_code;
    std::ranges::transform(edition, edition.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const rights::Access access{caller.key_id,
                                caller.organisation,
                                rights::Category::kResults,
                                rights::Purpose::kPublication,
                                edition,
                                {}};
    const auto verdict = turn.world().rights.decide(access, turn.now());
    if (verdict.allowed) return {};
    return fail(Code::kDenied, "rights." + verdict.rule, verdict.explanation);
}

Result<Response> receive(Turn& turn, Services& services, const rights::Caller& caller,
                         const results::OdfMessage& message) {
    TRY_VOID(require_publisher(turn, caller, message));
    TRY(auto drafts, turn.world().results.receive(message, turn.now()));
    const bool changed = !drafts.empty();
    TRY(const journal::Offset offset, turn.commit(journal::Decision(std::move(drafts))));
    Json answer = Json::object({{"document", message.document_code},
                                {"version", message.version},
                                {"changed", changed},
                                {"warnings", warnings_json(message)}});
    if (changed) answer.set("offset", offset);
    if (changed && message.type == results::OdfType::kResult) {
        publish_unit(turn, services, message.document_code);
        services.dispatcher.plan(turn, message.document_code);
    }
    return server::json_response(200, answer);
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

Result<Response> medal_table(Call& call) {
    const std::string edition(call.request.parameter("edition"));
    if (call.turn.world().rights.edition(edition) == nullptr) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "there is no edition of this id; GET /v1/editions lists them");
    }
    Json items = Json::array();
    for (const auto& row : call.turn.world().results.medal_table(edition)) {
        items.push(results::to_json(row));
    }
    return server::json_response(200, Json::object({{"edition", edition}, {"items", items}}));
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
    add_route(router, services, Method::kGet, "/v1/results/medals/{edition}", "results",
              medal_table);
}

}  // namespace altis::service
