#include "journal/journal_writer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "journal/journal_reader.h"
#include "journal/proof.h"

namespace altis::journal {

namespace {

using std::chrono::steady_clock;

std::chrono::microseconds chrono_of(Duration duration) {
    return std::chrono::microseconds(duration.us);
}

bool is_type(std::string_view type) {
    return !type.empty() && type.size() <= kMaxTypeBytes &&
           std::all_of(type.begin(), type.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
           });
}

Result<void> check_draft(const Draft& draft) {
    if (!is_type(draft.type))
        return fail(Code::kInvalid, "journal.draft_invalid",
                    "the type of a draft must be 1 to 64 of a-z, 0-9, '_' and '.'");
    if (draft.topic.size() > kMaxTopicBytes)
        return fail(Code::kTooLarge, "journal.draft_invalid",
                    "the topic of a draft of type " + draft.type + " is longer than 256 bytes");
    if (draft.payload.size() > kMaxPayloadBytes)
        return fail(Code::kTooLarge, "journal.draft_invalid",
                    "the payload of a draft of type " + draft.type + " is larger than 33 MiB");
    return {};
}

}  // namespace

Offset DurableMark::get() const {
    const std::lock_guard lock(mutex_);
    return offset_;
}

void DurableMark::set(Offset offset) {
    {
        const std::lock_guard lock(mutex_);
        offset_ = offset;
    }
    moved_.notify_all();
}

bool DurableMark::wait_past(Offset offset, Duration timeout) {
    std::unique_lock lock(mutex_);
    return moved_.wait_for(lock, chrono_of(timeout), [&] { return offset_ > offset; });
}

JournalWriter::JournalWriter(platform::FileSystem& files, std::string directory,
                             crypto::Vault& vault, const Options& options,
                             const crypto::Digest& signing_seed)
    : files_(files),
      directory_(std::move(directory)),
      vault_(vault),
      options_(options),
      signer_(signing_seed) {}

Result<void> JournalWriter::begin() {
    TRY(Recovered recovered, recover(files_, directory_, signer_.public_key(), options_));
    const ChainEnd& end = recovered.end;
    directory_lock_ = std::move(recovered.lock);
    recovery_ = recovered.recovery;
    writer_.emplace(vault_, signer_, end.place);
    if (recovered.segment) {
        TRY_VOID(writer_->resume(end.segment, std::move(recovered.segment), end.position));
    }
    last_submitted_ = end.place.next_offset - 1;
    mark_->set(last_submitted_);
    planned_segment_ = last_segment_ = end.segment;
    planned_left_ = recovered.segment_bytes - std::min(end.position, recovered.segment_bytes);
    for (auto& spare : recovered.spares)
        spares_.emplace(++last_segment_, std::move(spare));
    newest_head_ = {end.head, end.segment, end.last_batch_at};
    if (end.last_batch_at == 0) written_head_ = newest_head_;  // nothing here to note
    commit_thread_ = std::thread([this] { commit_loop(); });
    house_thread_ = std::thread([this] { keep_house(); });
    return {};
}

JournalWriter::~JournalWriter() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
    house_.notify_all();
    room_.notify_all();
    if (commit_thread_.joinable()) commit_thread_.join();
    if (house_thread_.joinable()) house_thread_.join();
    Lock lock(mutex_);
    if (!failed_ && newest_head_.head.offset > written_head_.head.offset) write_head(lock);
}

Offset JournalWriter::last_submitted() const {
    const std::lock_guard lock(mutex_);
    return last_submitted_;
}

Head JournalWriter::head() const {
    const std::lock_guard lock(mutex_);
    return newest_head_.head;
}

bool JournalWriter::wait_past(Offset offset, Duration timeout) {
    return mark_->wait_past(offset, timeout);
}

Result<std::unique_ptr<Reader>> JournalWriter::read(Offset from) {
    ReaderSource source{&files_,
                        directory_,
                        &vault_,
                        signer_.public_key(),
                        [mark = mark_] { return mark->get(); },
                        tails_.make()};
    return std::make_unique<JournalReader>(std::move(source), from);
}

Result<InclusionProof> JournalWriter::prove(Offset offset) const {
    const Offset last = durable();
    if (offset == 0 || offset > last)
        return fail(Code::kNotFound, "journal.no_record",
                    "the journal has no durable record " + std::to_string(offset) +
                        "; its last one is " + std::to_string(last));
    return journal::prove(files_, directory_, offset, signer_.public_key());
}

// --- submitting ---

Result<Offset> JournalWriter::submit(std::vector<Draft> drafts, Time now, OnDurable on_durable) {
    const std::uint64_t bytes = frame_bytes_of(drafts);
    TRY_VOID(check_group(drafts, bytes));
    TRY_VOID(ready_key(drafts));
    Lock lock(mutex_);
    TRY_VOID(wait_for_room(lock, batch_bytes_for(bytes)));
    last_submitted_ += drafts.size();
    const Offset last = last_submitted_;
    queue_.push_back(
        {std::move(drafts), now, std::move(on_durable), last, bytes, planned_segment_});
    queued_bytes_ += bytes;
    lock.unlock();
    work_.notify_one();
    return last;
}

