#include "service/core.h"

#include <future>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "codec/json.h"

namespace altis::service {
namespace {

Error journal_failed() {
    return {Code::kUnavailable, "journal.failed",
            "the journal could not be written and has stopped; check the disk, then restart Altis"};
}

Error disk_full() {
    return {Code::kUnavailable, "journal.disk_full",
            "the disk that holds the data folder is full; free some space, Altis goes on by "
            "itself"};
}

// One process at a time may work on a data folder.
Result<std::unique_ptr<platform::FileLock>> lock_folder(platform::FileSystem& files,
                                                        const std::string& directory) {
    auto lock = files.lock(directory + "/lock");
    if (lock || lock.error().reason != "file.locked") return lock;
    return fail(Code::kUnavailable, "data_folder.in_use",
                "the data folder '" + directory +
                    "' is in use by another Altis; stop that one, or choose another with --data");
}

}  // namespace

// ---- Turn ---------------------------------------------------------------------------------------

Turn::Turn(Core& core)
    : core_(core), now_(core.machine_.clock.now()), next_offset_(core.shelf_->applied() + 1) {}

const World& Turn::world() const {
    return core_.world_;
}

SubjectId Turn::next_subject() const {
    return core_.shelf_->next_subject();
}

journal::Offset Turn::commit(std::vector<journal::Draft> drafts) {
    const journal::Offset first = next_offset_;
    for (journal::Draft& draft : drafts) {
        journal::Record record;
        record.offset = next_offset_++;
        record.time = now_;
        record.type = draft.type;
        record.topic = draft.topic;
        record.subject = draft.subject;
        record.payload = draft.payload;
        core_.shelf_->apply(record);
        drafts_.push_back(std::move(draft));
    }
    return first;
}

Result<journal::Offset> Turn::commit(journal::Decision decision) {
    if (!decision) return tl::unexpected<Error>(std::move(decision.error()));
    return commit(std::move(*decision));
}

void Turn::then(Task task) {
    after_durable([&core = core_, task = std::move(task)](const Result<void>& outcome) {
        if (outcome) core.post(TaskKind::kWrite, task, [](const Error&) {});
    });
}

// ---- Core ---------------------------------------------------------------------------------------

Core::Core(const Machine& machine, CoreOptions options)
    : machine_(machine), options_(std::move(options)) {}

Result<std::unique_ptr<Core>> Core::open(const Machine& machine, const CoreOptions& options) {
    std::unique_ptr<Core> core(new Core(machine, options));
    TRY_VOID(core->restore());
    TRY_VOID(core->finish_interrupted_erasures());
    core->thread_ = std::thread([raw = core.get()] { raw->loop(); });
    return core;
}

Result<void> Core::restore() {
    const std::string& root = options_.directory;
    TRY_VOID(machine_.files.create_directories(root));
    TRY(folder_lock_, lock_folder(machine_.files, root));
    TRY(vault_, crypto::Vault::open(machine_.files, root + "/vault", machine_.random));
    TRY(const crypto::Digest seed, vault_->secret("receipt-signing"));
    signer_ = std::make_unique<crypto::Signer>(seed);
    journal::Options journal_options;
    journal_options.segment_bytes = options_.journal_segment_bytes;
    TRY(journal_,
        journal::Journal::open(machine_.files, root + "/journal", *vault_, journal_options));
    shelf_ = std::make_unique<journal::Shelf>(machine_.files, root + "/snapshots", *vault_,
                                              machine_.random, world_.books());
    TRY_VOID(shelf_->restore(*journal_));
    snapshot_offset_ = shelf_->applied();
    return {};
}

// An erasure is a record first and a destroyed key second. When the process stopped in between, the
// record is durable and the key is not yet gone.
Result<void> Core::finish_interrupted_erasures() {
    for (const SubjectId subject : world_.fans.forgotten_subjects()) {
        if (vault_->is_alive(subject)) TRY_VOID(vault_->destroy(subject));
    }
    return {};
}

Core::~Core() {
    stop();
}

std::optional<Error> Core::refusal(TaskKind kind) {
    if (failed_.load()) return journal_failed();
    if (kind == TaskKind::kRead) return std::nullopt;
    if (journal_->room(kMinRoomBytes) < kMinRoomBytes) return disk_full();
    if (const auto ready = ready_keys(); !ready) {
        return ready.error().reason == "file.disk_full" ? disk_full() : ready.error();
    }
    return std::nullopt;
}

// Makes keys for subjects ahead of need: a command that is under way must find one for everybody it
// brings, since the books have applied it before the journal asks.
Result<void> Core::ready_keys() {
    const std::uint32_t next = to_number(shelf_->next_subject());
    if (next + kMinReadyKeys <= ready_keys_) return {};
    const std::uint32_t wanted = next + 2 * kMinReadyKeys;
    TRY_VOID(vault_->seal(SubjectId{wanted}, {}, {}));
    ready_keys_ = wanted;
    return {};
}

void Core::post(TaskKind kind, Task task, const std::function<void(const Error&)>& refused) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && tasks_.size() < kMaxQueuedTasks) {
            tasks_.push_back({kind, std::move(task), refused});
            queued_.store(tasks_.size(), std::memory_order_relaxed);
            wake_.notify_one();
            return;
        }
        if (stopping_) {
            refused({Code::kOverloaded, "core.stopping", "Altis is stopping; try again shortly"});
            return;
        }
    }
    refused({Code::kOverloaded, "core.overloaded",
             "too many commands are waiting; try again after the time in Retry-After"});
}

