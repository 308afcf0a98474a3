#include "journal/survey.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::journal {

namespace {

class Surveyor {
  public:
    Surveyor(platform::FileSystem& files, const std::string& directory)
        : files_(files), directory_(directory) {}

    Result<Survey> run() {
        TRY_VOID(read_segments());
        TRY_VOID(read_key());
        TRY_VOID(read_head());
        return std::move(found_);
    }

  private:
    void add(const std::string& file, std::uint64_t position, Offset offset, std::string what) {
        found_.damages.push_back({offset, file, position, std::move(what)});
    }

    Result<void> read_segments() {
        TRY(const auto numbers, list_segments(files_, directory_));
        std::uint32_t expected = 1;
        for (const std::uint32_t number : numbers) {
            if (number != expected) add_missing(expected, number);
            expected = number + 1;
            TRY(const auto segment, SegmentFile::open(files_, directory_, number));
            TRY_VOID(check_version(segment->info()));
            TRY_VOID(judge_start(*segment));
            if (segment->info().start) next_offset_ = segment->info().start->first_offset;
        }
        return {};
    }

    Result<void> check_version(const SegmentInfo& info) const {
        if (!info.label || info.label->version == kFormatVersion) return {};
        return fail(Code::kConflict, "journal.version_unsupported",
                    "the journal in " + directory_ + " is of version " +
                        std::to_string(info.label->version) + " and this program reads version " +
                        std::to_string(kFormatVersion) +
                        "; open it with the program that wrote it, or choose another data folder");
    }

    void add_missing(std::uint32_t first, std::uint32_t found) {
        const std::string until =
            found - first > 1 ? " to " + segment_name(found - 1) + " are" : " is";
        add(segment_name(first), 0, next_offset_, segment_name(first) + until + " missing");
    }

    // A start that cannot be read and has no batch behind it was torn when the segment was begun.
    Result<void> judge_start(SegmentFile& segment) {
        SegmentInfo info = segment.info();
        if (!info.problem.empty()) add(segment_name(info.number), 0, next_offset_, info.problem);
        if (info.start && !found_.segments.empty() && found_.segments.back().is_spare)
            add(segment_name(info.number - 1), kLabelBytes, next_offset_,
                "the segment was never started, and the next one was");
        if (!info.start && !info.is_spare) {
            TRY(const std::uint64_t content, segment.skip_zeros(kSegmentHeaderBytes));
            info.is_spare = content >= info.file_bytes && info.problem.empty();
            if (!info.is_spare)
                add(segment_name(info.number), kLabelBytes, next_offset_,
                    "the start of the segment is damaged");
        }
        found_.segments.push_back(std::move(info));
        return {};
    }

    Result<void> read_key() {
        const std::string path = public_key_path(directory_);
        TRY(const bool exists, files_.exists(path));
        if (exists) {
            TRY(const std::string bytes, platform::read_file(files_, path));
            found_.key = decode_public_key(bytes);
        }
        const bool is_needed = exists || !found_.segments.empty();
        if (!found_.key && is_needed)
            add("journal.pub", 0, 1,
                exists ? "the public key is damaged" : "the public key is missing");
        return {};
    }

    Result<void> read_head() {
        const std::string path = head_path(directory_);
        TRY(const bool exists, files_.exists(path));
        if (!exists) return {};
        TRY(const std::string bytes, platform::read_file(files_, path));
        found_.head = decode_head_file(bytes);
        if (!found_.head) {
            add("head", 0, next_offset_, "the head file is damaged");
            return {};
        }
        return check_head(*found_.head);
    }

    // The batch that the head names must be where it says.
    Result<void> check_head(const HeadFile& head) {
        std::optional<BatchHeader> batch;
        const bool has_segment =
            std::any_of(found_.segments.begin(), found_.segments.end(),
                        [&head](const SegmentInfo& info) { return info.number == head.segment; });
        if (has_segment) {
            TRY(const auto segment, SegmentFile::open(files_, directory_, head.segment));
            TRY(batch, segment->batch_at(head.position));
        }
        const bool matches = batch && batch->last_offset() == head.head.offset &&
                             batch->hash == head.head.hash &&
                             batch->signature == head.head.signature;
        if (!matches)
            add(segment_name(head.segment), head.position, head.head.offset,
                "the batch up to offset " + std::to_string(head.head.offset) +
                    ", which the head file names, is not there");
        return {};
    }

    platform::FileSystem& files_;
    const std::string& directory_;
    Survey found_;
    Offset next_offset_ = 1;
};

// Walks the last used segment.
class EndFinder {
  public:
    EndFinder(const Survey& survey, SegmentFile& segment, ChainEnd& end)
        : survey_(survey), segment_(segment), end_(end) {}