Result<void> JournalWriter::check_group(const std::vector<Draft>& drafts,
                                        std::uint64_t bytes) const {
    if (drafts.empty())
        return fail(Code::kInvalid, "journal.draft_invalid", "a group must hold a draft");
    for (const Draft& draft : drafts)
        TRY_VOID(check_draft(draft));
    if (batch_bytes_for(bytes) > capacity())
        return fail(Code::kTooLarge, "journal.draft_invalid",
                    "a group of drafts takes " + std::to_string(bytes) +
                        " bytes and must fit into one segment of " +
                        std::to_string(options_.segment_bytes) + "; split it");
    return {};
}

// A new subject's key is made before its first draft is queued, so that a vault that cannot store
// one refuses this command and does not stop the journal.
Result<void> JournalWriter::ready_key(const std::vector<Draft>& drafts) {
    std::uint32_t highest = 0;
    for (const Draft& draft : drafts)
        highest = std::max(highest, to_number(draft.subject));
    {
        const std::lock_guard lock(mutex_);
        if (highest <= highest_ready_subject_) return {};
    }
    const auto sealed = vault_.seal(SubjectId{highest}, {}, {});
    if (!sealed && sealed.error().reason != "vault.key_destroyed")
        return tl::unexpected<Error>(sealed.error());
    const std::lock_guard lock(mutex_);
    highest_ready_subject_ = std::max(highest_ready_subject_, highest);
    return {};
}

bool JournalWriter::take_room(std::uint64_t batch_bytes) {
    if (batch_bytes > planned_left_) {
        if (!spares_.contains(planned_segment_ + 1)) return false;
        ++planned_segment_;
        planned_left_ = capacity();
    }
    planned_left_ -= batch_bytes;
    return true;
}

Result<void> JournalWriter::wait_for_room(Lock& lock, std::uint64_t batch_bytes) {
    const auto deadline = steady_clock::now() + chrono_of(kMaxRoomWait);
    while (true) {
        if (failed_) return tl::unexpected<Error>(failure());
        if (take_room(batch_bytes)) return {};
        if (segment_error_ && !may_retry_segment()) return refuse_for_room();
        segment_error_.reset();
        house_.notify_one();
        // The commit thread must not wait for itself.
        const bool may_wait = std::this_thread::get_id() != commit_thread_.get_id();
        if (!may_wait || room_.wait_until(lock, deadline) == std::cv_status::timeout)
            return fail(Code::kOverloaded, "journal.overloaded",
                        "the disk does not keep up with the journal; try again in a moment");
    }
}

bool JournalWriter::may_retry_segment() const {
    return steady_clock::now() - segment_tried_ >= chrono_of(kDiskFullRetryInterval);
}

Result<void> JournalWriter::refuse_for_room() const {
    const bool is_full = segment_error_->reason == "file.disk_full";
    return fail(Code::kUnavailable, is_full ? "journal.disk_full" : "journal.failed",
                "the journal cannot get another segment of " +
                    std::to_string(options_.segment_bytes) + " bytes (" + segment_error_->message +
                    "); " + (is_full ? "free some space on that disk" : "look after that disk"));
}

std::uint64_t JournalWriter::room_now() const {
    std::uint64_t bytes = planned_left_;
    for (const auto& [number, file] : spares_)
        if (number > planned_segment_) bytes += capacity();
    return bytes;
}

std::uint64_t JournalWriter::room(std::uint64_t wanted) {
    Lock lock(mutex_);
    if (failed_) return 0;
    const bool was_refused = segment_error_ && !may_retry_segment();
    if (room_now() >= wanted || was_refused) return room_now();
    const std::uint64_t attempts = attempts_;
    segment_error_.reset();
    house_.notify_one();
    room_.wait_for(lock, chrono_of(kMaxRoomWait),
                   [&] { return attempts_ > attempts || closing_ || failed_ || !wants_segment(); });
    return failed_ ? 0 : room_now();
}

Error JournalWriter::failure() const {
    return {Code::kUnavailable, "journal.failed",
            "the journal has stopped (" + failed_->message +
                "); see to the disk and start the program again"};
}

// --- the commit thread ---

void JournalWriter::commit_loop() {
    Lock lock(mutex_);
    while (true) {
        wait_for_work(lock);
        if (queue_.empty()) return;
        if (failed_) {
            fail_pending(lock);
            continue;
        }
        std::vector<Group> groups = take_groups();
        auto next = take_spare(groups.front().segment);
        lock.unlock();
        const Result<HeadFile> outcome = commit(groups, std::move(next));
        const std::vector<Waiting> waiting = take_waiting(groups);
        if (outcome) tails_.add(std::make_shared<const std::vector<Group>>(std::move(groups)));
        lock.lock();
        settle(outcome);
        lock.unlock();
        for (const auto& [stored, on_durable] : waiting) {
            if (outcome) {
                on_durable(stored);
            } else {
                on_durable(tl::unexpected<Error>(failure()));
            }
        }
        lock.lock();
    }
}

