// The console: one page whose files are web/dist's, and who its key speaks for. What it shows comes
// from the same routes, with the same checks, as for any other client.
#include "service/api.h"
#include "service/live_pages.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

// The page names its scripts by their content, so it is asked for each time and they are kept.
constexpr std::string_view kAskAgain = "no-cache";

Response console_page(const Request& request) {
    const StoredFile* page = live_asset("console.html");
    if (page == nullptr) {
        return server::problem(404, "console.not_built", "this program was built without web/dist");
    }
    Response response = file_response(*page, request, kAskAgain);
    // Its buttons change things: no other page may show it in a frame.
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Content-Security-Policy", "frame-ancestors 'none'");
    return response;
}

Json to_json(const rights::Caller& caller) {
    Json scopes = Json::array();
    for (const std::string& scope : caller.scopes)
        scopes.push(scope);
    return Json::object({{"key", caller.key_id},
                         {"organisation", caller.organisation},
                         {"edition", caller.edition},
                         {"scopes", std::move(scopes)}});
}

// Without a key: nobody, with no scopes. An unknown key is refused as everywhere.
Response who_asks(const Turn& turn, const std::string& secret) {
    if (secret.empty()) return server::json_response(200, to_json({}));
    const auto caller = turn.world().rights.authenticate(secret);
    return caller ? server::json_response(200, to_json(*caller)) : server::problem(caller.error());
}

}  // namespace

void add_console_routes(server::Router& router, Services& services) {
    router.add(Method::kGet, "/console",
               [](Request&& request, const Responder& respond) { respond(console_page(request)); });
    router.add(Method::kGet, "/v1/whoami",
               [&services](Request&& request, const Responder& respond) {
                   services.core.post(
                       TaskKind::kRead,
                       [secret = secret_of(request), respond](Turn& turn) {
                           respond_when_durable(turn, respond, who_asks(turn, secret));
                       },
                       [respond](const Error& error) { respond(server::problem(error)); });
               });
}

}  // namespace altis::service
