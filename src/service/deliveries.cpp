#include "service/deliveries.h"

#include <algorithm>
#include <utility>

#include "service/webhook_signature.h"

namespace altis::service {
namespace {

using codec::Json;

constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;
constexpr std::string_view kInterrupted = "exports.interrupted";

tl::unexpected<Error> interrupted() {
    return fail(Code::kUnavailable, std::string(kInterrupted),
                "Altis was stopped before the delivery was complete; ask for another one");
}

bool is_success(const Result<int>& answer) {
    return answer && *answer >= 200 && *answer < 300;
}

bool is_worth_retrying(const Result<int>& answer) {
    if (!answer) return server::is_worth_retrying(answer.error());
    return *answer == kTooManyRequests || *answer >= kFirstServerError;
}

Result<void> as_failure(const Result<int>& answer) {
    if (!answer) return tl::unexpected<Error>(answer.error());
    return fail(Code::kUnavailable, "exports.receiver_refused",
                "the receiver answered with status " + std::to_string(*answer));
}

// Whether a row may still leave.
bool may_leave(const World& world, const ExportSpec& spec, const ExportRow& row) {
    if (row.change == Change::kErased) return true;
    if (row.change == Change::kLeft) return !world.fans.forgotten_subjects().contains(row.fan);
    return world.fans.is_fan(row.fan) && world.has_consent(row.fan, spec.purpose, spec.edition);
}

}  // namespace

// ---- what travels -------------------------------------------------------------------------------

struct Deliveries::Job {
    std::shared_ptr<const PreparedExport> made;
    std::size_t batches = 1;
    // Under the mutex:
    std::size_t delivered = 0;
    std::uint64_t attempts = 0;
    Json shown = Json::array();  // the last attempts
    Error failure = {};          // once it is given up
};

struct Deliveries::Message {
    Time at;
    server::Fields headers;
    std::string body;
};

Deliveries::Deliveries(Core& core, const Secrets& secrets, const DeliveryOptions& options)
    : core_(core), secrets_(secrets), options_(options) {
    for (std::size_t i = 0; i < kDeliveryThreads; ++i)
        threads_.emplace_back([this] { loop(); });
}

Deliveries::~Deliveries() {
    stop();
}

void Deliveries::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

Result<void> Deliveries::require_room(std::string_view organisation,
                                      const ExportOrder& order) const {
    const std::lock_guard lock(mutex_);
    if (open_.size() >= kMaxOpenDeliveries) {
        return fail(Code::kOverloaded, "exports.too_many_deliveries",
                    "too many deliveries are under way; try again later");
    }
    const bool is_busy = std::ranges::any_of(open_, [&](const auto& entry) {
        const fans::ExportLine& line = entry.second->made->line;
        return line.organisation == organisation && line.segment == order.segment &&
               line.url == order.url;
    });
    if (!is_busy) return {};
    return fail(Code::kConflict, "exports.delivery_under_way",
                "the last delivery to this receiver is under way; wait for its end");
}

void Deliveries::expect(std::shared_ptr<const PreparedExport> made) {
    auto job = std::make_shared<Job>();
    job->batches =
        std::max<std::size_t>(1, (made->rows.size() + kMaxBatchRows - 1) / kMaxBatchRows);
    job->made = std::move(made);
    const std::lock_guard lock(mutex_);
    const journal::Offset number = job->made->number;
    open_.emplace(number, std::move(job));
}

void Deliveries::start(journal::Offset number) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(open_.at(number));
    }
    wake_.notify_all();
}

std::shared_ptr<Deliveries::Job> Deliveries::next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return nullptr;
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
}

void Deliveries::loop() {
    while (const auto job = next())
        run(*job);
}

bool Deliveries::pause(Duration duration) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, std::chrono::microseconds(duration.us),
                           [this] { return stopping_; });
}

void Deliveries::run(Job& job) {
    const Result<void> outcome = deliver(job);
    if (outcome || outcome.error().reason != kInterrupted) finish(job, outcome);
    const std::lock_guard lock(mutex_);
    open_.erase(job.made->number);
}

Result<void> Deliveries::deliver(Job& job) {
    for (std::size_t batch = 0; batch < job.batches; ++batch) {
        TRY_VOID(deliver_batch(job, batch));
        const std::lock_guard lock(mutex_);
        ++job.delivered;
    }
    return {};
}

Result<void> Deliveries::deliver_batch(Job& job, std::size_t batch) {
    TRY(const auto url, server::parse_outbound_url(job.made->line.url));
    Duration wait = options_.first_retry;
    for (int attempt = 1;; ++attempt) {
        if (!pause(Duration{0})) return interrupted();
        TRY(const Message sent, message(job, batch));
        const auto answer = server::post_outbound(url, options_.reach, sent.headers, sent.body);
        note(job, batch, attempt, sent.at, answer);
        if (is_success(answer)) return {};
        if (!is_worth_retrying(answer) || attempt == kMaxDeliveryAttempts)
            return as_failure(answer);
        if (!pause(wait)) return interrupted();
        wait.us *= 2;
    }
}

