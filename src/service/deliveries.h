// Sends exports to webhooks: batches of rows, each signed, tried again when it may help. What each
// attempt came to is kept; the end of a delivery is in the journal.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "codec/json.h"
#include "server/outbound.h"
#include "service/core.h"
#include "service/secrets.h"
#include "service/segment_export.h"

namespace altis::service {

constexpr std::size_t kDeliveryThreads = 4;     // receivers that are spoken to at once
constexpr std::size_t kMaxOpenDeliveries = 20;  // waiting and under way; beyond: 429
constexpr std::size_t kMaxBatchRows = 2'000;    // of one POST to a webhook
constexpr int kMaxDeliveryAttempts = 8;         // of one batch, the first included
constexpr std::size_t kMaxShownAttempts = 100;  // of one delivery; all are counted
constexpr std::int64_t kFirstRetryMs = 1'000;   // then twice as long each time

struct DeliveryOptions {
    server::Reach reach = server::Reach::kPublic;
    Duration first_retry = milliseconds(kFirstRetryMs);
};

// Before each attempt the core is asked again: the right of the organisation, its webhook, and the
// consent of each fan of the batch; who withdrew or was erased meanwhile is left out, also when
// the batch was sent before. All attempts of a batch carry the same webhook-id,
// "export-<number>-<batch>-of-<batches>". A delivery counts once every batch was answered with 2xx.
//
// What the stop of the process interrupts is not gone on with: the next start calls it failed.
// The receiver may have a part of it then; the next delivery of changes puts that right.
// Thread-safe.
class Deliveries {
  public:
    Deliveries(Core& core, const Secrets& secrets, const DeliveryOptions& options);
    ~Deliveries();
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    server::Reach reach() const { return options_.reach; }

    // Whether one may begin: fails with "exports.too_many_deliveries" or, when the last one of the
    // segment to the same receiver is under way, "exports.delivery_under_way".
    Result<void> require_room(std::string_view organisation, const ExportOrder& order) const;

    // Takes an export in the turn that offers it, so that no other one to the receiver passes it.
    void expect(std::shared_ptr<const PreparedExport> made);
    // Sends it: its turn is durable.
    void start(journal::Offset number);

    // How far it is, as `result` of the finished delivery will have it; null when it is not here.
    codec::Json progress(journal::Offset number) const;

    // Ends after the attempts that are under way. Idempotent.
    void stop();

  private:
    struct Job;
    struct Message;
    void loop();
    std::shared_ptr<Job> next();
    void run(Job& job);
    Result<void> deliver(Job& job);
    Result<void> deliver_batch(Job& job, std::size_t batch);
    Result<Message> message(const Job& job, std::size_t batch);
    void note(Job& job, std::size_t batch, int attempt, Time at, const Result<int>& answer);
    void finish(Job& job, const Result<void>& outcome);
    // False when it was told to stop meanwhile.
    bool pause(Duration duration);
    codec::Json result_of(const Job& job) const;

    Core& core_;
    const Secrets& secrets_;
    DeliveryOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Job>> waiting_;
    std::map<journal::Offset, std::shared_ptr<Job>> open_;  // waiting and under way
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

// At the start: calls every delivery failed that the last stop interrupted. Commits.
void fail_interrupted_deliveries(Turn& turn);

}  // namespace altis::service