Result<void> Core::run(TaskKind kind, Task task) {
    // Shared: the answer may come after a refusal path has already returned.
    auto answer = std::make_shared<std::promise<Result<void>>>();
    auto result = answer->get_future();
    post(
        kind,
        [answer, task = std::move(task)](Turn& turn) {
            task(turn);
            turn.after_durable(
                [answer](const Result<void>& outcome) { answer->set_value(outcome); });
        },
        [answer](const Error& error) { answer->set_value(tl::unexpected<Error>(error)); });
    return result.get();
}

void Core::loop() {
    while (true) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        QueuedTask queued = std::move(tasks_.front());
        tasks_.pop_front();
        queued_.store(tasks_.size(), std::memory_order_relaxed);
        lock.unlock();
        execute(queued);
    }
}

void Core::execute(QueuedTask& queued) {
    if (const auto error = refusal(queued.kind)) {
        queued.refused(*error);
        return;
    }
    Turn turn(*this);
    queued.task(turn);
    ALTIS_ASSERT(queued.kind == TaskKind::kWrite || turn.drafts_.empty());
    finish(turn);
    const bool due = shelf_->applied() - snapshot_offset_ >= options_.snapshot_every_records;
    if (due && !failed_.load()) {
        // A failed snapshot costs time at the next start, nothing else; the next one is tried
        // later.
        if (!snapshot()) snapshot_offset_ = shelf_->applied();
    }
}

void Core::finish(Turn& turn) {
    if (turn.drafts_.empty()) {
        wait_for_earlier(turn);
    } else {
        submit(turn);
    }
}

void Core::submit(Turn& turn) {
    auto actions = std::make_shared<std::vector<AfterDurable>>(std::move(turn.actions_));
    const auto on_durable = [this, actions](const Result<journal::Offset>& outcome) {
        const Result<void> done = outcome.map([](journal::Offset) {});
        if (!done) failed_.store(true);
        for (const AfterDurable& action : *actions)
            action(done);
        release_waiters(done);
    };
    const auto submitted = journal_->submit(std::move(turn.drafts_), turn.now_, on_durable);
    if (submitted) return;
    // The books are ahead of the journal now; nothing may be answered from them any more.
    failed_.store(true);
    const Result<void> done = tl::unexpected<Error>(submitted.error());
    for (const AfterDurable& action : *actions)
        action(done);
    release_waiters(done);
}

void Core::wait_for_earlier(Turn& turn) {
    if (turn.actions_.empty()) return;
    const journal::Offset needed = shelf_->applied();
    {
        const std::lock_guard lock(waiters_mutex_);
        waiters_.push_back({needed, std::move(turn.actions_)});
    }
    // The last batch may have become durable before the waiter was queued.
    if (journal_->durable() >= needed || failed_.load()) {
        release_waiters(failed_.load() ? Result<void>(tl::unexpected<Error>(journal_failed()))
                                       : Result<void>());
    }
}

void Core::release_waiters(const Result<void>& outcome) {
    std::deque<Waiter> ready;
    {
        const std::lock_guard lock(waiters_mutex_);
        while (!waiters_.empty() && (!outcome || waiters_.front().offset <= journal_->durable())) {
            ready.push_back(std::move(waiters_.front()));
            waiters_.pop_front();
        }
    }
    for (const Waiter& waiter : ready) {
        for (const AfterDurable& action : waiter.actions)
            action(outcome);
    }
}

Result<void> Core::snapshot() {
    while (journal_->durable() < shelf_->applied() && !failed_.load()) {
        journal_->wait_past(shelf_->applied() - 1, seconds(1));
    }
    if (failed_.load()) return tl::unexpected<Error>(journal_failed());
    TRY_VOID(shelf_->snapshot());
    snapshot_offset_ = shelf_->applied();
    return {};
}

void Core::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    // Best effort: without it the next start replays a longer tail.
    if (shelf_->applied() > snapshot_offset_) static_cast<void>(snapshot());
}

}  // namespace altis::service
