#include "warehouse/feeder.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <set>
#include <thread>
#include <vector>

namespace altis::warehouse {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kSliceRecords = 256;      // between two looks at requests and limits
constexpr Duration kIdle = milliseconds(20);    // longest sleep with nothing collected
constexpr Duration kWaiting = milliseconds(5);  // longest sleep with rows collected

std::chrono::microseconds chrono_of(Duration duration) {
    return std::chrono::microseconds(duration.us);
}

// Somebody who waits for an erasure.
struct ErasureRequest {
    const std::vector<SubjectId>& subjects;
    std::optional<Result<Erased>> answer;
};

class ThreadedFeeder final : public Feeder {
  public:
    ThreadedFeeder(journal::Journal& journal, Engine& engine, const Projections& projections,
                   const FeederOptions& options)
        : journal_(journal),
          engine_(engine),
          projections_(projections),
          options_(options),
          committed_(engine.committed_offset()),
          thread_([this] { run(); }) {}

    ~ThreadedFeeder() override { stop(); }

    void stop() override;
    Result<void> wait_until(journal::Offset offset, Duration timeout) override;
    Result<Erased> erase(const std::vector<SubjectId>& subjects) override;
    FeederStats stats() const override;

  private:
    void run();
    Result<void> follow();
    Result<bool> take(journal::Reader& reader, Batch& batch);
    void project(journal::Record& record, Batch& batch);
    bool is_due(const Batch& batch, bool at_end) const;
    Result<Committed> commit(Batch& batch);
    Result<void> tidy_up(Batch& batch);
    void rest(const Batch& batch);
    void note_committed(journal::Offset offset);

    Result<void> serve_erasures(Batch& batch);
    Result<std::uint64_t> forget(const std::vector<ErasureRequest*>& requests, Batch& batch);
    void answer(const std::vector<ErasureRequest*>& requests, const Result<Erased>& answer);

    bool stopping() const;
    void fell(const Error& error);
    void pause();

    journal::Journal& journal_;
    Engine& engine_;
    const Projections& projections_;
    const FeederOptions options_;

    // Of the thread alone.
    std::set<SubjectId> gone_;  // erased in this process: a reader may have unsealed records ahead
    steady_clock::time_point batch_since_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    bool stopping_ = false;
    bool ended_ = false;
    journal::Offset committed_;
    journal::Offset wanted_ = 0;  // somebody waits for this one
    std::vector<ErasureRequest*> requests_;
    FeederStats counts_;

