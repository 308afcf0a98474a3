// Events of fans: the Segment HTTP tracking specification.
#include "service/api.h"
#include "service/ingest_flow.h"

namespace altis::service {
namespace {

using codec::Json;
using server::CrossOrigin;
using server::Method;
using server::Request;
using server::Responder;

constexpr std::string_view kScope = "ingest";

// A request on its way from parsing to the core: the batch points into the request's body.
struct Arrival {
    Request request;
    std::shared_ptr<const rights::Caller> caller;
    fans::Source source;
    fans::Batch batch;
    IngestOutcome outcome;
};

std::optional<fans::EventType> single_type(std::string_view name) {
    for (std::size_t i = 0; i < std::size(fans::kEventTypeNames); ++i) {
        if (fans::kEventTypeNames[i] == name) return static_cast<fans::EventType>(i);
    }
    return std::nullopt;
}

Json fates_json(const IngestOutcome& outcome) {
    Json events = Json::array();
    for (const auto& fate : outcome.fates) {
        Json event = Json::object({{"index", fate.index}, {"result", fate.result}});
        if (fate.offset > 0) event.set("offset", fate.offset);
        events.push(std::move(event));
    }
    return events;
}

server::Response answer(const Arrival& arrival) {
    const IngestOutcome& outcome = arrival.outcome;
    Json rejected = Json::array();
    for (const fans::Rejection& rejection : arrival.batch.rejections) {
        rejected.push(Json::object({{"index", rejection.index},
                                    {"code", rejection.reason},
                                    {"detail", rejection.message}}));
    }
    Json body = Json::object({{"success", true},
                              {"accepted", outcome.accepted},
                              {"duplicate", outcome.duplicate},
                              {"conflict", outcome.conflict},
                              {"rejected", rejected}});
    if (arrival.request.query_value("strict") == "1") body.set("events", fates_json(outcome));
    return server::json_response(200, body);
}

// Found once: asking for a counter by its name takes a lock.
struct EventCounters {
    explicit EventCounters(server::Metrics& metrics)
        : accepted(find(metrics, "accepted")),
          duplicate(find(metrics, "duplicate")),
          conflict(find(metrics, "conflict")),
          rejected(find(metrics, "rejected")) {}

    void add(const Arrival& arrival) {
        accepted.add(arrival.outcome.accepted);
        duplicate.add(arrival.outcome.duplicate);
        conflict.add(arrival.outcome.conflict);
        rejected.add(arrival.batch.rejections.size());
    }

    server::Counter& accepted;
    server::Counter& duplicate;
    server::Counter& conflict;
    server::Counter& rejected;

  private:
    static server::Counter& find(server::Metrics& metrics, std::string_view result) {
        return metrics.counter("altis_events_total", "Events by what became of them",
                               {{"result", result}});
    }
};

// What the handlers of this file share.
struct Intake {
    Services& services;
    EventCounters counters;
};

// Long batches take several turns, so that others are served in between. When a later turn is
// refused the request is, and what was taken is known when the client sends it again.
void decide(Turn& turn, const std::shared_ptr<Intake>& intake,
            const std::shared_ptr<Arrival>& arrival, const Responder& respond) {
    const IngestState state =
        ingest(turn, arrival->source, arrival->batch, intake->services.secrets, arrival->outcome);
    if (state == IngestState::kMore) {
        intake->services.core.post(
            TaskKind::kWrite,
            [intake, arrival, respond](Turn& next) { decide(next, intake, arrival, respond); },
            [respond](const Error& error) { respond(server::problem(error)); });
        return;
    }
    intake->counters.add(*arrival);
    respond_when_durable(turn, respond, answer(*arrival));
}

void decide_on_core(const std::shared_ptr<Intake>& intake, const std::shared_ptr<Arrival>& arrival,
                    const Responder& respond) {
    intake->services.core.post(
        TaskKind::kWrite,
        [intake, arrival, respond](Turn& turn) { decide(turn, intake, arrival, respond); },
        [respond](const Error& error) { respond(server::problem(error)); });
}

// Parses on whatever thread it is called on, then decides on the core.
void take(const std::shared_ptr<Intake>& intake, Request&& request,
          std::shared_ptr<const rights::Caller> caller, const Responder& respond) {
    if (caller->edition.empty()) {
        respond(server::problem({Code::kDenied, "ingest.no_edition",
                                 "this key belongs to no edition; issue an ingest key for one"}));
        return;
    }
    auto arrival = std::make_shared<Arrival>();
    arrival->request = std::move(request);
    arrival->caller = std::move(caller);
    arrival->source = {arrival->caller->organisation, arrival->caller->edition,
                       arrival->caller->key_id, &intake->services.secrets.ingest};
    const Request& held = arrival->request;
    // The specification knows this value only (W3C Global Privacy Control, section 3.4).
    if (held.header("sec-gpc") == "1") arrival->source.privacy = fans::PrivacyControl::kOptOut;
    const auto single = single_type(held.parameter("type"));
    auto batch = single ? fans::parse_single(*single, held.body, arrival->source, held.received_at)
                        : fans::parse_batch(held.body, arrival->source, held.received_at);
    if (!batch) {
        respond(server::problem(batch.error()));
        return;
    }
    arrival->batch = std::move(*batch);
    decide_on_core(intake, arrival, respond);
}

}  // namespace

void add_ingest_routes(server::Router& router, Services& services) {
    const auto intake = std::make_shared<Intake>(Intake{services, EventCounters(services.metrics)});
    const auto handler = [intake](Request&& request, const Responder& respond) {
        with_caller(
            intake->services, std::move(request), kScope, respond,
            [intake, respond](Request&& known, std::shared_ptr<const rights::Caller> caller) {
                take(intake, std::move(known), std::move(caller), respond);
            });
    };
    router.add(Method::kPost, "/v1/batch", handler, CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/import", handler, CrossOrigin::kYes);
    for (const std::string_view name : fans::kEventTypeNames) {
        const auto single = [handler, name](Request&& request, const Responder& respond) {
            request.parameters["type"] = name;
            handler(std::move(request), respond);
        };
        router.add(Method::kPost, "/v1/" + std::string(name), single, CrossOrigin::kYes);
    }
}

}  // namespace altis::service
