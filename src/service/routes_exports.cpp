// Exports that were fetched, and exports that are delivered to webhooks.
#include <charconv>

#include "service/access.h"
#include "service/deliveries.h"
#include "service/segment_export.h"
#include "service/webhook_signature.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<journal::Offset> export_number(const Call& call) {
    const std::string_view text = call.request.parameter("id");
    journal::Offset number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return fail(Code::kInvalid, "exports.bad_number",
                "the number of an export is that of its header Altis-Export");
}

Result<Response> confirm_export(Call& call) {
    TRY(const journal::Offset number, export_number(call));
    TRY_VOID(call.turn.commit(
        call.turn.world().exports.decide_received(call.caller.organisation, number)));
    return server::json_response(200, Json::object({{"id", number}, {"state", "received"}}));
}

// ---- webhooks -----------------------------------------------------------------------------------

SubjectId treasury_of(const Call& call) {
    return call.turn.world().rights.organisation(call.caller.organisation)->treasury;
}

Result<Response> register_webhook(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    TRY(const std::string url, codec::require_string(body, "url"));
    TRY(const auto parsed, server::parse_outbound_url(url));
    TRY_VOID(server::require_reach(parsed, services.deliveries.reach()));
    const std::string salt = new_webhook_salt(services.core.random());
    const std::string& organisation = call.caller.organisation;
    TRY_VOID(call.turn.commit(
        call.turn.world().exports.decide_webhook(organisation, url, salt, treasury_of(call))));
    const std::string secret = webhook_secret(services.secrets.webhooks, organisation, url, salt);
    return server::json_response(
        201, Json::object({{"url", url}, {"secret", printed_webhook_secret(secret)}}));
}

Result<Response> list_webhooks(Call& call) {
    Json items = Json::array();
    for (const auto& [key, salt] : call.turn.world().exports.webhooks())
        if (key.first == call.caller.organisation) items.push(Json::object({{"url", key.second}}));
    return server::json_response(200, Json::object({{"items", items}}));
}

Result<Response> remove_webhook(Call& call) {
    const std::string_view url = call.request.query_value("url");
    TRY_VOID(call.turn.commit(call.turn.world().exports.decide_webhook_removed(
        call.caller.organisation, url, treasury_of(call))));
    return server::json_response(200, Json::object({{"url", url}, {"state", "removed"}}));
}

// ---- deliveries ---------------------------------------------------------------------------------

Json delivery_json(journal::Offset number, const fans::Delivery& delivery) {
    return Json::object(
        {{"id", number},
         {"segment", delivery.line.segment},
         {"purpose", rights::to_string(delivery.line.purpose)},
         {"edition", delivery.line.edition},
         {"url", delivery.line.url},
         {"format", delivery.format},
         {"since", delivery.tells_changes ? Json("last") : Json()},
         {"rows", delivery.rows},
         {"at", format_rfc3339(delivery.at)},
         {"state", fans::kDeliveryStateNames[static_cast<std::size_t>(delivery.state)]}});
}

Result<std::string> optional_string(const Json& body, std::string_view key,
                                    std::string_view fallback) {
    if (!body.contains(key)) return std::string(fallback);
    return codec::require_string(body, key);
}

Result<ExportOrder> delivery_order(const Call& call) {
    TRY(const Json body, json_body(call.request));
    ExportOrder order;
    order.segment = call.request.parameter("id");
    TRY(order.purpose, codec::require_string(body, "purpose"));
    TRY(order.url, codec::require_string(body, "url"));
    TRY(order.format, optional_string(body, "format", "ndjson"));
    TRY(order.since, optional_string(body, "since", ""));
    return order;
}

Result<void> require_webhook(const Call& call, const std::string& url) {
    const auto& book = call.turn.world().exports;
    if (book.webhook_salt(call.caller.organisation, url) != nullptr) return {};
    return fail(Code::kNotFound, "exports.unknown_webhook",
                "no webhook of your organisation has this URL; register it with POST /v1/webhooks, "
                "which gives the secret that signs what is sent");
}

Result<void> begin_delivery(Call& call, Services& services, const server::Responder& respond) {
    TRY(const ExportOrder order, delivery_order(call));
    TRY_VOID(require_webhook(call, order.url));
    Deliveries& deliveries = services.deliveries;
    TRY_VOID(deliveries.require_room(call.caller.organisation, order));
    return prepare_export(
        call, order, respond,
        [&deliveries, respond](Turn& turn, const std::shared_ptr<const PreparedExport>& made) {
            deliveries.expect(made);
            const auto& delivery = turn.world().exports.deliveries().at(made->number);
            turn.after_durable(
                [&deliveries, respond, made,
                 answer = delivery_json(made->number, delivery)](const Result<void>& done) {
                    if (!done) return respond(server::problem(done.error()));
                    deliveries.start(made->number);
                    respond(server::json_response(202, answer));
                });
        });
}

Result<Response> show_delivery(Call& call, Services& services) {
    TRY(const journal::Offset number, export_number(call));
    const auto& deliveries = call.turn.world().exports.deliveries();
    const auto found = deliveries.find(number);
    if (found == deliveries.end() || found->second.line.organisation != call.caller.organisation) {
        return fail(Code::kNotFound, "exports.unknown_delivery",
                    "there is no delivery of this number; GET /v1/deliveries lists the last ones");
    }
    Json json = delivery_json(number, found->second);
    Json result = services.deliveries.progress(number);
    if (!found->second.result.empty()) {
        TRY(result, codec::parse_json(found->second.result));
    }
    for (const auto& [name, value] : result.members())
        json.set(name, value);
    return server::json_response(200, json);
}

Result<Response> list_deliveries(Call& call) {
    Json items = Json::array();
    for (const auto& [number, delivery] : call.turn.world().exports.deliveries()) {
        if (delivery.line.organisation == call.caller.organisation)
            items.push(delivery_json(number, delivery));
    }
    return server::json_response(200, Json::object({{"items", items}}));
}

}  // namespace

void add_exports_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kPost, "/v1/exports/{id}/received", "segments",
              confirm_export);
    add_route(router, services, Method::kPost, "/v1/webhooks", "segments",
              [&services](Call& call) { return register_webhook(call, services); });
    add_route(router, services, Method::kGet, "/v1/webhooks", "segments", list_webhooks);
    add_route(router, services, Method::kDelete, "/v1/webhooks", "segments", remove_webhook);
    add_async_route(router, services, Method::kPost, "/v1/segments/{id}/deliveries", "segments",
                    [&services](Call& call, const server::Responder& respond) {
                        return begin_delivery(call, services, respond);
                    });
    add_route(router, services, Method::kGet, "/v1/deliveries", "segments", list_deliveries);
    add_route(router, services, Method::kGet, "/v1/deliveries/{id}", "segments",
              [&services](Call& call) { return show_delivery(call, services); });
}

}  // namespace altis::service
