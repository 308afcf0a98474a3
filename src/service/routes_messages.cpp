// Messages: the stream for the gateway that delivers them, why somebody got one, names per
// language.
#include "service/api.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<Response> message_stats(Call& call) {
    const auto& book = call.turn.world().messages;
    Json languages = Json::object();
    for (const auto& [language, count] : book.sent_by_language())
        languages.set(language, count);
    return server::json_response(200, Json::object({{"sent", book.sent()},
                                                    {"opened", book.opened()},
                                                    {"pending_plans", book.pending().size()},
                                                    {"by_language", languages}}));
}

Result<Response> explain_message(Call& call) {
    TRY(const Json why, call.turn.world().messages.explain(call.request.parameter("id")));
    return server::json_response(200, why);
}

Result<Response> give_names(Call& call) {
    TRY(const Json body, json_body(call.request));
    TRY(const Json list, codec::require_array(body, "names"));
    std::vector<messages::GivenName> names;
    for (const Json& item : list.items()) {
        messages::GivenName given;
        TRY(given.code, codec::require_string(item, "code"));
        TRY(given.language, codec::require_string(item, "language"));
        TRY(given.name, codec::require_string(item, "name"));
        names.push_back(std::move(given));
    }
    TRY_VOID(call.turn.commit(call.turn.world().names.give(names)));
    return server::json_response(200, Json::object({{"names", names.size()}}));
}

}  // namespace

void add_messages_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/messages/stats", "messages", message_stats);
    add_route(router, services, Method::kGet, "/v1/messages/stream", "messages",
              [](Call&) -> Result<Response> {
                  return server::event_stream(std::string(kMessageStream));
              });
    add_route(router, services, Method::kGet, "/v1/messages/{id}", "messages", explain_message);
    add_route(router, services, Method::kPut, "/v1/names", "results:write", give_names);
}

}  // namespace altis::service
