#include "service/core.h"

#include <algorithm>
#include <future>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "codec/json.h"

namespace altis::service {
namespace {

constexpr std::uint64_t kDraftOverhead = 128;  // at most, of a frame and a seal in the journal

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

std::string snapshot_folder(const std::string& root) {
    return root + "/snapshots";
}

Error stopping() {
    return {Code::kOverloaded, "core.stopping", "Altis is stopping; try again shortly"};
}

Error overloaded() {
    return {Code::kOverloaded, "core.overloaded",
            "too many commands are waiting; try again after the time in Retry-After"};
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

std::uint64_t Turn::bytes_of(const std::vector<journal::Draft>& drafts) const {
    std::uint64_t bytes = 0;
    for (const journal::Draft& draft : drafts)
        bytes += draft.payload.size() + draft.topic.size() + draft.type.size() + kDraftOverhead;
    return bytes;
}

bool Turn::is_full() const {
    return bytes_ >= kFullTurnBytes || drafts_.size() >= kFullTurnDrafts;
}

bool Turn::is_stopping() const {
    return core_.is_stopping();
}

journal::Offset Turn::commit(std::vector<journal::Draft> drafts) {
    constexpr std::size_t kUsualDrafts = 32;
    const journal::Offset first = next_offset_;
    if (drafts_.capacity() == 0) drafts_.reserve(std::max(kUsualDrafts, drafts.size()));
    bytes_ += bytes_of(drafts);
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
    const bool is_record_too_large = std::ranges::any_of(*decision, [](const auto& draft) {
        return draft.payload.size() > journal::kMaxPayloadBytes ||
               draft.topic.size() > journal::kMaxTopicBytes;
    });
    if (is_record_too_large || bytes_ + bytes_of(*decision) > core_.min_room_bytes_) {
        return fail(Code::kTooLarge, "core.command_too_large",
                    "the command is larger than the journal takes at once; split it");
    }
    return commit(std::move(*decision));
}

void Turn::then(TaskKind kind, Task task, Refused refused) {
    after_durable([&core = core_, kind, task = std::move(task),
                   refused = std::move(refused)](const Result<void>& outcome) {
        if (outcome) {
            core.follow_up({kind, Core::Origin::kFollowUp, task, refused});
        } else if (refused) {
            refused(outcome.error());
        }
    });
}

void Turn::destroy_keys(std::vector<SubjectId> subjects) {
    if (subjects.empty()) return;
    // A read: it needs no space in the journal, so it is not kept waiting for any.
    then(TaskKind::kRead, [&core = core_, subjects = std::move(subjects)](Turn&) {
        if (core.vault().destroy_all(subjects)) core.snapshot({});
    });
}

// ---- Core ---------------------------------------------------------------------------------------

Core::Core(const Machine& machine, CoreOptions options)
    : machine_(machine),
      options_(std::move(options)),
      min_room_bytes_(std::min(kMinRoomBytes, options_.journal_segment_bytes / 4 * 3)),
      pace_(options_.snapshot_every_records) {}

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
    shelf_ = std::make_unique<journal::Shelf>(machine_.files, snapshot_folder(root), *vault_,
                                              machine_.random, world_.books());
    TRY_VOID(shelf_->restore(*journal_));
    pace_.taken(shelf_->snapshot_offset(), 0);
    return {};
}

// An erasure is a record first, a destroyed key second and a new snapshot third. When the process
// stopped in between, the record is durable and the rest is done here.
Result<void> Core::finish_interrupted_erasures() {
    std::vector<SubjectId> forgotten = world_.fans.forgotten_letters().members();
    const auto& subjects = world_.fans.forgotten_subjects();
    forgotten.insert(forgotten.end(), subjects.begin(), subjects.end());
    std::vector<SubjectId> left = forgotten;
    std::erase_if(left, [this](SubjectId subject) { return !vault_->is_alive(subject); });
    TRY_VOID(vault_->destroy_all(left));
    // On a full disk the next snapshot does it.
    const bool may_know_them = shelf_->applied() > shelf_->snapshot_offset();
    if (!forgotten.empty() && may_know_them) static_cast<void>(snapshot_and_wait());
    return {};
}

Core::~Core() {
    stop();
}

bool Core::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::optional<Error> Core::refusal(TaskKind kind) {
    if (failed_.load()) return journal_failed();
    if (kind == TaskKind::kRead) return std::nullopt;
    if (journal_->room(min_room_bytes_) < min_room_bytes_) return disk_full();
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

void Core::post(TaskKind kind, Task task, const Refused& refused, WhenBusy when_busy) {
    const std::size_t limit = when_busy == WhenBusy::kWait ? kMaxSpooledTasks : kMaxQueuedTasks;
    std::unique_lock lock(mutex_);
    if (!stopping_ && tasks_.size() < limit) {
        tasks_.push_back({kind, Origin::kPosted, std::move(task), refused});
        queued_.store(tasks_.size(), std::memory_order_relaxed);
        wake_.notify_one();
        return;
    }
    const Error error = stopping_ ? stopping() : overloaded();
    lock.unlock();
    refused(error);
}

void Core::follow_up(QueuedTask queued) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(queued));
    queued_.store(tasks_.size(), std::memory_order_relaxed);
    wake_.notify_one();
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
    while (auto queued = next_task())
        execute(*queued);
}

// Nothing once the core is to stop and all is done and answered.
std::optional<Core::QueuedTask> Core::next_task() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_parked();
        if (!tasks_.empty()) break;
        if (stopping_ && unanswered_ == 0) return std::nullopt;
        if (parked_.empty()) {
            wake_.wait(lock);
        } else {
            wake_.wait_until(lock, parked_until_);
        }
    }
    QueuedTask queued = std::move(tasks_.front());
    tasks_.pop_front();
    queued_.store(tasks_.size(), std::memory_order_relaxed);
    return queued;
}

