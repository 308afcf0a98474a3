// The journal that is open for writing: one thread commits, one keeps house (spare segments, head
// file).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/sign.h"
#include "journal/batch_writer.h"
#include "journal/journal.h"
#include "journal/recovery.h"
#include "journal/tail.h"

namespace altis::journal {

constexpr std::size_t kMaxBatchBytes = 8U << 20;  // a batch takes no further group beyond this
constexpr std::size_t kSpareSegments = 1;         // prepared and not yet taken into use
constexpr Duration kHeadInterval = seconds(1);    // least time between two writes of `head`
constexpr Duration kDiskFullRetryInterval = milliseconds(500);
constexpr Duration kMaxRoomWait = seconds(10);  // for a segment that is being prepared

// What readers and waiters need to know; lives as long as any of them.
class DurableMark {
  public:
    Offset get() const;
    void set(Offset offset);
    bool wait_past(Offset offset, Duration timeout);

  private:
    mutable std::mutex mutex_;
    std::condition_variable moved_;
    Offset offset_ = 0;
};

class JournalWriter final : public Journal {
  public:
    JournalWriter(platform::FileSystem& files, std::string directory, crypto::Vault& vault,
                  const Options& options, const crypto::Digest& signing_seed);
    ~JournalWriter() override;

    // Recovers and starts the threads; once, before anything else.
    Result<void> begin();

    Result<Offset> submit(std::vector<Draft> drafts, Time now, OnDurable on_durable) override;
    Offset last_submitted() const override;
    Offset durable() const override { return mark_->get(); }
    Head head() const override;
    const crypto::PublicKey& public_key() const override { return signer_.public_key(); }
    const Recovery& recovery() const override { return recovery_; }
    std::uint64_t room(std::uint64_t wanted) override;
    Result<std::unique_ptr<Reader>> read(Offset from) override;
    Result<InclusionProof> prove(Offset offset) const override;
    bool wait_past(Offset offset, Duration timeout) override;

  private:
    using Lock = std::unique_lock<std::mutex>;
    using SteadyTime = std::chrono::steady_clock::time_point;
    // Who waits for a group, and what of the batch it is told.
    struct Waiting {
        Stored stored;
        OnDurable on_durable;
    };

    // Under the lock: finding room for a group.
    Result<void> check_group(const std::vector<Draft>& drafts, std::uint64_t bytes) const;
    Result<void> ready_key(const std::vector<Draft>& drafts);
    bool take_room(std::uint64_t batch_bytes);
    Result<void> wait_for_room(Lock& lock, std::uint64_t batch_bytes);
    bool may_retry_segment() const;
    Result<void> refuse_for_room() const;
    std::uint64_t room_now() const;
    std::uint64_t capacity() const { return options_.segment_bytes - kSegmentHeaderBytes; }
    Error failure() const;

    // The commit thread.
    void commit_loop();
    void wait_for_work(Lock& lock);
    std::vector<Group> take_groups();
    std::vector<Waiting> take_waiting(std::vector<Group>& groups) const;
    Result<HeadFile> commit(const std::vector<Group>& groups, std::unique_ptr<platform::File> next);
    std::unique_ptr<platform::File> take_spare(std::uint32_t segment);
    void settle(const Result<HeadFile>& outcome);
    void fail_pending(Lock& lock);

    // The housekeeping thread.
    void keep_house();
    bool wants_segment() const;
    bool wants_head() const;
    void prepare_segment(Lock& lock);
    void write_head(Lock& lock);

    platform::FileSystem& files_;
    const std::string directory_;
    crypto::Vault& vault_;
    const Options options_;
    const crypto::Signer signer_;
    std::unique_ptr<platform::FileLock> directory_lock_;
    Recovery recovery_;
    std::optional<BatchWriter> writer_;
    const std::shared_ptr<DurableMark> mark_ = std::make_shared<DurableMark>();
    Tails tails_;

    mutable std::mutex mutex_;
    std::condition_variable work_;   // for the commit thread
    std::condition_variable house_;  // for the housekeeping thread
    std::condition_variable room_;   // for those who wait for a segment

    std::deque<Group> queue_;
    std::uint64_t queued_bytes_ = 0;
    Offset last_submitted_ = 0;
    std::uint32_t highest_ready_subject_ = 0;
    std::uint32_t planned_segment_ = 0;  // where the next group goes
    std::uint64_t planned_left_ = 0;     // bytes left there
    std::map<std::uint32_t, std::unique_ptr<platform::File>> spares_;
    std::uint32_t last_segment_ = 0;      // newest that exists
    std::optional<Error> segment_error_;  // why there is no spare segment
    SteadyTime segment_tried_{};
    std::uint64_t attempts_ = 0;
    std::optional<Error> failed_;
    HeadFile newest_head_;
    HeadFile written_head_;
    SteadyTime head_due_{};  // not before this time
    bool closing_ = false;

    std::thread commit_thread_;
    std::thread house_thread_;
};

}  // namespace altis::journal
