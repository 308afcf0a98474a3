// What editions show to everybody: pages, their data, and what proves them. No route asks for a
// key, and none answers without the edition's public grant.
#include "results/feed/view.h"
#include "service/api.h"
#include "service/live_pages.h"
#include "service/notary.h"

namespace altis::service {
namespace {

using server::Method;
using server::Request;
using server::Responder;
using server::Response;

constexpr std::string_view kJsonEnd = ".json";
constexpr std::string_view kForGood = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "public, no-cache";

// A part of the path.
std::string part(const Request& request, std::string_view name) {
    return std::string(request.parameter(name));
}

// An asset whose name changes with its content may be kept for good.
Response asset(const Request& request) {
    const StoredFile* file = live_asset(request.parameter("name"));
    if (file == nullptr) {
        return server::problem(404, "live.unknown_page", "there is no such file");
    }
    const bool is_versioned = request.parameter("name").find('-') != std::string_view::npos;
    return file_response(*file, request, is_versioned ? kForGood : kAskAgain);
}

// The edition's own address is its schedule, with ".json" its data.
void answer_edition(LivePages& pages, const Request& request, const Responder& respond) {
    std::string edition = part(request, "edition");
    const bool as_json = edition.ends_with(kJsonEnd);
    if (as_json) edition.resize(edition.size() - kJsonEnd.size());
    pages.answer(request, edition, as_json ? std::string(kJsonEnd) : "", respond);
}

// ---- what happens -------------------------------------------------------------------------------

// Names of units that changed; a page needs no more.
Result<Response> changes(const Services& services, const Request& request) {
    TRY(const auto open, services.pages.find(request.parameter("edition")));
    return server::event_stream(open.site->stream(),
                                services.feed.pass(open.grant.key, open.grant.until));
}

// The edition's public feed, whole: as /v1/results/feed.
void follow(Services& services, const Request& request, const Responder& respond) {
    const auto open = services.pages.find(request.parameter("edition"));
    if (!open) return respond(server::problem(open.error()));
    services.feed.open(
        results::feed::view_of(open->grant),
        [pass = services.feed.pass(open->grant.key, open->grant.until),
         respond](const Result<std::string>& stream) {
            respond(stream ? server::event_stream(*stream, pass) : server::problem(stream.error()));
        });
}

// ---- proofs -------------------------------------------------------------------------------------

using LogAnswer = std::function<Result<Response>(const results::FactLog&, const Request&)>;

// Only where some edition's facts may be proved by everybody.
void ask_log(Services& services, Request&& request, const Responder& respond,
             const LogAnswer& answer) {
    if (!services.pages.has_proofs()) {
        return respond(server::problem(404, "live.no_proofs",
                                       "no edition lets everybody prove its results; a public "
                                       "grant with the field 'proof' does"));
    }
    const auto held = std::make_shared<Request>(std::move(request));
    services.core.post(
        TaskKind::kRead,
        [held, answer, respond](Turn& turn) {
            auto response = answer(turn.world().fact_log, *held);
            if (response) response->headers.emplace_back("Access-Control-Allow-Origin", "*");
            respond_when_durable(turn, respond,
                                 response ? *response : server::problem(response.error()));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

tl::unexpected<Error> no_proof() {
    return fail(Code::kNotFound, "live.no_proof",
                "this version is not the one that is shown, or the edition shows no proofs");
}

// The record of a version that the site shows.
Result<journal::Offset> offset_of(const World& world, const results::UnitKey& unit,
                                  std::int64_t version) {
    const codec::Json history = world.results.history(unit);
    for (const codec::Json& known : history.items()) {
        if (known["version"].as_int() == version)
            return static_cast<journal::Offset>(known["offset"].as_int());
    }
    return no_proof();
}

// Of the version that is shown, and no other: what is delayed stays unknown.
Result<void> prove(Services& services, const NotaryRef& notary,
                   const std::shared_ptr<Request>& request, const Responder& respond) {
    TRY(const auto open, services.pages.find(request->parameter("edition")));
    const std::string unit = part(*request, "unit");
    std::string number = part(*request, "version");
    if (number.ends_with(kJsonEnd)) number.resize(number.size() - kJsonEnd.size());
    const auto shown = open.site->version(unit);
    if (!open.site->site().has_proofs || !shown || number != std::to_string(*shown)) {
        return no_proof();
    }
    const std::string name = unit + "/" + number;
    if (const auto kept = open.site->proof(name)) {
        respond(file_response(*kept, *request, kAskAgain));
        return {};
    }
    const auto tell = [site = open.site, name, request,
                       respond](const Result<results::FactProof>& proof) {
        if (!proof) return respond(server::problem(proof.error()));
        const auto file = std::make_shared<const StoredFile>("application/json",
                                                             results::to_json(*proof).to_string());
        site->keep_proof(name, file);
        respond(file_response(*file, *request, kAskAgain));
    };
    services.core.post(
        TaskKind::kRead,
        [&services, notary, key = results::UnitKey(request->parameter("edition"), unit),
         version = *shown, tell](Turn& turn) {
            const auto offset = offset_of(turn.world(), key, version);
            if (!offset) return tell(tl::unexpected<Error>(offset.error()));
            const auto begun = prove_fact(turn, services.core, services.background, *notary,
                                          *offset, ProofHead::kOwn, tell);
            if (!begun) tell(tl::unexpected<Error>(begun.error()));
        },
        [tell](const Error& error) { tell(tl::unexpected<Error>(error)); });
    return {};
}

void add_proof_routes(server::Router& router, Services& services) {
    const auto notary = std::make_shared<const Notary>(services.secrets.fact_log);
    router.add(Method::kGet, "/live/{edition}/proofs/{unit}/{version}",
               [&services, notary](Request&& request, const Responder& respond) {
                   const auto held = std::make_shared<Request>(std::move(request));
                   const auto begun = prove(services, notary, held, respond);
                   if (!begun) respond(server::problem(begun.error()));
               });
    router.add(Method::kGet, "/live/log/key",
               [&services, notary](Request&& request, const Responder& respond) {
                   ask_log(
                       services, std::move(request), respond,
                       [notary](const auto&, const auto&) { return log_key_response(*notary); });
               });
    router.add(Method::kGet, "/live/log/checkpoint",
               [&services, notary](Request&& request, const Responder& respond) {
                   ask_log(services, std::move(request), respond,
                           [notary](const auto& log, const auto&) {
                               return checkpoint_response(*notary, log);
                           });
               });
    router.add(Method::kGet, "/live/log/consistency",
               [&services](Request&& request, const Responder& respond) {
                   ask_log(services, std::move(request), respond, consistency_response);
               });
    router.add(Method::kGet, "/live/log/tiles/{level}/{index}",
               [&services](Request&& request, const Responder& respond) {
                   ask_log(services, std::move(request), respond, tile_response);
               });
}

}  // namespace

void add_live_routes(server::Router& router, Services& services) {
    LivePages& pages = services.pages;
    router.add(Method::kGet, "/live/assets/{name}",
               [](Request&& request, const Responder& respond) { respond(asset(request)); });
    router.add(Method::kGet, "/live/{edition}",
               [&pages](Request&& request, const Responder& respond) {
                   answer_edition(pages, request, respond);
               });
    router.add(Method::kGet, "/live/{edition}/{page}",
               [&pages](Request&& request, const Responder& respond) {
                   pages.answer(request, part(request, "edition"), part(request, "page"), respond);
               });
    router.add(Method::kGet, "/live/{edition}/{kind}/{id}",
               [&pages](Request&& request, const Responder& respond) {
                   pages.answer(request, part(request, "edition"),
                                part(request, "kind") + "/" + part(request, "id"), respond);
               });
    router.add(Method::kGet, "/live/{edition}/changes",
               [&services](Request&& request, const Responder& respond) {
                   respond(changes(services, request));
               });
    router.add(Method::kGet, "/live/{edition}/feed",
               [&services](Request&& request, const Responder& respond) {
                   follow(services, request, respond);
               });
    add_proof_routes(router, services);
}

}  // namespace altis::service
