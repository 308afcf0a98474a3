// Walks the batches of one segment with every check: checksums, hashes, the chain, signatures,
// frames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/layout.h"
#include "journal/segment_file.h"

namespace altis::journal {

// How the chain goes on: what the next batch must say.
struct ChainPlace {
    Offset next_offset = 1;
    crypto::Digest hash{};
};

enum class SignatureCheck : std::uint8_t { kEvery, kNone };

enum class WalkKind : std::uint8_t {
    kBatch,   // a whole batch that continues the chain
    kDamage,  // something else, with more batches behind it
    kTail,    // bytes that are no batch, with none behind them; the walk is over
    kEnd,     // nothing but zeros behind; the walk is over
};

struct WalkStep {
    WalkKind kind = WalkKind::kEnd;
    std::uint64_t position = 0;
    std::optional<BatchHeader> batch;  // for kBatch
    std::string what;                  // for kDamage and kTail
    bool is_whole = false;             // kTail: a complete batch, only not of this chain
};

// Not thread-safe. The segment must outlive the walk.
class ChainWalk {
  public:
    // `key` may be null: then no signature is looked at.
    ChainWalk(SegmentFile& segment, ChainPlace place, const crypto::PublicKey* key,
              SignatureCheck signatures)
        : segment_(segment), place_(place), key_(key), signatures_(signatures) {}

    Result<WalkStep> next();

    const ChainPlace& place() const { return place_; }
    std::uint64_t position() const { return position_; }

  private:
    struct Problem {
        std::string what;
        bool is_whole = false;
    };
    Result<std::optional<Problem>> check(const BatchHeader& header);
    std::optional<Problem> check_place(const BatchHeader& header) const;
    Result<WalkStep> accept(const BatchHeader& header);
    Result<WalkStep> skip(const std::optional<BatchHeader>& header, Problem problem);

    SegmentFile& segment_;
    ChainPlace place_;
    const crypto::PublicKey* key_;
    SignatureCheck signatures_;
    std::uint64_t position_ = kSegmentHeaderBytes;
};

// True when `records` frames fill `frames` up to the padding, going by their lengths alone.
bool frames_line_up(std::string_view frames, std::uint32_t records);

// The hashes of the frames of a whole batch (header, frames, padding); nothing when they do not
// line up, the padding is not zero, or they are not those that the header commits to.
std::optional<std::vector<crypto::Digest>> hashes_of(const BatchHeader& header,
                                                     std::string_view batch);

}  // namespace altis::journal
