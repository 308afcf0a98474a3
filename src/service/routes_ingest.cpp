// Events of fans: the Segment HTTP tracking specification.
#include <map>

#include "codec/text.h"
#include "service/api.h"
#include "service/intake.h"

namespace altis::service {
namespace {

using codec::Json;
using server::CrossOrigin;
using server::Method;
using server::Request;
using server::Responder;

bool is_strict(const Request& request) {
    return request.query_value("strict") == "1";
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

server::Response answer(const Arrival& arrival) {
    if (is_strict(arrival.request)) return strict_answer(arrival, nullptr);
    return server::json_response(200, counts_json(arrival));
}

server::Response answer_part(const Arrival& arrival, const Error& stopped) {
    if (is_strict(arrival.request)) return strict_answer(arrival, &stopped);
    return server::problem(stopped);
}

// One event, its call told by the address.
std::shared_ptr<const Dialect> single(fans::EventType type) {
    return std::make_shared<const Dialect>(
        Dialect{[type](const Request& request, const fans::Source& source) {
                    return fans::parse_single(type, request.body, source, request.received_at);
                },
                answer, answer_part, is_strict});
}

std::shared_ptr<const Dialect> batches() {
    return std::make_shared<const Dialect>(
        Dialect{[](const Request& request, const fans::Source& source) {
                    return fans::parse_batch(request.body, source, request.received_at);
                },
                answer, answer_part, is_strict});
}

}  // namespace

void add_ingest_routes(server::Router& router, Services& services) {
    const auto intake = std::make_shared<Intake>(services);
    const auto taking = [intake](const std::shared_ptr<const Dialect>& dialect) {
        return [intake, dialect](Request&& request, const Responder& respond) {
            intake->take(std::move(request), respond, dialect);
        };
    };
    router.add(Method::kPost, "/v1/batch", taking(batches()), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/import", taking(batches()), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/b", taking(batches()), CrossOrigin::kYes);
    for (std::size_t i = 0; i < std::size(fans::kEventTypeNames); ++i) {
        const std::string_view name = fans::kEventTypeNames[i];
        const auto dialect = single(static_cast<fans::EventType>(i));
        router.add(Method::kPost, "/v1/" + std::string(name), taking(dialect), CrossOrigin::kYes);
    }
    // The short addresses that browsers use.
    using fans::EventType;
    router.add(Method::kPost, "/v1/t", taking(single(EventType::kTrack)), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/i", taking(single(EventType::kIdentify)), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/p", taking(single(EventType::kPage)), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/s", taking(single(EventType::kScreen)), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/g", taking(single(EventType::kGroup)), CrossOrigin::kYes);
    router.add(Method::kPost, "/v1/a", taking(single(EventType::kAlias)), CrossOrigin::kYes);
}

}  // namespace altis::service