    std::thread thread_;  // last: it uses all above
};

bool ThreadedFeeder::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void ThreadedFeeder::run() {
    ::pthread_setname_np(::pthread_self(), kFeederThread);
    while (!stopping()) {
        const auto followed = follow();
        if (followed) continue;
        fell(followed.error());
        pause();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

void ThreadedFeeder::fell(const Error& error) {
    std::vector<ErasureRequest*> requests;
    {
        const std::lock_guard lock(mutex_);
        counts_.failure = error;
        requests.swap(requests_);
    }
    answer(requests, tl::unexpected<Error>(error));
}

void ThreadedFeeder::pause() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, chrono_of(options_.retry_after), [&] { return stopping_; });
}

// Feeds until it is told to stop, or something fails.
Result<void> ThreadedFeeder::follow() {
    Batch batch(projections_.schema(), engine_.committed_offset());
    note_committed(batch.offset());
    TRY(const auto reader, journal_.read(batch.offset() + 1));
    while (!stopping()) {
        TRY_VOID(serve_erasures(batch));
        TRY(const bool at_end, take(*reader, batch));
        if (is_due(batch, at_end)) TRY_VOID(commit(batch));
        if (!at_end) continue;
        TRY_VOID(tidy_up(batch));
        rest(batch);
    }
    return commit(batch).map([](const Committed&) {});
}

// Collects a slice of records; true when the journal has no more for now.
Result<bool> ThreadedFeeder::take(journal::Reader& reader, Batch& batch) {
    for (std::size_t i = 0; i < kSliceRecords && batch.rows() < options_.batch_rows; ++i) {
        journal::Record record;
        const auto more = reader.next(record);
        if (more && !*more) return true;
        if (more) {
            project(record, batch);
            continue;
        }
        if (more.error().reason != "journal.damaged") return tl::unexpected<Error>(more.error());
        const std::lock_guard lock(mutex_);
        ++counts_.damages;
        counts_.last_damage = more.error();
    }
    return false;
}

void ThreadedFeeder::project(journal::Record& record, Batch& batch) {
    if (batch.empty()) batch_since_ = steady_clock::now();
    if (gone_.contains(record.subject)) record.erased = true;
    const std::size_t known = batch.forgotten().size();
    projections_.project(record, batch);
    gone_.insert(batch.forgotten().begin() + static_cast<std::ptrdiff_t>(known),
                 batch.forgotten().end());
    const std::lock_guard lock(mutex_);
    ++counts_.records;
}

bool ThreadedFeeder::is_due(const Batch& batch, bool at_end) const {
    if (batch.empty()) return false;
    if (batch.rows() >= options_.batch_rows) return true;
    if (batch.text_bytes() >= options_.batch_text_bytes) return true;
    if (steady_clock::now() - batch_since_ >= chrono_of(options_.batch_age)) return true;
    const std::lock_guard lock(mutex_);
    return wanted_ > committed_ && (at_end || batch.offset() >= wanted_);
}

Result<Committed> ThreadedFeeder::commit(Batch& batch) {
    if (batch.empty()) return Committed{};
    TRY(const Committed committed, engine_.commit(batch));
    batch.clear();
    {
        const std::lock_guard lock(mutex_);
        counts_.rows += committed.rows_added;
        ++counts_.commits;
    }
    note_committed(batch.offset());
    return committed;
}

void ThreadedFeeder::note_committed(journal::Offset offset) {
    const std::lock_guard lock(mutex_);
    committed_ = offset;
    changed_.notify_all();
}

// Removes the bytes of subjects whose erasure stood in the journal, or was cut short by a crash.
Result<void> ThreadedFeeder::tidy_up(Batch& batch) {
    if (!engine_.has_residue() && batch.forgotten().empty()) return {};
    TRY_VOID(commit(batch));
    return engine_.compact();
}

void ThreadedFeeder::rest(const Batch& batch) {
    {
        const std::lock_guard lock(mutex_);
        counts_.failure.reset();
    }
    journal_.wait_past(batch.offset(), batch.empty() ? kIdle : kWaiting);
}

Result<void> ThreadedFeeder::serve_erasures(Batch& batch) {
    std::vector<ErasureRequest*> requests;
    {
        const std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    if (requests.empty()) return {};
    const auto rows = forget(requests, batch);
    if (rows) {
        answer(requests, Erased{*rows});
        return {};
    }
    answer(requests, tl::unexpected<Error>(rows.error()));
    return tl::unexpected<Error>(rows.error());
}

Result<std::uint64_t> ThreadedFeeder::forget(const std::vector<ErasureRequest*>& requests,
                                             Batch& batch) {
    for (const ErasureRequest* request : requests) {
        for (const SubjectId subject : request->subjects) {
            gone_.insert(subject);
            batch.forget(subject);
        }
    }
    TRY(const Committed committed, commit(batch));
    TRY_VOID(engine_.compact());
    return committed.rows_forgotten;
}

void ThreadedFeeder::answer(const std::vector<ErasureRequest*>& requests,
                            const Result<Erased>& answer) {
    const std::lock_guard lock(mutex_);
    for (ErasureRequest* request : requests)
        request->answer = answer;
    changed_.notify_all();
}

void ThreadedFeeder::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

Result<void> ThreadedFeeder::wait_until(journal::Offset offset, Duration timeout) {
    std::unique_lock lock(mutex_);
    wanted_ = std::max(wanted_, offset);
    changed_.wait_for(lock, chrono_of(timeout), [&] {
        return committed_ >= offset || counts_.failure.has_value() || ended_;
    });
    if (committed_ >= offset) return {};
    if (counts_.failure) return tl::unexpected<Error>(*counts_.failure);
    return fail(Code::kOverloaded, "warehouse.behind",
                "the warehouse is at record " + std::to_string(committed_) +
                    " and has not come to " + std::to_string(offset) + " in time; try again");
}

Result<Erased> ThreadedFeeder::erase(const std::vector<SubjectId>& subjects) {
    ErasureRequest request{subjects, {}};
    std::unique_lock lock(mutex_);
    if (!ended_) {
        requests_.push_back(&request);
        changed_.wait(lock, [&] { return request.answer.has_value() || ended_; });
        std::erase(requests_, &request);
    }
    if (request.answer) return *request.answer;
    return fail(Code::kUnavailable, "warehouse.failed",
                "the warehouse's feeder has stopped; the erasure must be repeated");
}

FeederStats ThreadedFeeder::stats() const {
    const journal::Offset durable = journal_.durable();
    const std::lock_guard lock(mutex_);
    FeederStats stats = counts_;
    stats.committed = committed_;
    stats.lag = durable > committed_ ? durable - committed_ : 0;
    return stats;
}

}  // namespace

Result<std::unique_ptr<Feeder>> Feeder::start(journal::Journal& journal, Engine& engine,
                                              const Projections& projections,
                                              const FeederOptions& options) {
    TRY_VOID(engine.create_tables(projections.schema()));
    if (engine.committed_offset() > journal.durable()) {
        return fail(Code::kConflict, "warehouse.ahead",
                    "the warehouse has consumed record " +
                        std::to_string(engine.committed_offset()) + ", but the journal ends at " +
                        std::to_string(journal.durable()) + "; run `altis warehouse rebuild`");
    }
    return std::make_unique<ThreadedFeeder>(journal, engine, projections, options);
}

}  // namespace altis::warehouse
