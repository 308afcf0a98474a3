// Official results: ODF in, units and medals out.
#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>

#include "base/bytes.h"
#include "codec/text.h"
#include "crypto/hash.h"
#include "results/formats/formats.h"
#include "results/odf.h"
#include "results/personal.h"
#include "service/access.h"
#include "service/live_streams.h"
#include "service/recall.h"
#include "service/results_flow.h"
#include "service/side_documents.h"

namespace altis::service {
namespace {

using codec::Json;
namespace formats = results::formats;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

std::string edition_of(const results::OdfMessage& message) {
    std::string edition = message.competition_code;
    std::ranges::transform(edition, edition.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return edition;
}

// Names what contradicts the lists of participants; strict messages are refused for it.
Result<void> compare_with_entries(const World& world, results::OdfMessage& message,
                                  results::OdfMode mode) {
    auto warnings =
        world.participants.check_lines(edition_of(message), message.document_code, message.results);
    if (mode == results::OdfMode::kStrict && !warnings.empty()) {
        return fail(
            Code::kInvalid, warnings.front().name,
            warnings.front().detail +
                "; correct the message or the participants, or send it without mode=strict");
    }
    std::ranges::move(warnings, std::back_inserter(message.warnings));
    return {};
}

Result<Response> receive(Turn& turn, Services& services, const rights::Caller& caller,
                         results::OdfMessage& message, results::OdfMode mode) {
    TRY_VOID(require_publisher(turn, caller, edition_of(message)));
    TRY_VOID(compare_with_entries(turn.world(), message, mode));
    if (mode == results::OdfMode::kStrict) TRY_VOID(check_schedule(turn.world(), message));
    TRY(const auto outcome, take_message(turn, services, caller, message));
    std::ranges::copy(outcome.warnings, std::back_inserter(message.warnings));
    Json answer = Json::object({{"document", message.document_code},
                                {"version", message.version},
                                {"changed", outcome.is_published()},
                                {"warnings", warnings_json(message.warnings)}});
    return admission_response(outcome, std::move(answer));
}

// Posts a turn that decides with `take(turn)`, whose answer leaves when it is durable.
void answer_in_turn(Services& services, const Responder& respond,
                    std::function<Result<Response>(Turn&)> take) {
    services.core.post(
        TaskKind::kWrite,
        [take = std::move(take), respond](Turn& turn) {
            auto response = take(turn);
            respond_when_durable(
                turn, respond, response ? std::move(*response) : server::problem(response.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

void take_odf(Services& services, const Request& request,
              const std::shared_ptr<const rights::Caller>& caller, const Responder& respond) {
    const auto mode = request.query_value("mode") == "strict" ? results::OdfMode::kStrict
                                                              : results::OdfMode::kLenient;
    if (is_side_document(results::peek_odf_type(request.body))) {
        auto document = read_side_document(request.body, mode);
        if (!document) return respond(server::problem(document.error()));
        auto held = std::make_shared<SideDocument>(*std::move(document));
        return answer_in_turn(services, respond, [&services, held, caller](Turn& turn) {
            return take_side_document(turn, services, *caller, *held);
        });
    }
    auto message = results::parse_odf(request.body, mode);
    if (!message) return respond(server::problem(message.error()));
    auto held = std::make_shared<results::OdfMessage>(std::move(*message));
    answer_in_turn(services, respond, [&services, held, caller, mode](Turn& turn) {
        return receive(turn, services, *caller, *held, mode);
    });
}

tl::unexpected<Error> unknown_unit() {
    return fail(Code::kNotFound, "results.unknown_unit",
                "there is no unit of this code; GET /v1/results/units lists them");
}

// The edition that the caller speaks about: its key's own, else the query's; may be empty.
std::string_view edition_in(const Call& call) {
    return call.caller.edition.empty() ? call.request.query_value("edition")
                                       : std::string_view(call.caller.edition);
}

// The unit in the path. Without an edition it is that of the only edition that has the code.
Result<results::UnitKey> unit_in(const Call& call) {
    const std::string_view rsc = call.request.parameter("unit");
    const std::string_view edition = edition_in(call);
    if (!edition.empty()) return results::UnitKey(edition, rsc);
    const auto editions = call.turn.world().results.editions_with(rsc);
    if (editions.empty()) return unknown_unit();
    if (editions.size() == 1) return results::UnitKey(editions.front(), rsc);
    return fail(Code::kInvalid, "results.edition_missing",
                std::to_string(editions.size()) + " editions have a unit of this code, " +
                    editions.front() + " and " + editions.back() +
                    " among them; say which is meant with ?edition=");
}

tl::unexpected<Error> unknown_edition() {
    return fail(Code::kNotFound, "results.unknown_edition",
                "there is no edition of this id; GET /v1/editions lists them");
}

Result<Response> file_of(formats::ResultList& list, formats::Format format,
                         results::Personal personal) {
    if (personal == results::Personal::kHidden) {
        for (formats::UnitResult& result : list.units) {
            result.unit = results::without_personal(result.unit);
            result.publication = results::without_personal(result.publication);
        }
    }
    TRY(std::string text, formats::write_results(list, format));
    return server::text_response(200, std::string(formats::media_type(format)), std::move(text));
}

// The unit in another format than our own.
Result<Response> get_unit_file(const Call& call, const results::UnitKey& key,
                               std::string_view format_name) {
    TRY(const formats::Format format, formats::parse_format(format_name));
    const auto& book = call.turn.world().results;
    const results::Unit* unit = book.find_unit(key);
    if (unit == nullptr) return unknown_unit();
    auto publication = book.publication(key);
    if (!publication) {
        return fail(Code::kNotFound, "results.no_version",
                    "the unit has no result yet, so there is nothing to write");
    }
    formats::ResultList list;
    list.name = unit->edition;
    list.units.push_back({*unit, *std::move(publication)});
    return file_of(list, format, personal_for(call.caller));
}

// An edition as a file. The results are copied here and written on another thread.
Result<void> export_edition(Call& call, Services& services, const Responder& respond) {
    const std::string edition(call.request.parameter("edition"));
    if (call.turn.world().rights.edition(edition) == nullptr) return unknown_edition();
    TRY(const formats::Format format,
        formats::parse_format(call.request.query_value("format", "ndjson")));
    const auto& book = call.turn.world().results;
    auto list = std::make_shared<formats::ResultList>();
    list->name = edition;
    for (const results::UnitKey& key : book.units_of(edition)) {
        auto publication = book.publication(key);
        if (publication) list->units.push_back({*book.find_unit(key), *std::move(publication)});
    }
    call.turn.after_durable([&services, list, format, personal = personal_for(call.caller),
                             respond](const Result<void>& outcome) {
        if (!outcome) return respond(server::problem(outcome.error()));
        services.background.post([list, format, personal, respond] {
            auto response = file_of(*list, format, personal);
            respond(response ? std::move(*response) : server::problem(response.error()));
        });
    });
    return {};
}

// One hash of all that is true of an edition's results: every version of every unit, the medal
// register, what gates hold; and nothing of when and where this installation learnt it.
Result<void> state_of(Call& call, Services& services, const Responder& respond) {
    const std::string edition(call.request.parameter("edition"));
    const World& world = call.turn.world();
    if (world.rights.edition(edition) == nullptr) return unknown_edition();
    auto truth = std::make_shared<ByteWriter>();
    world.results.save_truth(*truth, edition);
    world.awards.save_truth(*truth, edition);
    world.held.save_truth(*truth, edition);
    const std::uint64_t units = world.results.units_of(edition).size();
    call.turn.after_durable(
        [&services, truth, edition, units, respond](const Result<void>& outcome) {
            if (!outcome) return respond(server::problem(outcome.error()));
            services.background.post([truth, edition, units, respond] {
                const auto hash = crypto::sha256(truth->bytes());
                respond(server::json_response(
                    200, Json::object({{"edition", edition},
                                       {"units", units},
                                       {"hash", codec::to_hex(crypto::as_text(hash))}})));
            });
        });
    return {};
}

// ODF and NDJSON say themselves when they were written.
bool has_dates(formats::Format format) {
    return format == formats::Format::kOdf || format == formats::Format::kNdjson;
}

Result<formats::ReadOptions> read_options(const Request& request, formats::Format format) {
    formats::ReadOptions options;
    options.edition = request.query_value("edition");
    options.date = request.query_value("date");
    options.mapping = request.query_value("mapping");
    const std::string_view version = request.query_value("version", "1");
    const auto end = version.data() + version.size();
    const auto parsed = std::from_chars(version.data(), end, options.version);
    if (options.edition.empty()) {
        return fail(Code::kInvalid, "import.edition_missing",
                    "the query has no edition; say whose results these are: &edition=owg2026");
    }
    if (parsed.ec != std::errc() || parsed.ptr != end || options.version < 1) {
        return fail(Code::kInvalid, "import.version_malformed",
                    "version must be a whole number from 1; raise it to correct an import");
    }
    const bool dated = options.date.size() == 10 && parse_rfc3339(options.date);
    if (!dated && !(options.date.empty() && has_dates(format))) {
        return fail(Code::kInvalid, "import.date_malformed",
                    "the query has no valid date; say of which day the results are where the "
                    "document does not: &date=2026-02-19");
    }
    return options;
}

Result<formats::ResultList> read_import(const Request& request) {
    TRY(const formats::Format format, formats::parse_format(request.query_value("format")));
    TRY(const formats::ReadOptions options, read_options(request, format));
    return formats::read_results(request.body, format, options);
}

void take_import(Services& services, const Request& request,
                 const std::shared_ptr<const rights::Caller>& caller, const Responder& respond) {
    auto list = read_import(request);
    if (!list) return respond(server::problem(list.error()));
    import_results(services, caller, *std::move(list), respond);
}

Result<Response> get_unit(Call& call) {
    const auto& book = call.turn.world().results;
    TRY(const results::UnitKey key, unit_in(call));
    const std::string_view format = call.request.query_value("format");
    if (!format.empty()) return get_unit_file(call, key, format);
    const Json unit = call.request.query_value("history") == "1"
                          ? book.history(key)
                          : book.unit(key, personal_for(call.caller));
    if (!unit.is_null()) return server::json_response(200, unit);
    return unknown_unit();
}

// Messages belong to whoever owns the fans: others learn how many there were.
MessageIds message_ids_for(Call& call, std::string_view edition) {
    const auto access =
        access_of(call, rights::Category::kFanEngagement, rights::Purpose::kOperations, edition);
    const auto verdict = call.turn.world().rights.decide(access, call.turn.now());
    return verdict.allowed ? MessageIds::kShown : MessageIds::kHidden;
}

Result<std::int64_t> version_in(std::string_view text) {
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc() && end == text.data() + text.size()) return version;
    return fail(Code::kInvalid, "request.bad_number",
                "version must be the number of a version of the unit, e.g. 2");
}

// What was made of one version of a unit; without one, of all that are not current any more.
Result<Response> recall_unit(Call& call) {
    TRY(const results::UnitKey key, unit_in(call));
    const World& world = call.turn.world();
    if (world.results.find_unit(key) == nullptr) return unknown_unit();
    TRY_VOID(require_publisher(call.turn, call.caller, key.edition));
    const MessageIds ids = message_ids_for(call, key.edition);
    const results::Publication* current = world.results.current(key);
    Json facts = Json::array();
    const std::string_view asked = call.request.query_value("version");
    if (!asked.empty()) {
        TRY(const std::int64_t version, version_in(asked));
        Json fact = recall(world, key, version, ids);
        if (fact.is_null()) {
            return fail(Code::kNotFound, "results.version_unknown",
                        "the unit has no such version; ?history=1 of the unit lists them");
        }
        facts.push(std::move(fact));
    } else {
        const Json history = world.results.history(key);
        for (const Json& version : history.items()) {
            if (version["current"].as_bool()) continue;
            facts.push(recall(world, key, version["version"].as_int(), ids));
        }
    }
    Json answer = Json::object({{"edition", key.edition}, {"unit", key.rsc}, {"current", nullptr}});
    if (current != nullptr) answer.set("current", current->version);
    answer.set("facts", std::move(facts));
    return server::json_response(200, answer);
}

}  // namespace

void add_results_routes(server::Router& router, Services& services) {
    router.add(Method::kPost, "/v1/odf", [&services](Request&& request, const Responder& respond) {
        with_caller(services, std::move(request), "results:write", respond,
                    [&services, respond](Request&& known, const auto& caller) {
                        take_odf(services, known, caller, respond);
                    });
    });
    add_route(router, services, Method::kGet, "/v1/results/units", "results",
              [](Call& call) -> Result<Response> {
                  Json items = call.turn.world().results.units(edition_in(call));
                  return server::json_response(200, Json::object({{"items", std::move(items)}}));
              });
    add_route(router, services, Method::kGet, "/v1/results/units/{unit}", "results", get_unit);
    add_route(router, services, Method::kGet, "/v1/results/units/{unit}/recall", "results",
              recall_unit);
    router.add(Method::kPost, "/v1/results/import",
               [&services](Request&& request, const Responder& respond) {
                   with_caller(services, std::move(request), "results:write", respond,
                               [&services, respond](Request&& known, const auto& caller) {
                                   take_import(services, known, caller, respond);
                               });
               });
    add_async_route(router, services, Method::kGet, "/v1/results/export/{edition}", "results",
                    [&services](Call& call, const Responder& respond) {
                        return export_edition(call, services, respond);
                    });
    add_async_route(router, services, Method::kGet, "/v1/results/state/{edition}", "results",
                    [&services](Call& call, const Responder& respond) {
                        return state_of(call, services, respond);
                    });
    add_route(router, services, Method::kGet, "/v1/results/stream", "results",
              [](Call&) -> Result<Response> {
                  return server::event_stream(std::string(kResultsStream));
              });
}

}  // namespace altis::service
