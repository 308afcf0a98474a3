// The rules of the sports in an edition: read by whoever reads results, set by who publishes them.
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<std::string> known_edition(const Call& call) {
    std::string edition(call.request.parameter("edition"));
    if (call.turn.world().rights.edition(edition) != nullptr) return edition;
    return fail(Code::kNotFound, "results.unknown_edition",
                "there is no edition of this id; GET /v1/editions lists them");
}

Result<Response> get_rules(Call& call) {
    TRY(const std::string edition, known_edition(call));
    TRY(const Json document,
        codec::parse_json(call.turn.world().results.rules().document(edition)));
    return server::json_response(200, document);
}

Result<Response> set_rules(Call& call) {
    TRY(const std::string edition, known_edition(call));
    if (!is_admin(call.caller)) {
        TRY_VOID(require_access(call, access_of(call, rights::Category::kResults,
                                                rights::Purpose::kPublication, edition)));
    }
    TRY(const Json document, json_body(call.request));
    TRY(auto drafts, call.turn.world().results.set_rules(edition, document));
    const bool changed = !drafts.empty();
    TRY(const journal::Offset offset, call.turn.commit(journal::Decision(std::move(drafts))));
    Json answer = Json::object(
        {{"edition", edition}, {"version", document["version"].as_int()}, {"changed", changed}});
    if (changed) answer.set("offset", offset);
    return server::json_response(200, answer);
}

}  // namespace

void add_rules_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/rules/{edition}", "results", get_rules);
    add_route(router, services, Method::kPut, "/v1/results/rules/{edition}", "results:write",
              set_rules);
}

}  // namespace altis::service
