// A first look at a journal's directory without changing it: which segments there are, the public
// key, the head file, and where the chain ends. Opening, reading closed journals and verifying
// begin with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/chain_walk.h"
#include "journal/journal.h"
#include "journal/segment_file.h"

namespace altis::journal {

struct Survey {
    std::vector<SegmentInfo> segments;  // ascending
    std::optional<crypto::PublicKey> key;
    std::optional<HeadFile> head;
    std::vector<Damage> damages;  // in the files as a whole and in their headers

    // The newest segment that has been started; nothing in a young journal.
    const SegmentInfo* last_used() const;
};

std::string head_path(const std::string& directory);
std::string public_key_path(const std::string& directory);

// Fails when the system cannot read, and with "journal.version_unsupported"; damage is collected.
Result<Survey> survey(platform::FileSystem& files, const std::string& directory);

// Where the chain ends, from the last used segment alone.
struct ChainEnd {
    ChainPlace place;
    Head head;  // zero in an empty journal
    std::uint32_t segment = 0;
    std::uint64_t position = 0;       // where the next batch goes
    std::uint64_t last_batch_at = 0;  // 0 when the segment has no batch
    std::uint64_t torn_bytes = 0;     // of a tail that opening cuts
    std::vector<Damage> damages;
};

// `survey` must name a key unless no segment is used.
Result<ChainEnd> find_chain_end(platform::FileSystem& files, const std::string& directory,
                                const Survey& survey);

// "journal.damaged", naming offset, file, position and remedy.
tl::unexpected<Error> damaged(const Damage& damage);

// What is wrong with a tail that is no torn one; empty when it is torn.
std::string tail_damage(const WalkStep& tail, const ChainPlace& place,
                        const std::optional<HeadFile>& head);

}  // namespace altis::journal
