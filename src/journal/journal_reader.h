// The one reader behind `Journal::read` and `read_files`.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "journal/journal.h"
#include "journal/segment_file.h"
#include "journal/tail.h"

namespace altis::journal {

// The last offset that may be read at this moment; called again and again.
using ReadLimit = std::function<Offset()>;

// For a journal whose end is damaged: whatever can be read.
constexpr Offset kNoLimit = std::numeric_limits<Offset>::max();

struct ReaderSource {
    platform::FileSystem* files;
    std::string directory;
    crypto::Vault* vault;                  // null: sealed payloads come out erased
    std::optional<crypto::PublicKey> key;  // for finding the way behind damage
    ReadLimit limit;
    std::shared_ptr<Tail> tail;  // of a live journal; or null
};

class JournalReader final : public Reader {
  public:
    JournalReader(ReaderSource source, Offset from)
        : source_(std::move(source)), next_offset_(from == 0 ? 1 : from) {}

    Result<bool> next(Record& record) override;

  private:
    bool enter_recent();
    Record take_recent();
    Result<bool> enter_batch();
    Result<bool> find_segment();
    Result<bool> enter_next_segment();
    Result<void> open_segment(std::uint32_t number);
    void refresh();
    Result<void> load_frames(const BatchHeader& header);
    Result<bool> recover_position(bool has_header);
    Result<bool> read_next_frame(Record& record);
    Result<void> fill(const Frame& frame, Record& record);
    Result<void> unseal(const Frame& frame, Record& record);
    tl::unexpected<Error> report(std::uint64_t position, std::string what) const;

    ReaderSource source_;
    Offset next_offset_;
    Offset seen_limit_ = 0;  // limit when the buffer of `segment_` was filled
    std::unique_ptr<SegmentFile> segment_;
    std::uint64_t position_ = 0;  // of the next batch header
    std::string_view frames_;     // what is left of the current batch
    std::uint32_t frames_left_ = 0;
    std::uint64_t batch_at_ = 0;  // position of the current batch
    Offset batch_end_ = 0;        // first offset behind it
    std::string unsealed_;
    RecentBatch recent_;  // where the next record comes from; or null
    std::size_t recent_group_ = 0;
    std::size_t recent_draft_ = 0;
};

}  // namespace altis::journal
