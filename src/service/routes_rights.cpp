// Organisations, editions, ownership, grants, keys, and the explanation of a decision.
#include <algorithm>
#include <array>
#include <set>

#include "codec/text.h"
#include "rights/records.h"
#include "service/access.h"
#include "service/decision_list.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

constexpr std::size_t kSecretBytes = 32;

// What the routes ask for.
constexpr std::array<std::string_view, 15> kScopes = {"admin",
                                                      "read",
                                                      "ingest",
                                                      "rights",
                                                      "fans",
                                                      "segments",
                                                      "treasury",
                                                      "rooms",
                                                      "results",
                                                      "results:write",
                                                      "results:correct",
                                                      "results:personal",
                                                      "messages",
                                                      "market",
                                                      "feed"};

Result<rights::Category> category_of(const Json& body) {
    TRY(const std::string name, codec::require_string(body, "category"));
    if (const auto category = rights::parse_category(name)) return *category;
    return fail(Code::kInvalid, "rights.unknown_category",
                "there is no such category; the API description lists them");
}

Result<rights::Purpose> purpose_of(const Json& body) {
    TRY(const std::string name, codec::require_string(body, "purpose"));
    if (const auto purpose = rights::parse_purpose(name)) return *purpose;
    return fail(Code::kInvalid, "rights.unknown_purpose",
                "there is no such purpose; the API description lists them");
}

template <class Map, class Render>
Response list_of(const Map& map, Render render) {
    Json items = Json::array();
    for (const auto& [id, thing] : map)
        items.push(render(thing));
    return server::json_response(200, Json::object({{"items", items}}));
}

Result<Response> register_organisation(Call& call) {
    TRY(const Json body, json_body(call.request));
    rights::Organisation organisation;
    TRY(organisation.id, codec::require_string(body, "id"));
    TRY(organisation.name, codec::require_string(body, "name"));
    TRY(organisation.kind, codec::require_string(body, "kind"));
    organisation.treasury = call.turn.next_subject();
    TRY_VOID(call.turn.commit(call.turn.world().rights.register_organisation(organisation)));
    return created(organisation.id);
}

Result<Response> open_edition(Call& call) {
    TRY(const Json body, json_body(call.request));
    rights::Edition edition;
    TRY(edition.id, codec::require_string(body, "id"));
    TRY(edition.name, codec::require_string(body, "name"));
    edition.is_archive = body["archive"].as_bool();
    TRY_VOID(call.turn.commit(call.turn.world().rights.open_edition(edition)));
    return created(edition.id);
}

Result<Response> assign_ownership(Call& call) {
    TRY(const Json body, json_body(call.request));
    TRY(const std::string organisation, codec::require_string(body, "organisation"));
    TRY(const rights::Category category, category_of(body));
    TRY(const std::string edition, codec::require_string(body, "edition"));
    const auto& book = call.turn.world().rights;
    TRY_VOID(call.turn.commit(book.assign_ownership(organisation, category, edition)));
    return created(organisation + "/" + std::string(rights::to_string(category)) + "/" + edition);
}

