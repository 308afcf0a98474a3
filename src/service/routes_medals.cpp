// The medal register: tables as of any moment, corrections by two keys, and what gates hold.
#include <algorithm>
#include <charconv>

#include "results/personal.h"
#include "service/access.h"
#include "service/admissions.h"
#include "service/moments.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

Result<std::string> known_edition(const Call& call) {
    std::string edition(call.request.parameter("edition"));
    if (call.turn.world().awards.knows_edition(edition)) return edition;
    return fail(Code::kNotFound, "results.unknown_edition",
                "there is no edition of this id; GET /v1/editions lists them");
}

Result<std::uint64_t> number_of(const Call& call) {
    const std::string_view text = call.request.parameter("number");
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return number;
    return fail(Code::kInvalid, "results.bad_number", "the path must end in a number");
}

// ---- reading ------------------------------------------------------------------------------------

Result<Response> medal_table(Call& call) {
    TRY(const std::string edition, known_edition(call));
    TRY(const results::Moment moment, moment_of(call));
    const auto& book = call.turn.world().awards;
    Json answer = results::to_json(book.table(edition, moment));
    answer.set("edition", edition);
    answer.set("source", book.source_of(edition));
    if (moment.known_at != results::kEndOfTime) {
        answer.set("known_at", format_rfc3339(moment.known_at));
    }
    if (moment.valid_at != results::kEndOfTime) {
        answer.set("valid_at", format_rfc3339(moment.valid_at));
    }
    answer.set("units_left_out", book.left_out(edition));
    return server::json_response(200, answer);
}

