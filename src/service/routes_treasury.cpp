// Treasuries: what the columns of a data set mean, its rows, and what is known of it. Rows come in
// and are never shown.
#include <charconv>

#include "service/api.h"
#include "service/treasuries.h"

namespace altis::service {
namespace {

using cleanroom::Dataset;
using cleanroom::DatasetKey;
using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

Result<const rights::Organisation*> own_organisation(const World& world,
                                                     const rights::Caller& caller) {
    const auto* owner = world.rights.organisation(caller.organisation);
    if (owner != nullptr) return owner;
    return fail(Code::kDenied, "treasury.no_organisation",
                "this key belongs to no organisation, so it has no treasury");
}

// ---- what a request says ----

Result<cleanroom::FileFormat> format_of(const Request& request) {
    std::string_view type = request.header("Content-Type");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' '))
        type.remove_suffix(1);
    if (type == "text/csv") return cleanroom::FileFormat::kCsv;
    if (type == "application/x-ndjson") return cleanroom::FileFormat::kNdjson;
    if (type == "application/vnd.apache.parquet") return cleanroom::FileFormat::kParquet;
    return fail(Code::kInvalid, "treasury.format_unknown",
                "the Content-Type must be text/csv, application/x-ndjson or "
                "application/vnd.apache.parquet");
}

Result<std::uint32_t> count_of(const Request& request, std::string_view name) {
    const std::string_view text = request.query_value(name, "1");
    std::uint32_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return count;
    return fail(Code::kInvalid, "treasury.part_invalid",
                "part must be 1 to parts, and parts 1 to 1,000");
}

Result<cleanroom::DuplicatePolicy> duplicates_of(const Request& request) {
    const std::string_view text = request.query_value("duplicates", "first");
    if (text == "first") return cleanroom::DuplicatePolicy::kFirstWins;
    if (text == "refuse") return cleanroom::DuplicatePolicy::kRefuse;
    return fail(Code::kInvalid, "treasury.duplicates_invalid",
                "duplicates must be 'first' or 'refuse'");
}

Result<ImportRequest> import_of(Request&& request, const rights::Caller& caller) {
    ImportRequest import;
    import.key = {caller.organisation, std::string(request.parameter("dataset"))};
    TRY(import.format, format_of(request));
    TRY(import.duplicates, duplicates_of(request));
    TRY(import.part.part, count_of(request, "part"));
    TRY(import.part.parts, count_of(request, "parts"));
    import.is_tagged = cleanroom::crossing::is_tagged(request.body);
    import.body = std::move(request.body);
    return import;
}

// ---- what is answered ----

void add_members(Json& json, const Json& more) {
    for (const auto& [name, value] : more.members())
        json.set(name, value);
}

Json counts_json(const std::vector<std::size_t>& counts, const auto& columns) {
    Json json = Json::object();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) json.set(columns[i].name, counts[i]);
    }
    return json;
}

Json report_json(const cleanroom::ImportReport& report, const cleanroom::Schema& schema) {
    Json bad_rows = Json::array();
    for (const auto& row : report.bad_rows) {
        bad_rows.push(Json::object({{"line", row.line},
                                    {"column", row.column},
                                    {"code", row.reason},
                                    {"detail", row.message}}));
    }
    return Json::object({{"rows_read", report.rows_read},
                         {"without_consent", report.without_consent},
                         {"duplicates", report.duplicates},
                         {"clamped", counts_json(report.clamped, schema.measures)},
                         {"other", counts_json(report.other, schema.dimensions)},
                         {"bad", report.bad_count},
                         {"bad_rows", std::move(bad_rows)}});
}

Json state_json(const Treasuries& treasuries, const Dataset& version) {
    const auto table = treasuries.table(version);
    return table ? Json("ready") : Json(table.error().reason);
}

Json version_json(const Services& services, std::string_view organisation, const Dataset& version) {
    return Json::object(
        {{"rows", version.rows},
         {"people", version.people},
         {"commitment", published_commitment(services.secrets, organisation, version.commitment)},
         {"imported_at", format_rfc3339(version.imported_at)}});
}

// ---- imports ----

