// For tests: a journal in memory, with subjects whose keys can be destroyed and records that can be
// damaged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"
#include "journal/proof.h"

namespace altis::warehouse {

// Thread-safe.
class FakeJournal final : public journal::Journal {
  public:
    Result<journal::Offset> submit(std::vector<journal::Draft> drafts, Time now,
                                   journal::OnDurable on_durable) override {
        const std::lock_guard lock(mutex_);
        for (journal::Draft& draft : drafts)
            entries_.push_back({std::move(draft), now});
        changed_.notify_all();
        if (on_durable) on_durable(journal::Stored{entries_.size(), {}});
        return entries_.size();
    }
    journal::Offset last_submitted() const override { return durable(); }
    journal::Offset durable() const override {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }
    journal::Head head() const override { return {}; }
    const crypto::PublicKey& public_key() const override { return key_; }
    const journal::Recovery& recovery() const override { return recovery_; }
    std::uint64_t room(std::uint64_t) override { return UINT64_MAX; }
    Result<std::unique_ptr<journal::Reader>> read(journal::Offset from) override {
        return std::make_unique<FakeReader>(*this, from);
    }
    Result<journal::InclusionProof> prove(journal::Offset) const override {
        return fail(Code::kNotFound, "journal.no_record", "a journal in memory proves nothing");
    }
    bool wait_past(journal::Offset offset, Duration timeout) override {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::microseconds(timeout.us),
                                 [&] { return entries_.size() > offset; });
    }

    // From now on the subject's records come out erased.
    void destroy_key(SubjectId subject) {
        const std::lock_guard lock(mutex_);
        destroyed_.insert(subject);
    }
    void damage(journal::Offset offset) {
        const std::lock_guard lock(mutex_);
        damaged_.insert(offset);
    }

  private:
    struct Entry {
        journal::Draft draft;
        Time time;
    };

    class FakeReader final : public journal::Reader {
      public:
        FakeReader(FakeJournal& journal, journal::Offset from) : journal_(journal), next_(from) {}
        Result<bool> next(journal::Record& record) override {
            const std::lock_guard lock(journal_.mutex_);
            if (next_ > journal_.entries_.size()) return false;
            const journal::Offset offset = next_++;
            if (journal_.damaged_.contains(offset)) {
                return fail(Code::kCorrupt, "journal.damaged",
                            "record " + std::to_string(offset) + " is damaged");
            }
            const Entry& entry = journal_.entries_[offset - 1];
            const bool erased = journal_.destroyed_.contains(entry.draft.subject);
            payload_ = erased ? std::string() : entry.draft.payload;
            record = {
                offset,   entry.time, entry.draft.type, entry.draft.topic, entry.draft.subject,
                payload_, erased};
            return true;
        }

      private:
        FakeJournal& journal_;
        journal::Offset next_;
        std::string payload_;
    };

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Entry> entries_;
    std::set<SubjectId> destroyed_;
    std::set<journal::Offset> damaged_;
    crypto::PublicKey key_{};
    journal::Recovery recovery_;
};

}  // namespace altis::warehouse
