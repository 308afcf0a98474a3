// Who takes part, what is told about them, and what the codes of an edition mean.
#include "results/json_members.h"
#include "results/personal.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using results::Personal;
using server::Method;
using server::Response;

Result<std::string> known_edition(const Call& call) {
    std::string edition(call.request.parameter("edition"));
    if (call.turn.world().participants.knows_edition(edition)) return edition;
    return fail(Code::kNotFound, "results.unknown_edition",
                "there is no edition of this id; GET /v1/editions lists them");
}

// An entrant in a list: without what only its own page needs.
Json row_of(const results::Entrant& entrant) {
    Json json = Json::object({{"code", entrant.code}, {"type", std::string(1, entrant.type)}});
    results::put_text(json, "organisation", entrant.organisation);
    results::put_text(json, "name", results::display_name(entrant));
    results::put_text(json, "status", entrant.status);
    Json disciplines = Json::array();
    for (const auto& entry : entrant.disciplines) {
        if (!entry.left) disciplines.push(entry.discipline);
    }
    json.set("disciplines", std::move(disciplines));
    return json;
}

// A DT_PARTIC says who is in a discipline, and so who is not: a part of it would be another
// message.
Result<results::EntrantList> whole_list(const Call& call, std::string_view edition) {
    const auto& request = call.request;
    const std::string_view discipline = request.query_value("discipline");
    if (discipline.empty()) {
        return fail(Code::kInvalid, "results.discipline_missing",
                    "a message of participants is about one discipline; name it: "
                    "&discipline=FSK");
    }
    for (const std::string_view filter : {"event", "organisation", "type"}) {
        if (request.query_value(filter).empty()) continue;
        return fail(Code::kInvalid, "results.list_is_whole",
                    "a message of participants has everybody of its discipline; leave '" +
                        std::string(filter) + "' out");
    }
    const auto of =
        request.query_value("teams") == "1" ? results::ListOf::kTeams : results::ListOf::kPersons;
    auto list = call.turn.world().participants.current_list(edition, discipline, of);
    if (list) return *std::move(list);
    return fail(Code::kNotFound, "results.no_list",
                "no such list of this discipline ever came; GET /v1/results/participants/" +
                    std::string(edition) + " shows who is entered in what");
}

Result<Response> participants(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const auto& request = call.request;
    const std::string_view format = request.query_value("format", "json");
    if (format == "odf") {
        TRY(results::EntrantList list, whole_list(call, edition));
        if (personal_for(call.caller) == Personal::kHidden) {
            for (results::Entrant& entrant : list.entrants)
                entrant = results::without_personal(entrant);
        }
        return server::text_response(200, "application/xml", results::write_entrants_odf(list));
    }
    if (format != "json") {
        return fail(Code::kInvalid, "format.unknown",
                    "participants come as 'json', or as 'odf': DT_PARTIC, DT_PARTIC_TEAMS");
    }
    Json items = Json::array();
    for (const results::Entrant* entrant : call.turn.world().participants.list(
             edition, {request.query_value("discipline"), request.query_value("event"),
                       request.query_value("organisation"), request.query_value("type")}))
        items.push(row_of(*entrant));
    return server::json_response(200,
                                 Json::object({{"edition", edition}, {"items", std::move(items)}}));
}

Json biographies_of(const Call& call, const results::Entrant& entrant, Personal personal) {
    const std::string_view language = call.request.query_value("language");
    const auto of =
        entrant.is_team() ? results::BiographyOf::kTeam : results::BiographyOf::kParticipant;
    Json items = Json::array();
    for (const auto* biography :
         call.turn.world().participants.biographies(entrant.edition, of, entrant.code)) {
        if (!language.empty() && biography->language != language) continue;
        items.push(results::to_json(personal == Personal::kShown
                                        ? *biography
                                        : without_personal(*biography, entrant.birth_date)));
    }
    return items;
}

Result<Response> participant(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const std::string_view code = call.request.parameter("code");
    const results::Entrant* entrant = call.turn.world().participants.find(edition, code);
    if (entrant == nullptr) {
        return fail(Code::kNotFound, "results.unknown_participant",
                    "nobody of this code is entered; GET /v1/results/participants/" + edition +
                        " lists who is");
    }
    const Personal personal = personal_for(call.caller);
    Json json = results::to_json(*entrant);
    if (personal == Personal::kHidden) json = results::without_personal(json);
    json.set("biographies", biographies_of(call, *entrant, personal));
    return server::json_response(200, json);
}

Result<Response> code_sets(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const auto& tables = call.turn.world().codes;
    Json items = Json::array();
    for (const std::string& name : tables.sets(edition)) {
        const results::CodeSet* set = tables.set(edition, name);
        items.push(Json::object({{"set", name},
                                 {"version", set->version},
                                 {"source", set->source},
                                 {"codes", std::uint64_t{set->codes.size()}}}));
    }
    return server::json_response(200,
                                 Json::object({{"edition", edition}, {"items", std::move(items)}}));
}

Result<Response> code_set(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const std::string name = results::set_name(call.request.parameter("set"));
    const results::CodeSet* set = call.turn.world().codes.set(edition, name);
    if (set == nullptr) {
        return fail(Code::kNotFound, "results.unknown_codes",
                    "there is no such set of codes; GET /v1/results/codes/" + edition +
                        " lists those that came");
    }
    Json items = Json::array();
    for (const results::CodeEntry& entry : set->codes)
        items.push(results::to_json(entry));
    return server::json_response(200, Json::object({{"edition", edition},
                                                    {"set", name},
                                                    {"version", set->version},
                                                    {"items", std::move(items)}}));
}

Result<Response> unit_names(Call& call) {
    TRY(const std::string edition, known_edition(call));
    TRY(const results::Rsc rsc, results::Rsc::parse(call.request.parameter("unit")));
    const results::UnitNames names =
        call.turn.world().codes.names_of(edition, rsc, call.request.query_value("language", "ENG"));
    Json json = Json::object({{"unit", rsc.text()}});
    Json parts = Json::object();
    results::put_text(parts, "discipline", names.discipline);
    results::put_text(parts, "event", names.event);
    results::put_text(parts, "phase", names.phase);
    results::put_text(parts, "unit", names.unit);
    json.set("names", std::move(parts));
    return server::json_response(200, json);
}

}  // namespace

void add_people_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/participants/{edition}", "results",
              participants);
    add_route(router, services, Method::kGet, "/v1/results/participants/{edition}/{code}",
              "results", participant);
    add_route(router, services, Method::kGet, "/v1/results/codes/{edition}", "results", code_sets);
    add_route(router, services, Method::kGet, "/v1/results/codes/{edition}/{set}", "results",
              code_set);
    add_route(router, services, Method::kGet, "/v1/results/names/{edition}/{unit}", "results",
              unit_names);
}

}  // namespace altis::service