// An import on its way from the background thread to the journal.
struct Arrived {
    ImportRequest request;
    Imported imported;
};

void keep(Turn& turn, Services& services, const std::shared_ptr<Arrived>& arrived,
          const Responder& respond) {
    const auto& [organisation, dataset] = arrived->request.key;
    const auto& book = turn.world().treasury;
    const Dataset version = *arrived->imported.version;
    const Dataset* present = book.dataset(organisation, dataset);
    const std::optional<Dataset> before =
        present == nullptr ? std::nullopt : std::optional(*present);
    const auto committed = turn.commit(book.import_dataset(organisation, dataset, version));
    const Dataset* after = book.dataset(organisation, dataset);
    // What is not named now goes: the version before, or this one if it was refused or is the same.
    std::vector<Dataset> gone;
    if (after == nullptr || after->file != version.file) {
        gone.push_back(version);
    } else {
        services.treasuries.put(version, arrived->imported.table);
        if (before) {
            services.treasuries.drop(*before);
            gone.push_back(*before);
        }
    }
    turn.after_durable([&services, key = arrived->request.key, gone](const Result<void>& outcome) {
        if (!outcome) return;
        services.background.post([&services, key, gone] {
            for (const Dataset& version_gone : gone)
                services.treasuries.remove_file(key, version_gone);
        });
    });
    if (!committed) return respond(server::problem(committed.error()));
    Json answer = Json::object({{"dataset", dataset}});
    add_members(answer, version_json(services, organisation, *after));
    add_members(answer, report_json(arrived->imported.report, version.schema));
    respond_when_durable(turn, respond, server::json_response(200, answer));
}

// Background thread.
void take_in(Services& services, const std::shared_ptr<Arrived>& arrived,
             const Responder& respond) {
    auto imported = services.treasuries.import(arrived->request);
    if (!imported) return respond(server::problem(imported.error()));
    arrived->request.body = {};
    if (!imported->version) {
        const auto [part, parts] = arrived->request.part;
        Json answer = Json::object({{"part", part}, {"parts", parts}});
        add_members(answer, report_json(imported->report, arrived->request.schema));
        return respond(server::json_response(202, answer));
    }
    arrived->imported = std::move(*imported);
    services.core.post(
        TaskKind::kWrite,
        [&services, arrived, respond](Turn& turn) { keep(turn, services, arrived, respond); },
        [&services, arrived, respond](const Error& error) {
            services.treasuries.remove_file(arrived->request.key, *arrived->imported.version);
            respond(server::problem(error));
        });
}

// Core thread: whose treasury it is, and what the columns mean.
Result<void> look_up(Turn& turn, const rights::Caller& caller, ImportRequest& import) {
    const auto& [organisation, dataset] = import.key;
    TRY(const auto* owner, own_organisation(turn.world(), caller));
    TRY_VOID(cleanroom::check_dataset_name(dataset));
    import.treasury = owner->treasury;
    if (import.is_tagged) return {};
    const auto* schema = turn.world().treasury.declared(organisation, dataset);
    if (schema == nullptr) {
        return fail(Code::kNotFound, "treasury.schema_missing",
                    "say first what the columns of '" + dataset +
                        "' mean: PUT /v1/treasury/{dataset}/schema");
    }
    import.schema = *schema;
    return {};
}