// Who owns which category of which edition, and whether it is locked.
Result<Response> list_ownerships(Call& call) {
    const auto& book = call.turn.world().rights;
    Json items = Json::array();
    for (const auto& [edition, unused] : book.editions()) {
        for (std::size_t i = 0; i < rights::kCategoryNames.size(); ++i) {
            const auto category = static_cast<rights::Category>(i);
            const std::string_view owner = book.owner(category, edition);
            if (owner.empty()) continue;
            items.push(Json::object({{"edition", edition},
                                     {"category", rights::kCategoryNames[i]},
                                     {"organisation", owner},
                                     {"locked", book.is_locked(category, edition)}}));
        }
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<Response> unlock(Call& call) {
    TRY(const Json body, json_body(call.request));
    TRY(const rights::Category category, category_of(body));
    TRY(const std::string edition, codec::require_string(body, "edition"));
    TRY(const std::string policy, codec::require_string(body, "policy"));
    TRY_VOID(call.turn.commit(
        call.turn.world().rights.unlock(call.caller.organisation, category, edition, policy)));
    return created(std::string(rights::to_string(category)) + "/" + edition);
}

Result<Response> grant(Call& call) {
    TRY(const Json body, json_body(call.request));
    rights::Grant grant;
    grant.owner = call.caller.organisation;
    TRY(grant.id, codec::require_string(body, "id"));
    TRY(grant.grantee, codec::require_string(body, "grantee"));
    TRY(grant.category, category_of(body));
    TRY(grant.purpose, purpose_of(body));
    TRY(grant.edition, codec::require_string(body, "edition"));
    TRY(const std::string until, codec::require_string(body, "until"));
    TRY(grant.until, parse_rfc3339(until));
    TRY(grant.policy, codec::require_string(body, "policy"));
    TRY_VOID(call.turn.commit(call.turn.world().rights.grant(grant, call.turn.now())));
    return created(grant.id);
}

Result<Response> revoke_grant(Call& call) {
    const auto& book = call.turn.world().rights;
    const std::string id(call.request.parameter("id"));
    const auto found = book.grants().find(id);
    if (found != book.grants().end() && found->second.owner != call.caller.organisation) {
        return fail(Code::kDenied, "rights.not_owner", "only the owner may revoke its grant");
    }
    TRY_VOID(call.turn.commit(book.revoke_grant(id)));
    return server::json_response(200, Json::object({{"id", id}}));
}

// Of grants, an organisation sees those that it gave or got.
Result<Response> list_grants(Call& call) {
    Json items = Json::array();
    const std::string& own = call.caller.organisation;
    for (const auto& [id, grant] : call.turn.world().rights.grants()) {
        const bool is_party = grant.owner == own || grant.grantee == own;
        if (is_party || is_admin(call.caller)) items.push(rights::records::to_json(grant));
    }
    return server::json_response(200, Json::object({{"items", items}}));
}

Result<Response> explain_decision(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    rights::Access access;
    access.actor = call.caller.key_id;
    TRY(access.organisation, codec::require_string(body, "organisation"));
    TRY(access.category, category_of(body));
    TRY(access.purpose, purpose_of(body));
    TRY(access.edition, codec::require_string(body, "edition"));
    const World& world = call.turn.world();
    if (body.contains("user_id")) {
        // What a fan decided is told to those who own the data, and to who asks for itself.
        const bool is_party =
            access.organisation == call.caller.organisation ||
            world.rights.owner(access.category, access.edition) == call.caller.organisation;
        if (!is_party && !is_admin(call.caller)) {
            return fail(Code::kDenied, "rights.not_owner",
                        "a decision about a fan is explained to its organisation and the owner");
        }
        TRY(const std::string user_id, codec::require_string(body, "user_id"));
        const fans::FanId fan =
            world.fans.find_fan(fans::user_fingerprint(services.secrets.ingest, user_id));
        if (fan != kNoSubject) access.subjects = world.fans.subjects(fan);
    }
    const auto verdict = world.rights.decide(access, call.turn.now());
    if (!access.subjects.empty()) {
        call.turn.commit(std::vector{rights::decision_draft(access, verdict, 1)});
    }
    return server::json_response(200, Json::object({{"allowed", verdict.allowed},
                                                    {"rule", verdict.rule},
                                                    {"explanation", verdict.explanation}}));
}

// A misspelt scope would make a key that looks right and opens nothing.
Result<std::set<std::string>> scopes_of(const Json& body) {
    TRY(const Json list, codec::require_array(body, "scopes"));
    std::set<std::string> scopes;
    for (const Json& item : list.items()) {
        if (!item.is_string()) {
            return fail(Code::kInvalid, "json.wrong_type", "'scopes' must be an array of texts");
        }
        const std::string scope(item.as_string());
        if (std::ranges::find(kScopes, scope) == kScopes.end()) {
            return fail(Code::kInvalid, "rights.unknown_scope",
                        "there is no scope '" + scope + "'; the API description lists them");
        }
        scopes.insert(scope);
    }
    return scopes;
}

Result<Response> issue_key(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    rights::ApiKey key;
    TRY(key.id, codec::require_string(body, "id"));
    TRY(key.organisation, codec::require_string(body, "organisation"));
    key.edition = std::string(body["edition"].as_string());
    TRY(key.scopes, scopes_of(body));
    const std::string secret = new_api_secret(services.core.random());
    key.secret_hash = codec::to_hex(crypto::as_text(crypto::sha256(secret)));
    TRY_VOID(call.turn.commit(call.turn.world().rights.issue_key(key)));
    services.keys.clear();
    return server::json_response(201, Json::object({{"id", key.id}, {"secret", secret}}));
}

Result<Response> revoke_key(Call& call, Services& services) {
    const std::string id(call.request.parameter("id"));
    TRY_VOID(call.turn.commit(call.turn.world().rights.revoke_key(id)));
    services.keys.clear();
    services.feed.revoke(id);
    return server::json_response(200, Json::object({{"id", id}}));
}

}  // namespace

std::string new_api_secret(platform::Random& random) {
    std::array<std::uint8_t, kSecretBytes> bytes{};
    random.fill(bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return "altis_" + codec::to_hex(text);
}

void add_rights_routes(server::Router& router, Services& services) {
    const auto add = [&](Method method, std::string_view pattern, std::string_view scope,
                         Handler handler) {
        add_route(router, services, method, pattern, scope, std::move(handler));
    };
    add(Method::kGet, "/v1/organisations", "read", [](Call& call) -> Result<Response> {
        return list_of(call.turn.world().rights.organisations(),
                       [](const auto& it) { return rights::records::to_json(it); });
    });
    add(Method::kPost, "/v1/organisations", "admin", register_organisation);
    add(Method::kGet, "/v1/editions", "read", [](Call& call) -> Result<Response> {
        return list_of(call.turn.world().rights.editions(),
                       [](const auto& it) { return rights::records::to_json(it); });
    });
    add(Method::kPost, "/v1/editions", "admin", open_edition);
    add(Method::kGet, "/v1/ownerships", "read", list_ownerships);
    add(Method::kPost, "/v1/ownerships", "admin", assign_ownership);
    add(Method::kPost, "/v1/unlocks", "rights", unlock);
    add(Method::kGet, "/v1/grants", "read", list_grants);
    add(Method::kPost, "/v1/grants", "rights", grant);
    add(Method::kDelete, "/v1/grants/{id}", "rights", revoke_grant);
    add_async_route(router, services, Method::kGet, "/v1/decisions", "rights",
                    [&services](Call& call, const server::Responder& respond) {
                        return list_decisions(call, services, respond);
                    });
    add(Method::kPost, "/v1/decisions", "rights",
        [&services](Call& call) { return explain_decision(call, services); });
    add(Method::kPost, "/v1/keys", "admin",
        [&services](Call& call) { return issue_key(call, services); });
    add(Method::kDelete, "/v1/keys/{id}", "admin",
        [&services](Call& call) { return revoke_key(call, services); });
}

}  // namespace altis::service