// Those who wait for the groups. Followers keep groups for a while, but nobody's callbacks.
std::vector<JournalWriter::Waiting> JournalWriter::take_waiting(std::vector<Group>& groups) const {
    std::vector<Waiting> waiting;
    auto hashes = writer_->hashes();  // fewer than drafts when the batch failed
    for (Group& group : groups) {
        const auto own = hashes.first(std::min(hashes.size(), group.drafts.size()));
        hashes = hashes.subspan(own.size());
        if (!group.on_durable) continue;
        waiting.push_back({{group.last_offset, own}, std::exchange(group.on_durable, nullptr)});
    }
    return waiting;
}

void JournalWriter::wait_for_work(Lock& lock) {
    work_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (options_.linger.us <= 0) return;
    work_.wait_for(lock, chrono_of(options_.linger),
                   [this] { return closing_ || queued_bytes_ >= kMaxBatchBytes; });
}

// What goes into the next batch: groups of one segment, up to the size of a batch.
std::vector<Group> JournalWriter::take_groups() {
    std::vector<Group> groups;
    std::uint64_t bytes = 0;
    const std::uint32_t segment = queue_.front().segment;
    while (!queue_.empty() && queue_.front().segment == segment) {
        if (!groups.empty() && bytes + queue_.front().bytes > kMaxBatchBytes) break;
        bytes += queue_.front().bytes;
        groups.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    return groups;
}

// The file of `segment` when the writer is still in the one before.
std::unique_ptr<platform::File> JournalWriter::take_spare(std::uint32_t segment) {
    if (segment == writer_->segment()) return nullptr;
    const auto spare = spares_.find(segment);
    ALTIS_ASSERT(spare != spares_.end());
    auto file = std::move(spare->second);
    spares_.erase(spare);
    house_.notify_one();
    return file;
}

Result<HeadFile> JournalWriter::commit(const std::vector<Group>& groups,
                                       std::unique_ptr<platform::File> next) {
    if (next) TRY_VOID(writer_->start(groups.front().segment, std::move(next)));
    return writer_->write(groups);
}

void JournalWriter::settle(const Result<HeadFile>& outcome) {
    if (!outcome) {
        failed_ = outcome.error();
        room_.notify_all();
        return;
    }
    const bool is_new_segment = outcome->segment != newest_head_.segment;
    const bool was_noted = !wants_head();
    newest_head_ = *outcome;
    mark_->set(newest_head_.head.offset);
    if (is_new_segment) head_due_ = steady_clock::now();
    if (is_new_segment || was_noted) house_.notify_one();
}

void JournalWriter::fail_pending(Lock& lock) {
    std::deque<Group> pending;
    pending.swap(queue_);
    queued_bytes_ = 0;
    const Error error = failure();
    lock.unlock();
    for (const Group& group : pending)
        if (group.on_durable) group.on_durable(tl::unexpected<Error>(error));
    pending.clear();
    lock.lock();
}

// --- the housekeeping thread ---

bool JournalWriter::wants_segment() const {
    return spares_.size() < kSpareSegments && !failed_ && !segment_error_;
}

bool JournalWriter::wants_head() const {
    return !failed_ && newest_head_.head.offset > written_head_.head.offset;
}

void JournalWriter::keep_house() {
    Lock lock(mutex_);
    while (!closing_) {
        if (wants_segment()) {
            prepare_segment(lock);
        } else if (wants_head() && steady_clock::now() >= head_due_) {
            write_head(lock);
        } else if (wants_head()) {
            house_.wait_until(lock, head_due_);
        } else {
            house_.wait(lock);
        }
    }
}

void JournalWriter::prepare_segment(Lock& lock) {
    const std::uint32_t number = last_segment_ + 1;
    lock.unlock();
    auto file = make_segment(files_, directory_, number, options_.segment_bytes);
    lock.lock();
    ++attempts_;
    segment_tried_ = steady_clock::now();
    segment_error_.reset();
    if (file) {
        spares_.emplace(number, std::move(*file));
        last_segment_ = number;
    } else {
        segment_error_ = file.error();
    }
    room_.notify_all();
}

// A head that cannot be written is tried again later: the journal does not depend on it.
void JournalWriter::write_head(Lock& lock) {
    const HeadFile head = newest_head_;
    head_due_ = steady_clock::now() + chrono_of(kHeadInterval);
    lock.unlock();
    const auto written =
        platform::write_file_atomically(files_, head_path(directory_), encode(head));
    lock.lock();
    if (written) written_head_ = head;
}

}  // namespace altis::journal
