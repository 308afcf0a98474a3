// The core: the one thread that decides. Commands come in as tasks, are decided and applied in
// order, and are answered when what they wrote is on disk.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "crypto/sign.h"
#include "crypto/vault.h"
#include "journal/journal.h"
#include "journal/shelf.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "service/background.h"
#include "service/snapshot_pace.h"
#include "service/world.h"

namespace altis::service {

constexpr std::size_t kMaxQueuedTasks = 4'096;
constexpr std::size_t kMaxSpooledTasks = 65'536;    // the same, for callers who cannot come again
constexpr std::uint64_t kMinRoomBytes = 48U << 20;  // journal space that every writing task finds
constexpr std::uint32_t kMinReadyKeys = 60'000;     // subjects that one command may bring
constexpr std::size_t kFullTurnBytes = 4U << 20;  // payload after which a long job takes a new turn
constexpr std::size_t kFullTurnDrafts = 4'096;    // the same in drafts
constexpr Duration kDiskFullRetry = milliseconds(500);  // of tasks that wait for space

// What the machine provides; all must outlive the core.
struct Machine {
    platform::FileSystem& files;
    platform::Clock& clock;
    platform::Random& random;
};

struct CoreOptions {
    std::string directory;  // the data folder
    // At least so many between two snapshots; more where their state is large (snapshot_pace.h).
    std::uint64_t snapshot_every_records = 2'000'000;
    std::uint64_t journal_segment_bytes = 64U << 20;
};

// What happens once the drafts of a turn are durable, or the journal has failed.
using AfterDurable = std::function<void(const Result<void>&)>;

// Takes the hashes of what a turn committed, while they live.
using OnReceipts = std::function<void(const journal::Stored&)>;

// Called at most once, instead of a task that cannot run.
using Refused = std::function<void(const Error&)>;

// Whether a snapshot is durable and all older ones are unreadable.
using SnapshotDone = std::function<void(const Result<void>&)>;

enum class TaskKind : std::uint8_t {
    kRead,   // commits nothing
    kWrite,  // refused while the disk is full
};

// What becomes of a task that finds kMaxQueuedTasks before it. Those that wait have a limit of
// their own, kMaxSpooledTasks.
enum class WhenBusy : std::uint8_t { kRefuse, kWait };

class Core;
class Turn;
using Task = std::function<void(Turn&)>;

// One command's dealing with the world. Lives on the core thread for the length of its task.
class Turn {
  public:
    explicit Turn(Core& core);

    const World& world() const;
    Time now() const { return now_; }

    // The next free subject number; taken as soon as a committed draft carries it.
    SubjectId next_subject() const;

    // Applies the drafts at once and queues them for the journal. All drafts of one turn become one
    // indivisible group. Gives the offset of the first.
    journal::Offset commit(std::vector<journal::Draft> drafts);

    // The same for a decision: commits its drafts, or hands its error back. Fails, with nothing
    // changed, with "core.command_too_large" when the turn would no longer fit into the journal.
    Result<journal::Offset> commit(journal::Decision decision);

    // True when a job that can go on in another turn should do so.
    bool is_full() const;
    // True once the core was told to stop: chains that the next start resumes should end.
    bool is_stopping() const;

    // Once this turn is durable: destroys the keys of these subjects, which it let the books
    // forget, and renews the snapshot. What fails is done by the next start.
    void destroy_keys(std::vector<SubjectId> subjects);

    // Runs on the journal's thread after the turn is durable: answer the caller, publish.
    void after_durable(AfterDurable action) { actions_.push_back(std::move(action)); }

    // Runs on the journal's thread before all of `after_durable`, when the turn has committed
    // something and it is durable. One for a turn.
    void on_receipts(OnReceipts take) { on_receipts_ = std::move(take); }

    // Runs on the core thread as a task of its own once this turn is durable, however many tasks
    // wait and also during stop(). `refused` is called instead when the journal fails or, for a
    // writing one, while the disk is full; without a `refused` it waits for space.
    void then(TaskKind kind, Task task, Refused refused = {});

  private:
    friend class Core;
    std::uint64_t bytes_of(const std::vector<journal::Draft>& drafts) const;
    Core& core_;
    Time now_;
    journal::Offset next_offset_;
    std::vector<journal::Draft> drafts_;
    std::uint64_t bytes_ = 0;  // of drafts_, in the journal
    std::vector<AfterDurable> actions_;
    OnReceipts on_receipts_;
};

// Thread-safe from outside; everything inside runs on its own thread.
class Core {
  public:
    // Opens vault and journal, restores the books, finishes interrupted erasures, starts the
    // thread.
    static Result<std::unique_ptr<Core>> open(const Machine& machine, const CoreOptions& options);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // Queues a task. When it cannot be taken or run, `refused` is called with why:
    // "core.overloaded" and "core.stopping" at once, "journal.disk_full" and "journal.failed" when
    // its turn comes.
    void post(TaskKind kind, Task task, const Refused& refused,
              WhenBusy when_busy = WhenBusy::kRefuse);

