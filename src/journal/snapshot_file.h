// One snapshot on disk. Layout in docs/formats/snapshot.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "journal/record.h"
#include "platform/random.h"

namespace altis::journal {

constexpr std::uint64_t kMaxSnapshotBytes = 16ULL << 30;  // unpacked

// In the clear, and authenticated together with what is sealed.
struct SnapshotHeader {
    Offset offset = 0;
    std::uint32_t key_slot = 0;  // which of the vault's two snapshot keys
    std::uint64_t unpacked_bytes = 0;
};

// Packs parts one after the other, so that only the packed form of the whole is ever in memory.
class SnapshotPacker {
  public:
    SnapshotPacker();
    ~SnapshotPacker();
    SnapshotPacker(const SnapshotPacker&) = delete;
    SnapshotPacker& operator=(const SnapshotPacker&) = delete;
    Result<void> add(std::string_view part);
    // The whole file; `header.unpacked_bytes` is filled in here. Once.
    Result<std::string> finish(SnapshotHeader header, const crypto::Digest& key,
                               platform::Random& random);

  private:
    enum class Step : std::uint8_t { kMore, kEnd };
    Result<void> pack(std::string_view part, Step step);

    void* context_;
    std::string packed_;
    std::uint64_t unpacked_bytes_ = 0;
};

// Fails with "snapshot.malformed".
Result<SnapshotHeader> read_snapshot_header(std::string_view file);
// The parts added, joined. Fails with "snapshot.malformed" or "vault.forged" (another key, or
// changed).
Result<std::string> unpack_snapshot(std::string_view file, const crypto::Digest& key);

}  // namespace altis::journal
