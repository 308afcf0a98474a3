#include "app/demo/ingest.h"

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "codec/compress.h"

namespace altis::app::demo {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kMaxTries = 400;  // at 50 ms each: 20 s without a server

std::int64_t micros_since(SteadyClock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start)
        .count();
}

// What all senders share.
struct Shared {
    const EventFeed& feed;
    const Endpoint& endpoint;
    std::atomic<std::uint32_t> next{0};
    std::atomic<std::uint32_t> done{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    IngestTotals totals;
    std::optional<Error> error;
};

// Only silence is answered by trying again: a refusal would be refused again.
bool is_silence(const Error& error) {
    return error.code == Code::kUnavailable || error.code == Code::kOverloaded;
}

Result<codec::Json> send_until_answered(Client& client, const std::string& body,
                                        IngestTotals& totals) {
    for (int tries = 1;; ++tries) {
        auto answer = client.send(server::Method::kPost, "/v1/batch", "application/json", body);
        if (answer || tries == kMaxTries || !is_silence(answer.error())) return answer;
        ++totals.retries;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

void add(IngestTotals& to, const IngestTotals& from) {
    to.sent += from.sent;
    to.accepted += from.accepted;
    to.duplicate += from.duplicate;
    to.rejected += from.rejected;
    to.retries += from.retries;
}

void send_batches(Shared& shared) {
    Client client(shared.endpoint);
    IngestTotals totals;
    while (!shared.failed.load()) {
        const std::uint32_t number = shared.next.fetch_add(1);
        if (number >= shared.feed.batches()) break;
        std::uint32_t events = 0;
        const std::string body = codec::gzip(shared.feed.batch(number, events));
        const auto answer = send_until_answered(client, body, totals);
        if (!answer) {
            const std::lock_guard lock(shared.mutex);
            shared.error = answer.error();
            shared.failed.store(true);
            break;
        }
        totals.sent += events;
        totals.accepted += static_cast<std::uint64_t>((*answer)["accepted"].as_int());
        totals.duplicate += static_cast<std::uint64_t>((*answer)["duplicate"].as_int());
        totals.rejected += (*answer)["rejected"].items().size();
        shared.done.fetch_add(1);
    }
    const std::lock_guard lock(shared.mutex);
    add(shared.totals, totals);
}

// Watches the senders, and kills the server once when it is time.
std::int64_t supervise(Shared& shared, const IngestPlan& plan, std::int64_t& recovery_ms) {
    bool killed = plan.kill_at == 0;
    std::int64_t away_us = 0;
    while (shared.done.load() < shared.feed.batches() && !shared.failed.load()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        plan.on_progress(shared.done.load(), shared.feed.batches());
        if (killed || shared.done.load() < plan.kill_at) continue;
        killed = true;
        const auto start = SteadyClock::now();
        const auto recovered = plan.kill();
        away_us = micros_since(start);
        if (recovered) {
            recovery_ms = *recovered;
        } else {
            const std::lock_guard lock(shared.mutex);
            shared.error = recovered.error();
            shared.failed.store(true);
        }
    }
    plan.on_progress(shared.done.load(), shared.feed.batches());
    return away_us;
}

}  // namespace

Result<IngestTotals> send_all(const EventFeed& feed, const Endpoint& endpoint,
                              const IngestPlan& plan, std::int64_t& recovery_ms) {
    Shared shared{feed, endpoint, {}, {}, {}, {}, {}, {}};
    const auto start = SteadyClock::now();
    std::vector<std::thread> senders;
    senders.reserve(plan.connections);
    for (std::uint32_t i = 0; i < plan.connections; ++i) {
        senders.emplace_back([&shared] { send_batches(shared); });
    }
    const std::int64_t away_us = supervise(shared, plan, recovery_ms);
    for (std::thread& sender : senders)
        sender.join();
    if (shared.error) return tl::unexpected<Error>(*shared.error);
    shared.totals.wall_us = micros_since(start) - away_us;
    return shared.totals;
}

}  // namespace altis::app::demo
