#include "games.h"

#include <utility>

#include "results/odf_writer.h"

namespace altis::e2e {
namespace {

using codec::Json;

Result<void> must(const Reply& reply, std::string_view what) {
    if (reply.ok()) return {};
    return fail(Code::kInvalid, "e2e.refused",
                std::string(what) + ": " + std::to_string(reply.status) + " " + reply.text);
}

Json organisation(std::string_view id, std::string_view name, std::string_view kind) {
    return Json::object({{"id", id}, {"name", name}, {"kind", kind}});
}

results::OdfMessage envelope(results::OdfType type, std::string_view document, int version) {
    results::OdfMessage message;
    message.competition_code = "OWG2026";
    message.document_code = document;
    message.type = type;
    message.version = version;
    message.date = "2026-02-19";
    message.time = "221000000";
    message.logical_date = "2026-02-19";
    message.source = "MILFSK1";
    return message;
}

}  // namespace

Result<std::string> issue_key(Caller& admin, std::string_view id, std::string_view organisation_id,
                              const std::vector<std::string>& scopes) {
    Json list = Json::array();
    for (const std::string& scope : scopes)
        list.push(scope);
    const Reply reply = admin.post("/v1/keys", Json::object({{"id", id},
                                                             {"organisation", organisation_id},
                                                             {"edition", kEdition},
                                                             {"scopes", std::move(list)}}));
    TRY_VOID(must(reply, "key " + std::string(id)));
    return std::string(reply.json["secret"].as_string());
}

Result<Keys> found_games(const Server& server) {
    Caller admin = server.admin();
    TRY_VOID(must(admin.post("/v1/organisations", organisation("la28", "LA28", "rights_holder")),
                  "la28"));
    TRY_VOID(must(admin.post("/v1/organisations", organisation("airline", "Airline", "sponsor")),
                  "airline"));
    TRY_VOID(must(admin.post("/v1/editions",
                             Json::object({{"id", kEdition}, {"name", "Milano Cortina 2026"}})),
                  "edition"));
    for (const char* category :
         {"fan_engagement", "commerce", "results", "biometric", "athlete_health"}) {
        TRY_VOID(must(admin.post("/v1/ownerships", Json::object({{"organisation", "la28"},
                                                                 {"category", category},
                                                                 {"edition", kEdition}})),
                      category));
    }
    Keys keys;
    TRY(keys.ingest, issue_key(admin, "app", "la28", {"ingest"}));
    TRY(keys.owner, issue_key(admin, "la28-people", "la28",
                              {"read", "rights", "fans", "segments", "rooms", "results",
                               "results:write", "messages", "market"}));
    TRY(keys.airline,
        issue_key(admin, "airline-people", "airline", {"rooms", "treasury", "market"}));
    return keys;
}

Result<void> declare_customers(Caller& airline, std::string_view dataset) {
    const Json booked = Json::object({{"name", "booked"}, {"values", Json::array({"1", "0"})}});
    return must(
        airline.put("/v1/treasury/" + std::string(dataset) + "/schema",
                    Json::object({{"key", Json::object({{"column", "email"}, {"kind", "email"}})},
                                  {"dimensions", Json::array({booked})}})),
        dataset);
}

Json room_owner(const RoomOwner& owner) {
    Json columns = Json::array();
    for (const std::string& column : owner.columns)
        columns.push(column);
    return Json::object({{"as", owner.name},
                         {"organisation", owner.organisation},
                         {"dataset", owner.dataset},
                         {"columns", std::move(columns)},
                         {"budget_micro_epsilon", owner.budget}});
}

Json track(std::string_view message, std::string_view user, std::string_view name,
           Json properties) {
    return Json::object({{"type", "track"},
                         {"messageId", message},
                         {"userId", user},
                         {"event", name},
                         {"properties", std::move(properties)}});
}

Json identify(std::string_view message, std::string_view user, std::string_view email) {
    return Json::object({{"type", "identify"},
                         {"messageId", message},
                         {"userId", user},
                         {"traits", Json::object({{"email", email}, {"language", "en"}})}});
}

Json batch_of(std::vector<Json> events) {
    return Json::object({{"batch", Json(std::move(events))}});
}

std::string schedule_odf() {
    auto message = envelope(results::OdfType::kSchedule, "FSK-------------------------------", 1);
    results::Unit unit;
    unit.rsc = kUnit;
    unit.name = "Women Single Skating - Free Skating";
    unit.venue = "MIL";
    unit.medals = results::MedalUnit::kAll;
    message.units.push_back(unit);
    return results::write_odf(message);
}

std::string result_odf(Publication publication, int version) {
    auto message = envelope(results::OdfType::kResult, kUnit, version);
    message.status = publication == Publication::kLive ? results::ResultStatus::kLive
                                                       : results::ResultStatus::kOfficial;
    results::ResultLine line;
    line.competitor.code = "1000001";
    line.competitor.organisation = "USA";
    line.competitor.members.push_back({"1000001", "Alysa", "LIU", "USA"});
    line.rank = 1;
    line.sort_order = 1;
    line.result = "226.79";
    line.result_type = "POINTS";
    for (const auto& [code, value] : {std::pair("SHORT", "76.59"), std::pair("FREE", "150.20")}) {
        results::ExtendedValue extended;
        extended.type = "ER";
        extended.code = code;
        extended.value = value;
        line.extended.push_back(extended);
    }
    message.results.push_back(line);
    return results::write_odf(message);
}

}  // namespace altis::e2e