// Under the lock.
void Core::wake_parked() {
    if (!stopping_ && std::chrono::steady_clock::now() < parked_until_) return;
    for (QueuedTask& queued : parked_)
        tasks_.push_back(std::move(queued));
    parked_.clear();
}

void Core::park(QueuedTask queued) {
    const std::lock_guard lock(mutex_);
    parked_.push_back(std::move(queued));
    parked_until_ = std::chrono::steady_clock::now() + std::chrono::microseconds(kDiskFullRetry.us);
}

void Core::execute(QueuedTask& queued) {
    if (const auto error = refusal(queued.kind)) {
        const bool can_wait =
            queued.origin == Origin::kFollowUp && !queued.refused && !failed_.load();
        if (can_wait && !is_stopping()) return park(std::move(queued));
        if (queued.refused) queued.refused(*error);
        return;
    }
    Turn turn(*this);
    queued.task(turn);
    ALTIS_ASSERT(queued.kind == TaskKind::kWrite || turn.drafts_.empty());
    pace_.add_bytes(turn.bytes_);
    finish(turn);
    // When one fails that costs time at the next start, nothing else; the next is tried later.
    if (pace_.is_due(shelf_->applied()) && !is_storing_ && !failed_.load()) snapshot({});
}

void Core::finish(Turn& turn) {
    if (turn.drafts_.empty()) {
        wait_for_earlier(turn);
    } else {
        submit(turn);
    }
}

void Core::submit(Turn& turn) {
    {
        const std::lock_guard lock(mutex_);
        ++unanswered_;
    }
    auto actions = std::make_shared<std::vector<AfterDurable>>(std::move(turn.actions_));
    const auto settle = [this, actions, take = std::move(turn.on_receipts_)](
                            const Result<journal::Stored>& outcome) {
        if (outcome && take) take(*outcome);
        const Result<void> done = outcome.map([](const journal::Stored&) {});
        if (!done) failed_.store(true);
        release_waiters(done);
        answer(*actions, done);  // last: when nothing is unanswered any more, the core may go
    };
    const auto submitted = journal_->submit(std::move(turn.drafts_), turn.now_, settle);
    // The books are ahead of the journal now; nothing may be answered from them any more.
    if (!submitted) settle(tl::unexpected<Error>(submitted.error()));
}

void Core::answer(const std::vector<AfterDurable>& actions, const Result<void>& outcome) {
    for (const AfterDurable& action : actions)
        action(outcome);
    const std::lock_guard lock(mutex_);
    --unanswered_;
    if (stopping_) wake_.notify_one();
}

void Core::wait_for_earlier(Turn& turn) {
    if (turn.actions_.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        ++unanswered_;
    }
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
    for (const Waiter& waiter : ready)
        answer(waiter.actions, outcome);
}

// ---- snapshots ----------------------------------------------------------------------------------

journal::Offset Core::load_snapshot(journal::Book& book, journal::Offset last) {
    return journal::load_snapshot(machine_.files, snapshot_folder(options_.directory), *vault_,
                                  book, last);
}

Result<void> Core::wait_durable(journal::Offset offset) {
    while (journal_->durable() < offset && !failed_.load())
        journal_->wait_past(offset - 1, seconds(1));
    if (failed_.load()) return tl::unexpected<Error>(journal_failed());
    return {};
}

// A snapshot must not be ahead of the journal.
Result<void> Core::store(journal::TakenStates taken) {
    TRY_VOID(wait_durable(taken.offset));
    return shelf_->store(std::move(taken));
}

journal::TakenStates Core::take() {
    journal::TakenStates taken = shelf_->take();
    pace_.taken(taken.offset, taken.bytes());
    return taken;
}

// While the thread does not run.
Result<void> Core::snapshot_and_wait() {
    return store(take());
}

void Core::snapshot(SnapshotDone done) {
    if (done) snapshot_awaited_.push_back(std::move(done));
    if (!is_storing_) begin_snapshot();
}

void Core::begin_snapshot() {
    is_storing_ = true;
    snapshot_served_ = std::exchange(snapshot_awaited_, {});
    {
        const std::lock_guard lock(mutex_);
        ++unanswered_;  // keeps stop() waiting
    }
    auto taken = std::make_shared<journal::TakenStates>(take());
    storing_thread_.post([this, taken] {
        const Result<void> outcome = store(std::move(*taken));
        follow_up({TaskKind::kRead, Origin::kFollowUp,
                   [this, outcome](Turn&) { end_snapshot(outcome); },
                   [this](const Error& error) { end_snapshot(tl::unexpected<Error>(error)); }});
    });
}

void Core::end_snapshot(const Result<void>& outcome) {
    is_storing_ = false;
    for (const SnapshotDone& done : std::exchange(snapshot_served_, {}))
        done(outcome);
    if (!snapshot_awaited_.empty() && !is_storing_) begin_snapshot();
    const std::lock_guard lock(mutex_);
    --unanswered_;
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
    if (shelf_->applied() > shelf_->snapshot_offset()) static_cast<void>(snapshot_and_wait());
}

}  // namespace altis::service
