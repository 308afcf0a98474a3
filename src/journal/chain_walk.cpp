#include "journal/chain_walk.h"

#include <algorithm>

#include "journal/hash_tree.h"

namespace altis::journal {

namespace {

// The first frame that does not hold, counted from 0.
std::optional<std::uint32_t> first_bad_frame(std::string_view frames, std::uint32_t records) {
    for (std::uint32_t i = 0; i < records; ++i) {
        const FrameStep step = read_frame(frames);
        if (!step.frame) return i;
        frames.remove_prefix(step.bytes);
    }
    return std::nullopt;
}

}  // namespace

bool frames_line_up(std::string_view frames, std::uint32_t records) {
    for (; records > 0; --records) {
        const std::size_t length = frame_length(frames);
        if (length == 0) return false;
        frames.remove_prefix(length);
    }
    return frames.size() < kBatchAlignment;
}

std::optional<std::vector<crypto::Digest>> hashes_of(const BatchHeader& header,
                                                     std::string_view batch) {
    if (batch.size() != header.batch_bytes) return std::nullopt;
    std::vector<crypto::Digest> hashes;
    hashes.reserve(header.records);
    std::string_view left = batch.substr(kBatchHeaderBytes);
    while (hashes.size() < header.records) {
        const std::size_t length = frame_length(left);
        if (length == 0) return std::nullopt;
        hashes.push_back(frame_hash(left.substr(0, length)));
        left.remove_prefix(length);
    }
    if (left.size() >= kBatchAlignment || !is_zero(left)) return std::nullopt;
    if (batch_hash(header, root_of(hashes)) != header.hash) return std::nullopt;
    return hashes;
}

Result<WalkStep> ChainWalk::next() {
    TRY(const auto header, segment_.batch_at(position_));
    if (!header) return skip(header, {"there is no batch header", false});
    TRY(auto problem, check(*header));
    if (problem) return skip(header, std::move(*problem));
    return accept(*header);
}

std::optional<ChainWalk::Problem> ChainWalk::check_place(const BatchHeader& header) const {
    if (header.first_offset != place_.next_offset)
        return Problem{"the batch begins at offset " + std::to_string(header.first_offset) +
                           " instead of " + std::to_string(place_.next_offset),
                       true};
    if (header.previous_hash != place_.hash)
        return Problem{"the batch does not continue the hash chain", true};
    return std::nullopt;
}

Result<std::optional<ChainWalk::Problem>> ChainWalk::check(const BatchHeader& header) {
    using Found = std::optional<Problem>;
    if (position_ + header.batch_bytes > segment_.size())
        return Found({"the batch is cut off by the end of the segment", false});
    TRY(const std::string_view batch, segment_.bytes(position_, header.batch_bytes));
    const std::string_view frames = batch.substr(std::min(batch.size(), kBatchHeaderBytes));
    const auto bad = first_bad_frame(frames, header.records);
    if (!hashes_of(header, batch)) {
        return Found({bad ? "the frame of offset " + std::to_string(header.first_offset + *bad) +
                                " is damaged"
                          : "the hash of the batch does not match its frames",
                      false});
    }
    if (bad) return Found({"the batch is signed and holds malformed frames", true});
    if (signatures_ == SignatureCheck::kEvery && key_ != nullptr && !is_signed(header, *key_))
        return Found({"the signature of the batch does not hold", true});
    return check_place(header);
}

Result<WalkStep> ChainWalk::accept(const BatchHeader& header) {
    WalkStep step;
    step.kind = WalkKind::kBatch;
    step.position = position_;
    step.batch = header;
    position_ += header.batch_bytes;
    place_ = {header.last_offset() + 1, header.hash};
    return step;
}

Result<WalkStep> ChainWalk::skip(const std::optional<BatchHeader>& header, Problem problem) {
    WalkStep step;
    step.position = position_;
    if (!header) {
        TRY(step.position, segment_.skip_zeros(position_));
        if (step.position >= segment_.size()) return step;
        step.position = std::max(position_, step.position / kBatchAlignment * kBatchAlignment);
    }
    step.what = std::move(problem.what);
    step.is_whole = problem.is_whole;
    const std::uint64_t search_from = header ? position_ + kBatchAlignment : step.position;
    TRY(const auto found, segment_.find_batch(search_from, place_.next_offset, key_));
    // A whole batch of another chain is its own next batch: the walk goes on with it.
    const bool resumes_here =
        problem.is_whole && header->first_offset >= place_.next_offset &&
        (header->first_offset != place_.next_offset || header->previous_hash != place_.hash);
    if (!found && !resumes_here) {
        step.kind = WalkKind::kTail;
        return step;
    }
    step.kind = WalkKind::kDamage;
    const BatchHeader& next = resumes_here ? *header : found->header;
    if (!resumes_here) position_ = found->position;
    place_ = {next.first_offset, next.previous_hash};
    return step;
}

}  // namespace altis::journal