    Result<void> run() {
        const SegmentStart& start = *segment_.info().start;
        ChainWalk walk(segment_, {start.first_offset, start.previous_hash}, &*survey_.key,
                       SignatureCheck::kNone);
        std::optional<BatchHeader> last;
        WalkStep step;
        do {
            const Offset expected = walk.place().next_offset;
            TRY(step, walk.next());
            if (step.kind == WalkKind::kDamage) add(step, expected, step.what);
            if (step.kind == WalkKind::kBatch) {
                last = step.batch;
                end_.last_batch_at = step.position;
            }
        } while (step.kind == WalkKind::kBatch || step.kind == WalkKind::kDamage);
        end_.place = walk.place();
        end_.position = walk.position();
        if (last) take_last(*last);
        if (step.kind == WalkKind::kTail) return judge_tail(step);
        return {};
    }

  private:
    void add(const WalkStep& step, Offset offset, std::string what) {
        end_.damages.push_back(
            {offset, segment_name(segment_.info().number), step.position, std::move(what)});
    }

    void take_last(const BatchHeader& last) {
        end_.head = head_of(last);
        if (is_signed(last, *survey_.key)) return;
        end_.damages.push_back({last.first_offset, segment_name(segment_.info().number),
                                end_.last_batch_at, "the signature of the batch does not hold"});
    }

    Result<void> judge_tail(const WalkStep& tail) {
        std::string damage = tail_damage(tail, end_.place, survey_.head);
        if (!damage.empty()) {
            add(tail, end_.place.next_offset, std::move(damage));
            return {};
        }
        TRY(const std::uint64_t content_end, segment_.end_of_content(end_.position));
        end_.torn_bytes = content_end - end_.position;
        return {};
    }

    const Survey& survey_;
    SegmentFile& segment_;
    ChainEnd& end_;
};

// The head of the last batch before `number`, for a segment that has none yet.
Result<Head> head_before(platform::FileSystem& files, const std::string& directory,
                         const SegmentInfo& segment) {
    if (segment.number <= 1) return Head{};
    TRY(const auto file, SegmentFile::open(files, directory, segment.number - 1));
    Head head;
    std::uint64_t position = kSegmentHeaderBytes;
    while (true) {
        TRY(const auto batch, file->batch_at(position));
        if (!batch) return head;
        head = head_of(*batch);
        position += batch->batch_bytes;
    }
}

}  // namespace

const SegmentInfo* Survey::last_used() const {
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment)
        if (segment->start) return &*segment;
    return nullptr;
}

std::string head_path(const std::string& directory) {
    return directory + "/head";
}
std::string public_key_path(const std::string& directory) {
    return directory + "/journal.pub";
}

Result<Survey> survey(platform::FileSystem& files, const std::string& directory) {
    return Surveyor(files, directory).run();
}

Result<ChainEnd> find_chain_end(platform::FileSystem& files, const std::string& directory,
                                const Survey& survey) {
    ChainEnd end;
    const SegmentInfo* last = survey.last_used();
    if (last == nullptr) return end;
    ALTIS_ASSERT(survey.key.has_value());
    end.segment = last->number;
    TRY(const auto segment, SegmentFile::open(files, directory, last->number));
    TRY_VOID(EndFinder(survey, *segment, end).run());
    if (end.last_batch_at == 0) {
        TRY(end.head, head_before(files, directory, *last));
        if (end.head.offset + 1 != end.place.next_offset || end.head.hash != end.place.hash)
            end.damages.push_back({end.head.offset + 1, segment_name(last->number), kLabelBytes,
                                   "the segment does not continue the one before"});
    }
    if (survey.head && survey.head->head.offset >= end.place.next_offset && end.damages.empty())
        end.damages.push_back({end.place.next_offset, segment_name(last->number), end.position,
                               "the chain ends before the offset that the head file names"});
    return end;
}

tl::unexpected<Error> damaged(const Damage& damage) {
    return fail(Code::kCorrupt, "journal.damaged",
                "the journal is damaged at offset " + std::to_string(damage.first_offset) + " (" +
                    damage.file + ", byte " + std::to_string(damage.position) + "): " +
                    damage.what + "; run `altis journal verify` and restore the file from a copy");
}

std::string tail_damage(const WalkStep& tail, const ChainPlace& place,
                        const std::optional<HeadFile>& head) {
    if (tail.is_whole) return tail.what;
    if (head && head->head.offset >= place.next_offset)
        return tail.what + ", and the head file says that it was there";
    return {};
}

}  // namespace altis::journal