    // Runs a task and waits until it is durable. For start-up, command line and tests.
    Result<void> run(TaskKind kind, Task task);

    // Finishes queued tasks and what follows from them, waits until all of them are answered,
    // writes a snapshot, stops the thread. Idempotent.
    void stop();

    journal::Journal& journal() { return *journal_; }
    crypto::Vault& vault() { return *vault_; }
    const crypto::Signer& signer() const { return *signer_; }
    platform::Random& random() { return machine_.random; }
    // The journal could not be written: nothing is accepted until a restart.
    bool failed() const { return failed_.load(std::memory_order_relaxed); }
    std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
    // stop() was called: what takes long on other threads should end.
    bool is_stopping();

    // Puts a new book into its state at the newest snapshot, as journal::load_snapshot does. On any
    // thread.
    journal::Offset load_snapshot(journal::Book& book, journal::Offset last);

    // Core thread only: a snapshot of the state as it is now or later, which makes all earlier ones
    // unreadable. The core is held only while the state is taken; packing and writing follow on
    // another thread, then `done` runs on the core thread. What is asked for while one is under way
    // waits and shares the next one.
    void snapshot(SnapshotDone done);
    // Core thread only.
    crypto::Digest state_hash() const { return shelf_->state_hash(); }

  private:
    friend class Turn;
    enum class Origin : std::uint8_t { kPosted, kFollowUp };
    struct QueuedTask {
        TaskKind kind;
        Origin origin;
        Task task;
        Refused refused;
    };
    // Actions of turns that wrote nothing but may have seen what is not yet durable.
    struct Waiter {
        journal::Offset offset;
        std::vector<AfterDurable> actions;
    };

    Core(const Machine& machine, CoreOptions options);
    Result<void> restore();
    Result<void> finish_interrupted_erasures();
    void loop();
    std::optional<QueuedTask> next_task();
    void wake_parked();
    void follow_up(QueuedTask queued);
    void park(QueuedTask queued);
    void execute(QueuedTask& queued);
    void finish(Turn& turn);
    void submit(Turn& turn);
    void wait_for_earlier(Turn& turn);
    void release_waiters(const Result<void>& outcome);
    void answer(const std::vector<AfterDurable>& actions, const Result<void>& outcome);
    std::optional<Error> refusal(TaskKind kind);
    Result<void> ready_keys();
    Result<void> wait_durable(journal::Offset offset);
    Result<void> store(journal::TakenStates taken);
    journal::TakenStates take();
    Result<void> snapshot_and_wait();
    void begin_snapshot();
    void end_snapshot(const Result<void>& outcome);

    Machine machine_;
    CoreOptions options_;
    std::unique_ptr<platform::FileLock> folder_lock_;  // first in, last out
    World world_;
    std::unique_ptr<crypto::Vault> vault_;
    std::unique_ptr<crypto::Signer> signer_;
    std::unique_ptr<journal::Journal> journal_;
    std::unique_ptr<journal::Shelf> shelf_;
    std::uint64_t min_room_bytes_ = kMinRoomBytes;
    std::uint32_t ready_keys_ = 0;  // subjects below this have a key

    // Of the snapshot under way; core thread only.
    bool is_storing_ = false;
    SnapshotPace pace_;
    journal::Offset snapshot_taken_ = 0;
    std::uint64_t bytes_since_snapshot_ = 0;      // of the drafts
    std::uint64_t state_bytes_ = 0;               // of the last snapshot, unpacked
    std::vector<SnapshotDone> snapshot_served_;   // by the one under way
    std::vector<SnapshotDone> snapshot_awaited_;  // by the next one

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<QueuedTask> tasks_;
    std::deque<QueuedTask> parked_;  // follow-ups that wait for disk space
    std::chrono::steady_clock::time_point parked_until_;
    std::size_t unanswered_ = 0;  // turns whose actions have not run
    bool stopping_ = false;
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> failed_{false};

    std::mutex waiters_mutex_;
    std::deque<Waiter> waiters_;
    std::thread thread_;
    Background storing_thread_;  // its last job may still look at all of the above
};

}  // namespace altis::service
