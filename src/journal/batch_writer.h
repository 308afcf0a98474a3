// Turns groups of drafts into signed batches on disk. Belongs to the commit thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/sign.h"
#include "crypto/vault.h"
#include "journal/chain_walk.h"
#include "journal/journal.h"
#include "journal/layout.h"
#include "platform/file.h"

namespace altis::journal {

// What one `submit` brought.
struct Group {
    std::vector<Draft> drafts;
    Time now;
    OnDurable on_durable;
    Offset last_offset = 0;
    std::uint64_t bytes = 0;    // of its frames
    std::uint32_t segment = 0;  // where there is room for it
};

// Largest number of bytes that the frames of a group will take, known before anything is sealed.
std::uint64_t frame_bytes_of(const std::vector<Draft>& drafts);

// Room that a group needs when it gets a batch of its own.
constexpr std::uint64_t batch_bytes_for(std::uint64_t frames) {
    return kBatchHeaderBytes + padded(frames);
}

class BatchWriter {
  public:
    BatchWriter(crypto::Vault& vault, const crypto::Signer& signer, const ChainPlace& place)
        : vault_(vault), signer_(signer), place_(place) {}

    // Goes on in a segment that is in use, or begins a spare one (writes and syncs its start).
    Result<void> resume(std::uint32_t segment, std::unique_ptr<platform::File> file,
                        std::uint64_t position);
    Result<void> start(std::uint32_t segment, std::unique_ptr<platform::File> file);

    // Seals, frames, signs, writes and syncs the groups as one batch. After an error the state of
    // the segment is unknown and nothing more may be written.
    Result<HeadFile> write(std::span<const Group> groups);

    // Of the frames of the last batch, in order; until the next one is written.
    std::span<const crypto::Digest> hashes() const { return hashes_; }

    std::uint32_t segment() const { return segment_; }

  private:
    Result<void> append_frames(const Group& group);
    Result<std::string> seal(const Draft& draft);
    BatchHeader sign_batch(Time time);
    Result<void> write_batch();

    crypto::Vault& vault_;
    const crypto::Signer& signer_;
    ChainPlace place_;
    std::uint32_t segment_ = 0;
    std::unique_ptr<platform::File> file_;
    std::uint64_t position_ = 0;
    std::string batch_;
    std::vector<crypto::Digest> hashes_;  // of the frames in it
    std::string page_start_;              // what stands before `position_` in its page
    platform::PageBuffer pages_;
};

}  // namespace altis::journal
