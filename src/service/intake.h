// The way of a request with events: parsed by its dialect where it arrives, decided on the core,
// answered in the dialect's own form when everything is on disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fans/ingest.h"
#include "service/api.h"
#include "service/ingest_flow.h"

namespace altis::service {

constexpr std::string_view kIngestScope = "ingest";

// A request on its way from parsing to the core: the batch points into the request's body.
struct Arrival {
    server::Request request;
    std::shared_ptr<const rights::Caller> caller;
    fans::Source source;
    fans::Batch batch;
    IngestOutcome outcome;
};

// How one kind of client speaks. The functions must not throw.
struct Dialect {
    // Reads the events of a request, whose body views may point to. On any thread.
    std::function<Result<fans::Batch>(const server::Request&, const fans::Source&)> parse;
    // What the client is told when the whole batch is on disk.
    std::function<server::Response(const Arrival&)> answer;
    // What it is told when only the events of `outcome.fates` are; by default the error itself, so
    // that the client sends everything again.
    std::function<server::Response(const Arrival&, const Error&)> answer_part = nullptr;
    // Whether the answer tells of each event what only the journal knows: `outcome` then has the
    // receipts. By default never.
    std::function<bool(const server::Request&)> wants_receipts = nullptr;
    // kWait for clients that never send an event again: they are not turned away while busy.
    WhenBusy when_busy = WhenBusy::kRefuse;
};

// Makes: altis_events_total{result}. One for all routes; lives as long as the router.
class Intake {
  public:
    explicit Intake(Services& services);

    // Takes a request whose key `Authorization` carries.
    void take(server::Request&& request, const server::Responder& respond,
              const std::shared_ptr<const Dialect>& dialect);
    // Takes a request whose key stands elsewhere; `secret` may be empty.
    void take_with(std::string secret, server::Request&& request, const server::Responder& respond,
                   const std::shared_ptr<const Dialect>& dialect);

  private:
    struct Work;
    using WorkRef = std::shared_ptr<Work>;
    void parse(server::Request&& request, std::shared_ptr<const rights::Caller> caller,
               const server::Responder& respond, const std::shared_ptr<const Dialect>& dialect);
    void decide(Turn& turn, const WorkRef& work);
    void go_on(Turn& turn, const WorkRef& work);
    void answer_later(Turn& turn, const WorkRef& work);
    void count(const Arrival& arrival);

    Services& services_;
    // Found once: asking for a counter by its name takes a lock.
    server::Counter& accepted_;
    server::Counter& duplicate_;
    server::Counter& conflict_;
    server::Counter& rejected_;
};

}  // namespace altis::service
