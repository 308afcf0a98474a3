// Persons across Games: found by name, shown whole.
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<Response> search(Call& call) {
    const std::string_view name = call.request.query_value("name");
    if (name.empty() || name.size() > results::kMaxOdfTextBytes) {
        return fail(Code::kInvalid, "results.name_missing",
                    "say whom you look for: ?name=, at most " +
                        std::to_string(results::kMaxOdfTextBytes) + " bytes");
    }
    Json items = Json::array();
    for (const results::Person& person : call.turn.world().persons.search(name)) {
        const results::Appearance& last = *person.appearances.back();
        items.push(Json::object({{"id", person.id},
                                 {"name", last.names.back().name},
                                 {"organisation", last.organisation},
                                 {"first", person.appearances.front()->edition},
                                 {"last", last.edition},
                                 {"appearances", std::uint64_t{person.appearances.size()}}}));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

// Ids have slashes in them, so they come as a parameter of the query.
Result<Response> person(Call& call) {
    const auto& book = call.turn.world().persons;
    TRY(const results::Person person, book.person(call.request.query_value("id")));
    return server::json_response(200, book.describe(person, personal_for(call.caller)));
}

}  // namespace

void add_persons_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/persons", "results", search);
    add_route(router, services, Method::kGet, "/v1/results/person", "results", person);
}

}  // namespace altis::service
