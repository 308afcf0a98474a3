#include "journal/journal_reader.h"

#include <algorithm>

#include "journal/chain_walk.h"
#include "journal/survey.h"

namespace altis::journal {

Result<bool> JournalReader::next(Record& record) {
    while (frames_left_ == 0) {
        if (enter_recent()) {
            record = take_recent();
            return true;
        }
        TRY(const bool entered, enter_batch());
        if (!entered) return false;
    }
    return read_next_frame(record);
}

// True when the next record is still in memory. Positions in the files stay where they are: whoever
// comes back to them walks on from there.
bool JournalReader::enter_recent() {
    if (recent_ && recent_draft_ < (*recent_)[recent_group_].drafts.size()) return true;
    recent_draft_ = 0;
    if (recent_ && ++recent_group_ < recent_->size()) return true;
    recent_.reset();
    if (!source_.tail || next_offset_ > source_.limit()) return false;
    recent_ = source_.tail->take(next_offset_);
    if (!recent_) return false;
    recent_group_ = 0;
    while ((*recent_)[recent_group_].last_offset < next_offset_)
        ++recent_group_;
    const Group& group = (*recent_)[recent_group_];
    recent_draft_ = group.drafts.size() - (group.last_offset + 1 - next_offset_);
    return true;
}

Record JournalReader::take_recent() {
    const Group& group = (*recent_)[recent_group_];
    const Draft& draft = group.drafts[recent_draft_++];
    const bool erased = draft.subject != kNoSubject && !source_.vault->is_alive(draft.subject);
    return {next_offset_++, group.now,
            draft.type,     draft.topic,
            draft.subject,  erased ? std::string_view() : std::string_view(draft.payload),
            erased};
}

tl::unexpected<Error> JournalReader::report(std::uint64_t position, std::string what) const {
    const std::string file = segment_ ? segment_name(segment_->info().number) : "head";
    return damaged({next_offset_, file, position, std::move(what)});
}

// Gives false at the end of what may be read; true after one step towards the next batch.
Result<bool> JournalReader::enter_batch() {
    if (next_offset_ > source_.limit()) return false;
    if (!segment_) {
        TRY(const bool found, find_segment());
        if (!found) return false;
    }
    refresh();
    TRY(const auto header, segment_->batch_at(position_));
    const bool fits = header && position_ + header->batch_bytes <= segment_->size();
    if (!fits) return recover_position(header.has_value());
    if (header->last_offset() < next_offset_) {
        position_ += header->batch_bytes;
        return true;
    }
    if (header->first_offset > next_offset_) {
        auto missing = report(position_, "the records before offset " +
                                             std::to_string(header->first_offset) + " are missing");
        next_offset_ = header->first_offset;
        return missing;
    }
    TRY_VOID(load_frames(*header));
    return true;
}

// What was buffered earlier may lack batches that have become durable since.
void JournalReader::refresh() {
    if (next_offset_ <= seen_limit_) return;
    seen_limit_ = source_.limit();
    segment_->forget();
}

Result<void> JournalReader::load_frames(const BatchHeader& header) {
    TRY(const std::string_view batch,
        segment_->bytes(position_, static_cast<std::size_t>(header.batch_bytes)));
    batch_at_ = position_;
    position_ += header.batch_bytes;
    frames_ = batch.substr(std::min(batch.size(), kBatchHeaderBytes));
    frames_left_ = header.records;
    batch_end_ = header.last_offset() + 1;
    // Records before the one asked for.
    for (Offset skipped = header.first_offset; skipped < next_offset_; ++skipped) {
        const FrameStep step = read_frame(frames_);
        if (!step.frame && !frames_line_up(frames_, frames_left_)) break;
        frames_.remove_prefix(step.bytes);
        --frames_left_;
    }
    return {};
}

Result<bool> JournalReader::read_next_frame(Record& record) {
    const FrameStep step = read_frame(frames_);
    const auto at = position_ - frames_.size();
    if (step.frame) {
        frames_.remove_prefix(step.bytes);
        --frames_left_;
        TRY_VOID(fill(*step.frame, record));
        return true;
    }
    if (step.bytes > 0 && frames_line_up(frames_, frames_left_)) {
        auto damage = report(at, "the record is damaged");
        frames_.remove_prefix(step.bytes);
        --frames_left_;
        ++next_offset_;
        return damage;
    }
    auto damage = report(
        at, "the rest of the batch, " + std::to_string(frames_left_) + " records, cannot be read");
    next_offset_ = batch_end_;
    frames_left_ = 0;
    return damage;
}

Result<void> JournalReader::fill(const Frame& frame, Record& record) {
    record.offset = next_offset_++;
    record.time = frame.time;
    record.type = frame.type;
    record.topic = frame.topic;
    record.subject = frame.subject;
    record.payload = frame.payload;
    record.erased = false;
    if (frame.sealed) return unseal(frame, record);
    return {};
}

Result<void> JournalReader::unseal(const Frame& frame, Record& record) {
    record.payload = {};
    record.erased = true;
    if (frame.payload.empty() || source_.vault == nullptr) return {};
    auto plain =
        source_.vault->unseal(frame.subject, frame.payload, seal_context(frame.type, frame.topic));
    if (!plain && plain.error().reason == "vault.key_destroyed") return {};
    if (!plain)
        return damaged({record.offset, segment_name(segment_->info().number), batch_at_,
                        plain.error().message});
    unsealed_ = std::move(*plain);
    record.payload = unsealed_;
    record.erased = false;
    return {};
}

// There is no whole batch at `position_`: the end of a segment, or damage.
Result<bool> JournalReader::recover_position(bool has_header) {
    const std::uint64_t here = position_;
    TRY(const std::uint64_t content, segment_->skip_zeros(here));
    if (content >= segment_->size()) return enter_next_segment();
    const crypto::PublicKey* key = source_.key ? &*source_.key : nullptr;
    const std::uint64_t from =
        has_header ? here + kBatchAlignment : std::max(here, content - content % kBatchAlignment);
    TRY(const auto found, segment_->find_batch(from, next_offset_, key));
    position_ = found ? found->position : segment_->size();
    auto damage = report(content, "there is no whole batch");
    if (found) next_offset_ = found->header.first_offset;
    return damage;
}

Result<bool> JournalReader::enter_next_segment() {
    TRY(const auto numbers, list_segments(*source_.files, source_.directory));
    const auto next = std::upper_bound(numbers.begin(), numbers.end(), segment_->info().number);
    const bool has_next = next != numbers.end();
    if (has_next) TRY_VOID(open_segment(*next));
    if (has_next && !segment_->info().is_spare) return true;
    const Offset limit = source_.limit();
    if (limit == kNoLimit) return false;
    auto missing =
        report(position_, "the records up to offset " + std::to_string(limit) + " are missing");
    next_offset_ = limit + 1;
    segment_.reset();  // what comes later may still come into the segment that was left
    return missing;
}

Result<void> JournalReader::open_segment(std::uint32_t number) {
    TRY(segment_, SegmentFile::open(*source_.files, source_.directory, number));
    position_ = kSegmentHeaderBytes;
    return {};
}

// The newest segment that begins at or before the offset asked for.
Result<bool> JournalReader::find_segment() {
    TRY(const auto numbers, list_segments(*source_.files, source_.directory));
    std::optional<std::uint32_t> best;
    for (const std::uint32_t number : numbers) {
        TRY(const auto segment, SegmentFile::open(*source_.files, source_.directory, number));
        const auto& start = segment->info().start;
        if (segment->info().is_spare || (best && !start)) continue;
        if (best && start->first_offset > next_offset_) break;
        best = number;
    }
    if (!best) return false;
    TRY_VOID(open_segment(*best));
    return true;
}

Result<std::unique_ptr<Reader>> read_files(platform::FileSystem& files,
                                           const std::string& directory, crypto::Vault* vault,
                                           Offset from) {
    TRY(const Survey found, survey(files, directory));
    Offset limit = kNoLimit;
    if (found.key && found.damages.empty()) {
        TRY(const ChainEnd end, find_chain_end(files, directory, found));
        if (end.damages.empty()) limit = end.place.next_offset - 1;
    }
    ReaderSource source{&files, directory, vault, found.key, [limit] { return limit; }, nullptr};
    return std::make_unique<JournalReader>(std::move(source), from);
}

}  // namespace altis::journal