// What of a batch may leave now, signed. Asks the core and waits for its answer.
Result<Deliveries::Message> Deliveries::message(const Job& job, std::size_t batch) {
    const PreparedExport& made = *job.made;
    const auto all = std::span(made.rows).subspan(
        batch * kMaxBatchRows, std::min(kMaxBatchRows, made.rows.size() - batch * kMaxBatchRows));
    std::vector<ExportRow> rows;
    rights::Verdict verdict;
    std::optional<std::string> salt;
    Message result;
    const auto ask = [&](Turn& turn) {
        const World& world = turn.world();
        rows.clear();
        salt.reset();
        result.at = turn.now();
        verdict = world.rights.decide(made.access, turn.now());
        const auto* const found = world.exports.webhook_salt(made.line.organisation, made.line.url);
        if (found != nullptr) salt = *found;
        std::ranges::copy_if(all, std::back_inserter(rows), [&](const ExportRow& row) {
            return may_leave(world, made.spec, row);
        });
    };
    // A busy core refuses; that is no fault of the receiver.
    while (!core_.run(TaskKind::kRead, ask)) {
        if (core_.failed() || !pause(kDiskFullRetry)) return interrupted();
    }
    if (!verdict.allowed) return fail(Code::kDenied, "rights." + verdict.rule, verdict.explanation);
    if (!salt) {
        return fail(Code::kNotFound, "exports.unknown_webhook",
                    "the webhook was removed before the delivery was complete");
    }
    TRY(result.body, write_export(made.spec, rows, secrets_.exports));
    const std::string id = "export-" + std::to_string(made.number) + "-" +
                           std::to_string(batch + 1) + "-of-" + std::to_string(job.batches);
    result.headers = webhook_headers(
        webhook_secret(secrets_.webhooks, made.line.organisation, made.line.url, *salt), id,
        result.at, result.body);
    result.headers.emplace_back("Content-Type", content_type_of(made.spec.format));
    result.headers.emplace_back("User-Agent", "Altis");
    return result;
}

// ---- what became of it --------------------------------------------------------------------------

void Deliveries::note(Job& job, std::size_t batch, int attempt, Time at,
                      const Result<int>& answer) {
    Json entry =
        Json::object({{"batch", batch + 1}, {"attempt", attempt}, {"at", format_rfc3339(at)}});
    if (answer) {
        entry.set("status", *answer);
    } else {
        entry.set("code", answer.error().reason).set("detail", answer.error().message);
    }
    const std::lock_guard lock(mutex_);
    ++job.attempts;
    codec::JsonArray kept = job.shown.items();
    if (kept.size() == kMaxShownAttempts) kept.erase(kept.begin());
    kept.push_back(std::move(entry));
    job.shown = std::move(kept);
}

// Under the mutex.
Json Deliveries::result_of(const Job& job) const {
    Json result = Json::object({{"batches", job.batches},
                                {"batches_delivered", job.delivered},
                                {"attempts_made", job.attempts},
                                {"attempts", job.shown}});
    if (job.failure.reason.empty()) return result;
    return result.set("code", job.failure.reason).set("detail", job.failure.message);
}

Json Deliveries::progress(journal::Offset number) const {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(number);
    return found == open_.end() ? Json() : result_of(*found->second);
}

// While the disk is full the end of the delivery waits for space.
void Deliveries::finish(Job& job, const Result<void>& outcome) {
    std::string result;
    {
        const std::lock_guard lock(mutex_);
        if (!outcome) job.failure = outcome.error();
        result = result_of(job).to_string();
    }
    const auto state = outcome ? fans::DeliveryState::kDelivered : fans::DeliveryState::kFailed;
    const auto commit = [&](Turn& turn) {
        static_cast<void>(
            turn.commit(turn.world().exports.decide_finished(job.made->number, state, result)));
    };
    while (!core_.run(TaskKind::kWrite, commit) && !core_.failed()) {
        if (!pause(kDiskFullRetry)) return;
    }
}

void fail_interrupted_deliveries(Turn& turn) {
    std::vector<journal::Offset> numbers;
    for (const auto& [number, delivery] : turn.world().exports.deliveries())
        if (delivery.state == fans::DeliveryState::kSending) numbers.push_back(number);
    const Error error = interrupted().value();
    const Json result = Json::object({{"code", error.reason}, {"detail", error.message}});
    for (const journal::Offset number : numbers) {
        static_cast<void>(turn.commit(turn.world().exports.decide_finished(
            number, fans::DeliveryState::kFailed, result.to_string())));
    }
}

}  // namespace altis::service