void take_dataset(Services& services, Request&& request,
                  const std::shared_ptr<const rights::Caller>& caller, const Responder& respond) {
    auto import = import_of(std::move(request), *caller);
    if (!import) return respond(server::problem(import.error()));
    auto arrived = std::make_shared<Arrived>(Arrived{std::move(*import), {}});
    services.core.post(
        TaskKind::kWrite,  // on a full disk it is refused before any work
        [&services, arrived, caller, respond](Turn& turn) {
            const auto known = look_up(turn, *caller, arrived->request);
            if (!known) return respond(server::problem(known.error()));
            services.background.post(
                [&services, arrived, respond] { take_in(services, arrived, respond); });
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

// ---- the other routes ----

Json dataset_json(const Services& services, const World& world, const DatasetKey& key) {
    const auto& book = world.treasury;
    Json json = Json::object({{"dataset", key.second}});
    if (const auto* version = book.dataset(key.first, key.second)) {
        json.set("state", state_json(services.treasuries, *version));
        Json imported = version_json(services, key.first, *version);
        imported.set("schema", cleanroom::to_json(version->schema));
        if (version->tagged) imported.set("tagged", cleanroom::crossing::to_json(*version->tagged));
        json.set("imported", std::move(imported));
    } else {
        json.set("state", "empty");
    }
    if (const auto* schema = book.declared(key.first, key.second))
        json.set("schema", cleanroom::to_json(*schema));
    return json;
}

Result<Response> declare(Call& call, const Services& services) {
    TRY_VOID(own_organisation(call.turn.world(), call.caller));
    TRY(const Json body, json_body(call.request));
    TRY(const cleanroom::Schema schema, cleanroom::schema_from_json(body));
    const DatasetKey key{call.caller.organisation, std::string(call.request.parameter("dataset"))};
    const auto& book = call.turn.world().treasury;
    TRY_VOID(call.turn.commit(book.declare(key.first, key.second, schema)));
    return server::json_response(200, dataset_json(services, call.turn.world(), key));
}

Result<Response> show(Call& call, const Services& services) {
    const DatasetKey key{call.caller.organisation, std::string(call.request.parameter("dataset"))};
    // Fails for what is not there.
    TRY_VOID(call.turn.world().treasury.remove(key.first, key.second));
    return server::json_response(200, dataset_json(services, call.turn.world(), key));
}

Result<Response> list(Call& call, const Services& services) {
    const auto& book = call.turn.world().treasury;
    Json items = Json::array();
    for (const auto& [key, version] : book.datasets()) {
        if (key.first != call.caller.organisation) continue;
        Json item = Json::object(
            {{"dataset", key.second}, {"state", state_json(services.treasuries, version)}});
        add_members(item, version_json(services, key.first, version));
        items.push(std::move(item));
    }
    for (const auto& [key, schema] : book.schemas()) {
        if (key.first != call.caller.organisation || book.datasets().contains(key)) continue;
        items.push(Json::object({{"dataset", key.second}, {"state", "empty"}}));
    }
    return server::json_response(200, Json::object({{"items", std::move(items)}}));
}

Result<Response> remove(Call& call, Services& services) {
    const DatasetKey key{call.caller.organisation, std::string(call.request.parameter("dataset"))};
    const auto& book = call.turn.world().treasury;
    const Dataset* present = book.dataset(key.first, key.second);
    const std::optional<Dataset> before =
        present == nullptr ? std::nullopt : std::optional(*present);
    TRY_VOID(call.turn.commit(book.remove(key.first, key.second)));
    if (before) {
        services.treasuries.drop(*before);
        call.turn.after_durable([&services, key, before](const Result<void>& outcome) {
            if (!outcome) return;
            services.background.post(
                [&services, key, before] { services.treasuries.remove_file(key, *before); });
        });
    }
    return server::json_response(200,
                                 Json::object({{"dataset", key.second}, {"state", "removed"}}));
}

}  // namespace

void add_treasury_routes(server::Router& router, Services& services) {
    router.add(Method::kPut, "/v1/treasury/{dataset}",
               [&services](Request&& request, const Responder& respond) {
                   with_caller(services, std::move(request), "treasury", respond,
                               [&services, respond](Request&& known, const auto& caller) {
                                   take_dataset(services, std::move(known), caller, respond);
                               });
               });
    add_route(router, services, Method::kPut, "/v1/treasury/{dataset}/schema", "treasury",
              [&services](Call& call) { return declare(call, services); });
    add_route(router, services, Method::kGet, "/v1/treasury", "treasury",
              [&services](Call& call) { return list(call, services); });
    add_route(router, services, Method::kGet, "/v1/treasury/{dataset}", "treasury",
              [&services](Call& call) { return show(call, services); });
    add_route(router, services, Method::kDelete, "/v1/treasury/{dataset}", "treasury",
              [&services](Call& call) { return remove(call, services); });
}

}  // namespace altis::service
