#include "service/intake.h"

#include <utility>

namespace altis::service {
namespace {

server::Counter& events_counter(server::Metrics& metrics, std::string_view result) {
    return metrics.counter("altis_events_total", "Events by what became of them",
                           {{"result", result}});
}

}  // namespace

struct Intake::Work {
    Arrival arrival;
    std::shared_ptr<const Dialect> dialect;
    server::Responder respond;
};

Intake::Intake(Services& services)
    : services_(services),
      accepted_(events_counter(services.metrics, "accepted")),
      duplicate_(events_counter(services.metrics, "duplicate")),
      conflict_(events_counter(services.metrics, "conflict")),
      rejected_(events_counter(services.metrics, "rejected")) {}

void Intake::take(server::Request&& request, const server::Responder& respond,
                  const std::shared_ptr<const Dialect>& dialect) {
    std::string secret = secret_of(request);
    take_with(std::move(secret), std::move(request), respond, dialect);
}

void Intake::take_with(std::string secret, server::Request&& request,
                       const server::Responder& respond,
                       const std::shared_ptr<const Dialect>& dialect) {
    with_secret(services_, secret, std::move(request), kIngestScope, respond,
                [this, respond, dialect](server::Request&& known,
                                         std::shared_ptr<const rights::Caller> caller) {
                    parse(std::move(known), std::move(caller), respond, dialect);
                });
}

// Parses on whatever thread it is called on, then decides on the core.
void Intake::parse(server::Request&& request, std::shared_ptr<const rights::Caller> caller,
                   const server::Responder& respond,
                   const std::shared_ptr<const Dialect>& dialect) {
    if (caller->edition.empty()) {
        respond(server::problem({Code::kDenied, "ingest.no_edition",
                                 "this key belongs to no edition; issue an ingest key for one"}));
        return;
    }
    const auto work = std::make_shared<Work>(Work{{}, dialect, respond});
    Arrival& arrival = work->arrival;
    arrival.request = std::move(request);
    arrival.caller = std::move(caller);
    arrival.source = {arrival.caller->organisation, arrival.caller->edition, arrival.caller->key_id,
                      &services_.secrets.ingest};
    // The specification knows this value only (W3C Global Privacy Control, section 3.4).
    if (arrival.request.header("sec-gpc") == "1") {
        arrival.source.privacy = fans::PrivacyControl::kOptOut;
    }
    auto batch = dialect->parse(arrival.request, arrival.source);
    if (!batch) {
        respond(server::problem(batch.error()));
        return;
    }
    arrival.batch = std::move(*batch);
    services_.core.post(
        TaskKind::kWrite, [this, work](Turn& turn) { decide(turn, work); },
        [respond](const Error& error) { respond(server::problem(error)); }, dialect->when_busy);
}

// Long batches take several turns, so that others are served in between.
void Intake::decide(Turn& turn, const WorkRef& work) {
    Arrival& arrival = work->arrival;
    const Dialect& dialect = *work->dialect;
    const IngestState state =
        ingest(turn, arrival.source, arrival.batch, services_.secrets, arrival.outcome);
    const bool receipts = dialect.wants_receipts && dialect.wants_receipts(arrival.request);
    if (receipts) {
        turn.on_receipts([work](const journal::Stored& stored) {
            keep_receipts(work->arrival.outcome, stored);
        });
    }
    if (state == IngestState::kMore) return go_on(turn, work);
    if (receipts) return answer_later(turn, work);
    count(arrival);
    respond_when_durable(turn, work->respond, dialect.answer(arrival));
}

// In another turn, when this one is durable. When that is refused, what was taken stays, and is
// known when the client sends it again.
void Intake::go_on(Turn& turn, const WorkRef& work) {
    turn.then(
        TaskKind::kWrite, [this, work](Turn& next) { decide(next, work); },
        [this, work](const Error& error) {
            const auto& part = work->dialect->answer_part;
            const bool is_stored = part && !services_.core.failed();
            if (is_stored) count(work->arrival);
            work->respond(is_stored ? part(work->arrival, error) : server::problem(error));
        });
}

// When the receipts are there.
void Intake::answer_later(Turn& turn, const WorkRef& work) {
    turn.then(
        TaskKind::kRead,
        [this, work](Turn&) {
            count(work->arrival);
            work->respond(work->dialect->answer(work->arrival));
        },
        [work](const Error& error) { work->respond(server::problem(error)); });
}

void Intake::count(const Arrival& arrival) {
    accepted_.add(arrival.outcome.accepted);
    duplicate_.add(arrival.outcome.duplicate);
    conflict_.add(arrival.outcome.conflict);
    rejected_.add(arrival.batch.rejections.size());
}

}  // namespace altis::service
