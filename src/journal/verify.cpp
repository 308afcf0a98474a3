#include <algorithm>

#include "journal/chain_walk.h"
#include "journal/journal.h"
#include "journal/survey.h"

namespace altis::journal {

namespace {

using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

class Verifier {
  public:
    Verifier(platform::FileSystem& files, const std::string& directory, const Survey& survey,
             const crypto::PublicKey* key, const Progress& progress)
        : files_(files), directory_(directory), survey_(survey), key_(key), progress_(progress) {
        for (const SegmentInfo& segment : survey.segments)
            bytes_in_all_ += segment.file_bytes;
        verification_.damages = survey.damages;
    }

    Result<Verification> run() {
        for (const SegmentInfo& segment : survey_.segments) {
            TRY_VOID(check_segment(segment));
            verification_.bytes += segment.file_bytes;
            report(0);
        }
        check_head();
        verification_.last_offset = place_.next_offset - 1;
        verification_.head_hash = place_.hash;
        std::stable_sort(
            verification_.damages.begin(), verification_.damages.end(),
            [](const Damage& a, const Damage& b) { return a.first_offset < b.first_offset; });
        return std::move(verification_);
    }

  private:
    void add(const SegmentInfo& segment, std::uint64_t position, Offset offset, std::string what) {
        verification_.damages.push_back(
            {offset, segment_name(segment.number), position, std::move(what)});
    }

    void report(std::uint64_t bytes_of_segment) const {
        if (progress_) progress_(verification_.bytes + bytes_of_segment, bytes_in_all_);
    }

    Result<void> check_segment(const SegmentInfo& info) {
        TRY(const auto segment, SegmentFile::open(files_, directory_, info.number));
        if (info.is_spare) return check_spare(*segment);
        check_start(info);
        ChainWalk walk(*segment, place_, key_, SignatureCheck::kEvery);
        WalkStep step;
        do {
            const Offset expected = walk.place().next_offset;
            TRY(step, walk.next());
            if (step.kind == WalkKind::kBatch) count(info, step);
            if (step.kind == WalkKind::kDamage) add(info, step.position, expected, step.what);
        } while (step.kind == WalkKind::kBatch || step.kind == WalkKind::kDamage);
        place_ = walk.place();
        if (step.kind == WalkKind::kTail) return judge_tail(*segment, walk, step);
        return {};
    }

    void check_start(const SegmentInfo& info) {
        if (!info.start) return;  // the survey has said so
        const bool continues = info.start->first_offset == place_.next_offset &&
                               info.start->previous_hash == place_.hash;
        if (continues) return;
        add(info, kLabelBytes, std::min(place_.next_offset, info.start->first_offset),
            "the segment does not continue the chain: it begins at offset " +
                std::to_string(info.start->first_offset) + ", expected was " +
                std::to_string(place_.next_offset));
        place_ = {info.start->first_offset, info.start->previous_hash};
    }

    void count(const SegmentInfo& info, const WalkStep& step) {
        ++verification_.batches;
        verification_.records += step.batch->records;
        head_seen_ = head_seen_ || (survey_.head && survey_.head->segment == info.number &&
                                    survey_.head->position == step.position);
        report(step.position);
    }

    Result<void> check_spare(SegmentFile& segment) {
        TRY(const std::uint64_t content, segment.skip_zeros(kSegmentHeaderBytes));
        if (content < segment.size())
            add(segment.info(), content, place_.next_offset,
                "there are bytes in a segment that is not in use");
        if (!segment.info().is_spare) verification_.torn_bytes += kStartBytes;
        return {};
    }

    Result<void> judge_tail(SegmentFile& segment, const ChainWalk& walk, const WalkStep& tail) {
        const SegmentInfo* last = survey_.last_used();
        const bool is_last = last != nullptr && last->number == segment.info().number;
        std::string damage = is_last ? tail_damage(tail, place_, survey_.head) : tail.what;
        if (!damage.empty()) {
            add(segment.info(), tail.position, place_.next_offset, std::move(damage));
            return {};
        }
        TRY(const std::uint64_t end, segment.end_of_content(walk.position()));
        verification_.torn_bytes += end - walk.position();
        return {};
    }

    // The survey compares the head with the batch it names; here that batch must be on the chain.
    void check_head() {
        if (!survey_.head || head_seen_ || !verification_.damages.empty()) return;
        verification_.damages.push_back({survey_.head->head.offset, "head", 0,
                                         "the batch that the head file names is not on the chain"});
    }

    platform::FileSystem& files_;
    const std::string& directory_;
    const Survey& survey_;
    const crypto::PublicKey* key_;
    const Progress& progress_;
    std::uint64_t bytes_in_all_ = 0;
    Verification verification_;
    ChainPlace place_;
    bool head_seen_ = false;
};

}  // namespace

Result<Verification> verify(platform::FileSystem& files, const std::string& directory,
                            const crypto::PublicKey* expected_key,
                            const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    TRY(Survey found, survey(files, directory));
    if (expected_key != nullptr && found.key && *found.key != *expected_key)
        found.damages.push_back({1, "journal.pub", 0, "this is another key than expected"});
    const crypto::PublicKey* key = expected_key;
    if (key == nullptr && found.key) key = &*found.key;
    return Verifier(files, directory, found, key, progress).run();
}

}  // namespace altis::journal
