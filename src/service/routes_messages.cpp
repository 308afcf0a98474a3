// Messages: the stream for the gateway that delivers them, why somebody got one, names per
// language.
#include "service/access.h"
#include "service/live_streams.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<Response> message_stats(Call& call) {
    TRY_VOID(require_statistics(call));
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
    const auto& book = call.turn.world().messages;
    const std::string_view id = call.request.parameter("id");
    const auto message = book.resolve(id);
    rights::Access access = access_of(call, rights::Category::kFanEngagement,
                                      rights::Purpose::kOperations, edition_of(call));
    if (message) {
        access.edition = message->edition;
        const auto& fans = call.turn.world().fans;
        const fans::FanId fan = fans.fan_of(message->subject);
        if (fan != kNoSubject) access.subjects = fans.subjects(fan);
    }
    TRY_VOID(require_access_on_record(call, access, message ? 1 : 0));
    TRY(const Json why, book.explain(id));
    return server::json_response(200, why);
}

// What became of a message in the gateway of an edition's owner, or of whom the owner lets send.
Result<Response> settle_message(Call& call) {
    const std::string id(call.request.parameter("id"));
    const auto& book = call.turn.world().messages;
    const auto message = book.resolve(id);
    const std::string edition = message ? message->edition : edition_of(call);
    TRY_VOID(require_access_on_record(
        call,
        access_of(call, rights::Category::kFanEngagement, rights::Purpose::kMessages, edition),
        message ? 1 : 0));
    TRY(const Json body, json_body(call.request));
    TRY(const std::string outcome, codec::require_string(body, "outcome"));
    if (outcome != "delivered" && outcome != "failed") {
        return fail(Code::kInvalid, "messages.outcome_unknown",
                    "the outcome of a message is delivered or failed");
    }
    const bool is_good = outcome == "delivered";
    TRY_VOID(call.turn.commit(
        book.settled(id, is_good ? messages::Handling::kDelivered : messages::Handling::kFailed)));
    const auto kept = static_cast<std::size_t>(book.resolve(id)->handling);
    return server::json_response(
        200, Json::object({{"message", id}, {"outcome", messages::kHandlingNames[kept]}}));
}

// The gateway of an edition's owner, or of whom the owner lets send messages.
Result<Response> follow_messages(Call& call) {
    const std::string edition = edition_of(call);
    TRY_VOID(require_access_on_record(
        call,
        access_of(call, rights::Category::kFanEngagement, rights::Purpose::kMessages, edition), 0));
    return server::event_stream(message_stream(edition));
}

// Of one edition: a code is somebody else's in another one.
Result<Response> give_names(Call& call) {
    const std::string edition = edition_of(call);
    if (call.turn.world().rights.edition(edition) == nullptr) {
        return fail(Code::kInvalid, "results.unknown_edition",
                    "name the edition whose competitors these are with `?edition=`; GET "
                    "/v1/editions lists them");
    }
    TRY_VOID(require_publisher(call.turn, call.caller, edition));
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
    TRY_VOID(call.turn.commit(call.turn.world().names.give(edition, names)));
    return server::json_response(200,
                                 Json::object({{"edition", edition}, {"names", names.size()}}));
}

}  // namespace

void add_messages_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/messages/stats", "messages", message_stats);
    // Reading what is about persons writes the decision that allowed it.
    add_writing_get(router, services, "/v1/messages/stream", "messages", follow_messages);
    add_writing_get(router, services, "/v1/messages/{id}", "messages", explain_message);
    add_route(router, services, Method::kPut, "/v1/messages/{id}/outcome", "messages",
              settle_message);
    add_message_plans_routes(router, services);
    add_message_wishes_routes(router, services);
    add_route(router, services, Method::kPut, "/v1/names", "results:write", give_names);
}

}  // namespace altis::service
