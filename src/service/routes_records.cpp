// Records in sport: what stands at a moment, claims of sources, and what people decide.
#include <charconv>

#include "results/record_marks/records_odf.h"
#include "service/access.h"
#include "service/admissions.h"
#include "service/moments.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Response;

// The same records as a message; nobody counts its versions.
Response as_odf(const Call& call, const std::vector<results::RecordClass>& classes,
                const results::Moment& moment) {
    constexpr std::size_t kDate = 10;
    const std::string now = format_rfc3339(call.turn.now());
    results::OdfHeader header;
    header.competition_code =
        results::competition_code_of(call.request.query_value("edition", "ALTIS"));
    header.document_code = classes.empty() ? "" : classes.front().event;
    header.version = 1;
    header.date = header.logical_date = now.substr(0, kDate);
    for (const char c : now.substr(kDate)) {
        if (c >= '0' && c <= '9' && header.time.size() < std::size_t{9}) header.time += c;
    }
    header.source = "ALTIS";
    return server::text_response(
        200, "application/xml",
        results::write_records_odf(call.turn.world().record_marks, header, classes, moment));
}

Result<Response> records(Call& call) {
    TRY(const results::Moment moment, moment_of(call));
    const auto& book = call.turn.world().record_marks;
    const auto& request = call.request;
    const auto classes = book.classes(
        {request.query_value("event"), request.query_value("type"), request.query_value("scope")});
    if (request.query_value("format") == "odf") return as_odf(call, classes, moment);
    const bool with_history = request.query_value("history") == "1";
    Json items = Json::array();
    for (const results::RecordClass& of : classes) {
        Json item = book.describe(of, moment);
        if (with_history) {
            Json history = Json::array();
            for (const results::RecordEntry* entry : book.history(of, moment))
                history.push(book.describe(*entry, moment));
            item.set("history", std::move(history));
        }
        items.push(std::move(item));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<const results::RecordEntry*> entry_of(const Call& call) {
    const std::string_view text = call.request.parameter("number");
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
        return fail(Code::kInvalid, "results.bad_number", "a record has a whole number");
    }
    const results::RecordEntry* entry = call.turn.world().record_marks.find(number);
    if (entry != nullptr) return entry;
    return fail(Code::kNotFound, "results.unknown_record",
                "there is no record of this number; GET /v1/results/records lists them");
}

Result<Response> record(Call& call) {
    TRY(const results::RecordEntry* entry, entry_of(call));
    return server::json_response(200, call.turn.world().record_marks.describe(*entry, {}));
}

Result<results::RecordStatus> status_of(const Json& body, std::string_view fallback) {
    const auto status = results::parse_record_status(body["status"].as_string(fallback));
    if (status) return *status;
    return fail(Code::kInvalid, "results.record_status_unknown",
                "'status' must be pending, ratified, annulled or retired");
}

Result<Response> claim(Call& call, Services& services) {
    TRY(const Json body, json_body(call.request));
    TRY(results::RecordMark mark, results::record_mark_from(body));
    TRY(const results::RecordStatus status, status_of(body, "ratified"));
    TRY_VOID(require_publisher(call.turn, call.caller, mark.edition));
    if (mark.source.empty()) mark.source = call.caller.key_id;
    TRY(auto drafts, call.turn.world().record_marks.claim(mark, status, call.turn.now()));
    Json answer = Json::object({{"changed", !drafts.empty()}});
    TRY(const auto outcome, carry_out(call.turn, services, {std::move(drafts), {}, {}}));
    return admission_response(outcome, std::move(answer));
}

Result<Response> decide(Call& call, Services& services) {
    TRY(const results::RecordEntry* entry, entry_of(call));
    TRY_VOID(require_publisher(call.turn, call.caller, entry->mark.edition));
    TRY(const Json body, json_body(call.request));
    results::DecisionRequest request;
    request.number = entry->number;
    TRY(request.status, status_of(body, ""));
    if (body.contains("valid_from")) {
        TRY(request.valid_from, parse_rfc3339(body["valid_from"].as_string()));
    }
    request.reason = body["reason"].as_string();
    request.document = body["document"].as_string();
    const auto& book = call.turn.world().record_marks;
    TRY(auto drafts, book.decide(request, call.caller.key_id, call.turn.now()));
    TRY(const auto outcome, carry_out(call.turn, services, {std::move(drafts), {}, {}}));
    Json answer = book.describe(*book.find(request.number), {});
    answer.set("offset", outcome.offset);
    return server::json_response(book.is_waiting(request.number) ? 202 : 200, answer);
}

}  // namespace

void add_records_routes(server::Router& router, Services& services) {
    add_route(router, services, Method::kGet, "/v1/results/records", "results", records);
    add_route(router, services, Method::kPost, "/v1/results/records", "results:write",
              [&services](Call& call) { return claim(call, services); });
    add_route(router, services, Method::kGet, "/v1/results/records/{number}", "results", record);
    add_route(router, services, Method::kPost, "/v1/results/records/{number}/decisions",
              "results:correct", [&services](Call& call) { return decide(call, services); });
}

}  // namespace altis::service
