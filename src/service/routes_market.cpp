// Campaigns, statements, the ledger.
#include <algorithm>

#include "market/statement.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Json campaign_json(const World& world, const market::Campaign& campaign) {
    Json shares = Json::array();
    for (const auto& share : campaign.shares) {
        shares.push(Json::object(
            {{"organisation", share.organisation}, {"basis_points", share.basis_points}}));
    }
    std::uint64_t sales = 0;
    for (const auto& [currency, total] : world.campaigns.totals(campaign.id))
        sales += total.sales;
    return Json::object({{"id", campaign.id},
                         {"edition", campaign.edition},
                         {"organisation", campaign.organisation},
                         {"name", campaign.name},
                         {"audience", campaign.audience},
                         {"window_hours", campaign.window_hours},
                         {"sales", sales},
                         {"shares", shares}});
}

Result<market::Campaign> campaign_of(const Json& body) {
    market::Campaign campaign;
    TRY(campaign.id, codec::require_string(body, "id"));
    TRY(campaign.edition, codec::require_string(body, "edition"));
    TRY(campaign.name, codec::require_string(body, "name"));
    TRY(campaign.window_hours, codec::require_int(body, "window_hours"));
    campaign.audience = body["audience"].as_string();
    campaign.link = body["link"].as_string();
    TRY(const Json shares, codec::require_array(body, "shares"));
    for (const Json& item : shares.items()) {
        market::Share share;
        TRY(share.organisation, codec::require_string(item, "organisation"));
        TRY(const std::int64_t basis_points, codec::require_int(item, "basis_points"));
        if (basis_points < 0 || basis_points > market::kAllBasisPoints) {
            return fail(Code::kInvalid, "market.shares_invalid", "basis_points must be 0 to 10000");
        }
        share.basis_points = static_cast<int>(basis_points);
        campaign.shares.push_back(std::move(share));
    }
    return campaign;
}

Result<Response> open_campaign(Call& call) {
    TRY(const Json body, json_body(call.request));
    TRY(market::Campaign campaign, campaign_of(body));
    campaign.organisation = call.caller.organisation;
    const World& world = call.turn.world();
    for (const auto& share : campaign.shares) {
        if (world.rights.organisation(share.organisation) == nullptr) {
            return fail(Code::kNotFound, "rights.unknown",
                        "the organisation '" + share.organisation + "' is not registered");
        }
    }
    // A campaign with an audience speaks to the owner's fans.
    if (!campaign.audience.empty()) {
        TRY_VOID(require_access(call, access_of(call, rights::Category::kFanEngagement,
                                                rights::Purpose::kMessages, campaign.edition)));
    }
    TRY_VOID(call.turn.commit(world.campaigns.open_campaign(campaign)));
    return server::json_response(201, campaign_json(world, campaign));
}

// Those who run a campaign or have a share in it; to others it does not exist.
bool takes_part(const market::Campaign& campaign, const rights::Caller& caller) {
    const auto is_callers = [&caller](const market::Share& share) {
        return share.organisation == caller.organisation;
    };
    return is_admin(caller) || campaign.organisation == caller.organisation ||
           std::ranges::any_of(campaign.shares, is_callers);
}

// A party reads its own statement; an administrator everybody's.
Result<Response> statement(Call& call) {
    const std::string_view organisation = call.request.parameter("organisation");
    const bool is_own = call.caller.organisation == organisation;
    if (!is_own && !call.caller.scopes.contains("admin")) {
        return fail(Code::kDenied, "market.not_yours",
                    "a statement is for its own organisation alone");
    }
    if (call.turn.world().rights.organisation(organisation) == nullptr) {
        return fail(Code::kNotFound, "rights.unknown", "there is no such organisation");
    }
    const market::Period always{Time{0}, call.turn.now() + seconds(1)};
    const Json json = market::statement(call.turn.world().ledger, organisation, always);
    if (call.request.query_value("format") == "text") {
        return server::text_response(200, "text/plain; charset=utf-8",
                                     market::statement_text(json));
    }
    return server::json_response(200, json);
}

Result<Response> ledger(Call& call) {
    const World& world = call.turn.world();
    Json balances = Json::array();
    for (const auto& [key, minor] : world.ledger.balances()) {
        balances.push(Json::object(
            {{"account", key.account}, {"currency", key.currency}, {"balance_minor", minor}}));
    }
    return server::json_response(
        200, Json::object({{"balanced", world.ledger.balanced()},
                           {"entries", world.ledger.entries().size()},
                           {"attributed_sales", world.campaigns.attributed_sales()},
                           {"items", balances}}));
}

}  // namespace

void add_market_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/campaigns", "market",
              [](Call& call) -> Result<Response> {
                  Json items = Json::array();
                  const World& world = call.turn.world();
                  for (const auto& [id, campaign] : world.campaigns.campaigns()) {
                      if (takes_part(campaign, call.caller)) {
                          items.push(campaign_json(world, campaign));
                      }
                  }
                  return server::json_response(200, Json::object({{"items", items}}));
              });
    add_route(router, services, Method::kPost, "/v1/campaigns", "market", open_campaign);
    add_route(router, services, Method::kGet, "/v1/statements/{organisation}", "market", statement);
    add_route(router, services, Method::kGet, "/v1/ledger", "admin", ledger);
}

}  // namespace altis::service
