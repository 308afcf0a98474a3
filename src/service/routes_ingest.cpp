// Events of fans: the Segment HTTP tracking specification.
#include <map>

#include "codec/text.h"
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

bool is_strict(const Arrival& arrival) {
    return arrival.request.query_value("strict") == "1";
}

// Where the record of an event stands, and its receipt.
void set_record(Json& event, const IngestOutcome::Fate& fate) {
    if (fate.offset == 0) return;
    event.set("offset", fate.offset);
    event.set("hash", codec::to_hex(crypto::as_text(fate.hash)));
}

Json refused_json(std::size_t index, std::string_view result, const Error& why) {
    return Json::object(
        {{"index", index}, {"result", result}, {"code", why.reason}, {"detail", why.message}});
}

// What became of every event of the request, in its order. Those that were not reached are to be
// sent again; `stopped` says why.
Json fates_json(const Arrival& arrival, const Error& stopped) {
    const IngestOutcome& outcome = arrival.outcome;
    std::map<std::size_t, Json> events;
    for (const auto& fate : outcome.fates) {
        events[fate.index] = Json::object({{"index", fate.index}, {"result", fate.result}});
        set_record(events[fate.index], fate);
    }
    for (std::size_t i = outcome.events_done; i < arrival.batch.events.size(); ++i) {
        const std::size_t index = arrival.batch.events[i].index;
        events[index] = refused_json(index, "retry", stopped);
    }
    for (const fans::Rejection& rejection : arrival.batch.rejections) {
        events[rejection.index] = refused_json(
            rejection.index, "rejected", {Code::kInvalid, rejection.reason, rejection.message});
    }
    for (const auto& letter : outcome.letters)
        set_record(events[letter.index], letter);
    Json list = Json::array();
    for (auto& [index, event] : events)
        list.push(std::move(event));
    return list;
}

Json counts_json(const Arrival& arrival) {
    const IngestOutcome& outcome = arrival.outcome;
    Json rejected = Json::array();
    for (const fans::Rejection& rejection : arrival.batch.rejections) {
        rejected.push(Json::object({{"index", rejection.index},
                                    {"code", rejection.reason},
                                    {"detail", rejection.message}}));
    }
    return Json::object({{"success", true},
                         {"accepted", outcome.accepted},
                         {"duplicate", outcome.duplicate},
                         {"conflict", outcome.conflict},
                         {"rejected", rejected}});
}

// With `stopped`, only a part of the events was taken.
server::Response strict_answer(const Arrival& arrival, const Error* stopped) {
    Json body = counts_json(arrival);
    if (stopped != nullptr) body.set("success", false);
    body.set("events", fates_json(arrival, stopped != nullptr ? *stopped : Error{}));
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

void decide(Turn& turn, const std::shared_ptr<Intake>& intake,
            const std::shared_ptr<Arrival>& arrival, const Responder& respond);

// Long batches take several turns, so that others are served in between. When a later turn is
// refused the request is, and what was taken is known when the client sends it again.
void decide_in_turn(const std::shared_ptr<Intake>& intake, const std::shared_ptr<Arrival>& arrival,
                    const Responder& respond) {
    intake->services.core.post(
        TaskKind::kWrite,
        [intake, arrival, respond](Turn& next) { decide(next, intake, arrival, respond); },
        [respond](const Error& error) { respond(server::problem(error)); });
}

// Each event is answered for itself, with what only the journal knows. So each turn waits for the
// one before to be durable, and a later one that is refused leaves the earlier ones as they are.
void decide_strictly(Turn& turn, IngestState state, const std::shared_ptr<Intake>& intake,
                     const std::shared_ptr<Arrival>& arrival, const Responder& respond) {
    turn.on_receipts(
        [arrival](const journal::Stored& stored) { keep_receipts(arrival->outcome, stored); });
    if (state == IngestState::kMore) {
        turn.then(
            TaskKind::kWrite,
            [intake, arrival, respond](Turn& next) { decide(next, intake, arrival, respond); },
            [intake, arrival, respond](const Error& error) {
                const bool is_stored = !intake->services.core.failed();
                if (is_stored) intake->counters.add(*arrival);
                respond(is_stored ? strict_answer(*arrival, &error) : server::problem(error));
            });
        return;
    }
    turn.then(
        TaskKind::kRead,
        [intake, arrival, respond](Turn&) {
            intake->counters.add(*arrival);
            respond(strict_answer(*arrival, nullptr));
        },
        [respond](const Error& error) { respond(server::problem(error)); });
}

void decide(Turn& turn, const std::shared_ptr<Intake>& intake,
            const std::shared_ptr<Arrival>& arrival, const Responder& respond) {
    const IngestState state =
        ingest(turn, arrival->source, arrival->batch, intake->services.secrets, arrival->outcome);
    if (is_strict(*arrival)) {
        decide_strictly(turn, state, intake, arrival, respond);
    } else if (state == IngestState::kMore) {
        decide_in_turn(intake, arrival, respond);
    } else {
        intake->counters.add(*arrival);
        respond_when_durable(turn, respond, server::json_response(200, counts_json(*arrival)));
    }
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
    decide_in_turn(intake, arrival, respond);
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