Result<Response> medal_holders(Call& call) {
    TRY(const std::string edition, known_edition(call));
    TRY(const results::Moment moment, moment_of(call));
    const auto& book = call.turn.world().awards;
    const std::string event(call.request.query_value("event"));
    const auto versions = call.request.query_value("history") == "1"
                              ? book.versions(edition, event)
                              : book.lists(edition, event, moment);
    Json items = Json::array();
    for (const results::AwardVersion* version : versions)
        items.push(results::to_json(*version));
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

// `from` and `to` are moments of knowledge, or of the world with axis=valid.
Result<Response> medal_diff(Call& call) {
    TRY(const std::string edition, known_edition(call));
    TRY(const Time from, moment_of(call, "from"));
    TRY(const Time to, moment_of(call, "to"));
    const bool by_validity = call.request.query_value("axis") == "valid";
    const auto moment = [by_validity](Time time) {
        return by_validity ? results::Moment{time, results::kEndOfTime}
                           : results::Moment{results::kEndOfTime, time};
    };
    const auto& book = call.turn.world().awards;
    Json items = Json::array();
    for (const auto& change : book.diff(edition, moment(from), moment(to)))
        items.push(results::to_json(change));
    return server::json_response(
        200, Json::object({{"edition", edition},
                           {"items", std::move(items)},
                           {"table_from", results::to_json(book.table(edition, moment(from)))},
                           {"table_to", results::to_json(book.table(edition, moment(to)))}}));
}

Result<Response> gaps(Call& call) {
    Json items = Json::array();
    for (const results::Gap& gap : call.turn.world().awards.gaps()) {
        items.push(
            Json::object({{"edition", gap.edition}, {"source", gap.source}, {"what", gap.what}}));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<Response> corrections(Call& call) {
    Json items = Json::array();
    for (const auto& [number, correction] : call.turn.world().awards.corrections())
        items.push(results::to_json(correction));
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<Response> held_items(Call& call) {
    Json items = Json::array();
    for (const auto& [number, item] : call.turn.world().held.items())
        items.push(results::summary(item));
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<const results::HeldItem*> held_item(const Call& call) {
    TRY(const std::uint64_t number, number_of(call));
    const auto& items = call.turn.world().held.items();
    const auto found = items.find(number);
    if (found == items.end()) {
        return fail(Code::kNotFound, "results.unknown_held",
                    "nothing is held under this number; GET /v1/results/held lists what is");
    }
    TRY_VOID(require_publisher(call.turn, call.caller, found->second.edition));
    return &found->second;
}

// ---- writing ------------------------------------------------------------------------------------

Result<Response> finish(Call& call, Services& services, results::Admission admission, Json answer) {
    answer.set("changed", !admission.drafts.empty() && !admission.is_held());
    TRY(const auto outcome, carry_out(call.turn, services, std::move(admission)));
    answer.set("warnings", warnings_json(outcome.warnings));
    return admission_response(outcome, std::move(answer));
}

Result<Response> finish(Call& call, Services& services, journal::Decision decision) {
    TRY(auto drafts, std::move(decision));
    return finish(call, services, {std::move(drafts), {}, {}}, Json::object());
}

// The award lists of one request: {"lists": [...]}, of the edition in the path.
Result<Response> record_lists(Call& call, Services& services) {
    TRY(const std::string edition, known_edition(call));
    TRY_VOID(require_publisher(call.turn, call.caller, edition));
    TRY(const Json body, json_body(call.request));
    TRY(const Json lists, codec::require_array(body, "lists"));
    if (lists.items().size() > results::kMaxAwardListsPerPost) {
        return fail(Code::kTooLarge, "results.too_large",
                    "send at most " + std::to_string(results::kMaxAwardListsPerPost) +
                        " lists in one request");
    }
    std::vector<journal::Draft> drafts;
    for (const Json& json : lists.items()) {
        TRY(results::AwardList list, results::award_list_from(json));
        list.place.edition = edition;
        TRY(auto more, call.turn.world().awards.record(list, call.turn.now()));
        std::ranges::move(more, std::back_inserter(drafts));
    }
    const Json answer = Json::object({{"recorded", std::uint64_t{drafts.size()}}});
    return finish(call, services, {std::move(drafts), {}, {}}, answer);
}

Result<results::MedalSnapshot> page_from(const Json& body, std::string edition) {
    results::MedalSnapshot page;
    page.edition = std::move(edition);
    page.competition = body["competition"].as_string();
    TRY(page.source, codec::require_string(body, "source"));
    TRY(const std::string observed_at, codec::require_string(body, "observed_at"));
    TRY(page.observed_at, parse_rfc3339(observed_at));
    const auto text = [](const Json& row, std::string_view name) {
        return std::string(row[name].as_string());
    };
    for (const Json& row : body["rows"].items()) {
        page.rows.push_back({text(row, "organisation"), text(row, "name"), text(row, "discipline"),
                             text(row, "event"), text(row, "medal")});
    }
    for (const Json& row : body["table"].items()) {
        const auto count = [&row](std::string_view name) {
            const std::int64_t number = row[name].as_int();
            return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, 1'000'000));
        };
        page.table[text(row, "organisation")] = {count("gold"), count("silver"), count("bronze")};
    }
    return page;
}

Result<Response> take_page(Call& call, Services& services) {
    TRY(const std::string edition, known_edition(call));
    TRY_VOID(require_publisher(call.turn, call.caller, edition));
    TRY(const Json body, json_body(call.request));
    TRY(const auto page, page_from(body, edition));
    TRY(auto admission,
        results::admit(gate_books(call.turn.world()), page, {call.caller.key_id, call.turn.now()}));
    return finish(call, services, std::move(admission), Json::object());
}

Result<Response> note_gap(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    TRY(const std::string edition, codec::require_string(body, "edition"));
    TRY(const std::string source, codec::require_string(body, "source"));
    TRY_VOID(require_publisher(call.turn, call.caller, edition));
    return finish(call, services,
                  call.turn.world().awards.note_gap(
                      {edition, source, std::string(body["what"].as_string())}));
}

Result<Response> propose(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    TRY(results::AwardList list, results::award_list_from(body));
    TRY_VOID(require_publisher(call.turn, call.caller, list.place.edition));
    const auto& book = call.turn.world().awards;
    if (list.source.empty()) list.source = book.source_of(list.place.edition);
    TRY(auto drafts, book.propose(list, call.caller.key_id));
    TRY_VOID(carry_out(call.turn, services, {std::move(drafts), {}, {}}));
    return created(std::to_string(book.corrections().rbegin()->first));
}

// Approves or drops a correction, by the caller's key and with its reason.
Result<Response> decide_correction(Call& call, Services& services,
                                   journal::Decision (results::AwardsBook::*decide)(
                                       std::uint64_t, std::string_view, std::string_view) const) {
    TRY(const std::uint64_t number, number_of(call));
    TRY(const Json body, json_body(call.request));
    const auto& book = call.turn.world().awards;
    const auto found = book.corrections().find(number);
    if (found != book.corrections().end()) {
        TRY_VOID(require_publisher(call.turn, call.caller, found->second.list.place.edition));
    }
    return finish(call, services,
                  (book.*decide)(number, call.caller.key_id, body["reason"].as_string()));
}

Result<Response> release_held(Call& call, Services& services) {
    TRY(const results::HeldItem* item, held_item(call));
    TRY(const Json body, json_body(call.request));
    return finish(
        call, services,
        results::release(gate_books(call.turn.world()), item->number,
                         {call.caller.key_id, call.turn.now()}, body["reason"].as_string()));
}

Result<Response> discard_held(Call& call, Services& services) {
    TRY(const results::HeldItem* item, held_item(call));
    TRY(const Json body, json_body(call.request));
    return finish(call, services,
                  call.turn.world().held.discard(item->number, call.caller.key_id,
                                                 body["reason"].as_string()));
}

// A handler that also needs the services.
using Writing = Result<Response> (*)(Call&, Services&);
Handler with(Services& services, Writing handler) {
    return [&services, handler](Call& call) { return handler(call, services); };
}

}  // namespace

void add_medals_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/medals/{edition}", "results",
              medal_table);
    add_route(router, services, Method::kGet, "/v1/results/medals/{edition}/holders", "results",
              medal_holders);
    add_route(router, services, Method::kGet, "/v1/results/medals/{edition}/diff", "results",
              medal_diff);
    add_route(router, services, Method::kPost, "/v1/results/medals/{edition}/lists",
              "results:write", with(services, record_lists));
    add_route(router, services, Method::kPost, "/v1/results/medals/{edition}/pages",
              "results:write", with(services, take_page));
    add_route(router, services, Method::kGet, "/v1/results/gaps", "results", gaps);
    add_route(router, services, Method::kPost, "/v1/results/gaps", "results:write",
              with(services, note_gap));
    add_route(router, services, Method::kGet, "/v1/results/corrections", "results:correct",
              corrections);
    add_route(router, services, Method::kPost, "/v1/results/corrections", "results:correct",
              with(services, propose));
    add_route(router, services, Method::kPost, "/v1/results/corrections/{number}/approve",
              "results:correct", [&services](Call& call) {
                  return decide_correction(call, services, &results::AwardsBook::approve);
              });
    add_route(router, services, Method::kPost, "/v1/results/corrections/{number}/drop",
              "results:correct", [&services](Call& call) {
                  return decide_correction(call, services, &results::AwardsBook::drop);
              });
    add_route(router, services, Method::kGet, "/v1/results/held", "results:correct", held_items);
    add_route(router, services, Method::kGet, "/v1/results/held/{number}", "results:correct",
              [](Call& call) -> Result<Response> {
                  TRY(const results::HeldItem* item, held_item(call));
                  const Json shown = results::to_json(*item);
                  const bool whole = personal_for(call.caller) == results::Personal::kShown;
                  return server::json_response(200,
                                               whole ? shown : results::without_personal(shown));
              });
    add_route(router, services, Method::kPost, "/v1/results/held/{number}/release",
              "results:correct", with(services, release_held));
    add_route(router, services, Method::kPost, "/v1/results/held/{number}/discard",
              "results:correct", with(services, discard_held));
}

}  // namespace altis::service
