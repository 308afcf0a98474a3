// The schedule: of a day, of a venue, as it is known now or was known then.
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<std::string> known_edition(const Call& call) {
    std::string edition(call.request.parameter("edition"));
    if (call.turn.world().schedule.knows_edition(edition)) return edition;
    return fail(Code::kNotFound, "results.unknown_edition",
                "there is no edition of this id; GET /v1/editions lists them");
}

bool is_day(std::string_view text) {
    return text.size() == std::string_view("2026-02-19").size() && parse_rfc3339(text).has_value();
}

Result<Response> schedule(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const auto& request = call.request;
    const results::ScheduleFilter filter{request.query_value("day"), request.query_value("venue"),
                                         request.query_value("discipline"),
                                         request.query_value("status")};
    if (!filter.day.empty() && !is_day(filter.day)) {
        return fail(Code::kInvalid, "results.day_malformed", "day must be like 2026-02-19");
    }
    Time known_at = results::kEndOfTime;
    if (!request.query_value("known_at").empty()) {
        TRY(known_at, parse_rfc3339(request.query_value("known_at")));
    }
    const auto& book = call.turn.world().schedule;
    Json items = Json::array();
    for (const results::ScheduleVersion* version : book.list(edition, filter, known_at))
        items.push(book.describe(*version));
    return server::json_response(200,
                                 Json::object({{"edition", edition}, {"items", std::move(items)}}));
}

Result<Response> unit_history(Call& call) {
    TRY(const std::string edition, known_edition(call));
    const auto& book = call.turn.world().schedule;
    Json items = Json::array();
    for (const auto* version : book.history(edition, call.request.parameter("unit")))
        items.push(book.describe(*version));
    if (items.items().empty()) {
        return fail(Code::kNotFound, "results.unknown_unit",
                    "this unit is in no schedule; GET /v1/results/schedule/" + edition +
                        " lists those that are");
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_schedule_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/schedule/{edition}", "results",
              schedule);
    add_route(router, services, Method::kGet, "/v1/results/schedule/{edition}/{unit}", "results",
              unit_history);
}

}  // namespace altis::service
