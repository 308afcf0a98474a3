// For those who write messages: what there is to choose from, what one would say, and how the
// newest ones go. Nothing here is about a person.
#include "service/access.h"
#include "service/message_preview.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

constexpr std::size_t kMaxShownPlans = 100;

// Who sends messages to the fans of the caller's edition, or owns their data.
Result<std::string> edition_of_sender(const Call& call) {
    std::string edition = edition_of(call);
    TRY_VOID(require_access(call, access_of(call, rights::Category::kFanEngagement,
                                            rights::Purpose::kMessages, edition)));
    return edition;
}

Result<Response> newest_plans(Call& call) {
    TRY(const std::string edition, edition_of_sender(call));
    const std::string_view language =
        call.request.query_value("language", messages::kFallbackLanguage);
    return server::json_response(200,
                                 Json::object({{"items", call.turn.world().messages.newest_plans(
                                                             edition, kMaxShownPlans, language)}}));
}

// Where a campaign's messages lead; the one for the cohort before others.
std::string link_of(const World& world, std::string_view edition, std::string_view cohort) {
    std::string link;
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (campaign.edition != edition) continue;
        if (campaign.audience == cohort) return campaign.link;
        if (link.empty()) link = campaign.link;
    }
    return link;
}

Result<Response> preview(Call& call, Services& services) {
    TRY(const std::string edition, edition_of_sender(call));
    TRY(const Json body, json_body(call.request));
    PreviewRequest request;
    TRY(const std::string unit, codec::require_string(body, "unit"));
    request.unit = results::UnitKey(edition, unit);
    TRY(request.competitor, codec::require_string(body, "competitor"));
    request.style.cohort = body["cohort"].as_string(messages::kEveryone);
    request.style.tone = body["tone"].as_string(messages::kPlainTone);
    request.style.channel = body["channel"].as_string(messages::kAnyChannel);
    request.pattern = body["pattern"].as_string();
    request.language = body["language"].as_string(messages::kFallbackLanguage);
    const World& world = call.turn.world();
    request.link = link_of(world, edition, request.style.cohort);
    TRY(const Json shown, preview_message(world, services.dispatcher.composer(), request));
    return server::json_response(200, shown);
}

}  // namespace

void add_message_plans_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/messages/plans", "messages", newest_plans);
    add_route(router, services, Method::kGet, "/v1/messages/styles", "messages",
              [&services](Call&) -> Result<Response> {
                  return server::json_response(200, message_styles(services.dispatcher.composer()));
              });
    add_route(router, services, Method::kPost, "/v1/messages/previews", "messages",
              [&services](Call& call) { return preview(call, services); });
}

}  // namespace altis::service
