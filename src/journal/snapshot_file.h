// One snapshot on disk. Layout in docs/formats/snapshot.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"
#include "journal/record.h"
#include "platform/random.h"

namespace altis::journal {

constexpr std::uint64_t kMaxSnapshotBytes = 16ULL << 30;  // unpacked
constexpr std::size_t kSnapshotPieceBytes = 1U << 20;     // packed, before it is sealed

// In the clear, and authenticated together with every sealed piece.
struct SnapshotHeader {
    Offset offset = 0;
    std::uint32_t key_slot = 0;  // which of the vault's two snapshot keys
    std::uint64_t unpacked_bytes = 0;
};

// Packs and seals parts one after the other and hands on what is ready: neither the packed form nor
// the sealed one is ever whole in memory.
class SnapshotPacker {
  public:
    // Takes the bytes of the file in their order; what it fails with ends the packing.
    using Sink = std::function<Result<void>(std::string_view)>;

    // `random` must outlive it.
    SnapshotPacker(const SnapshotHeader& header, const crypto::Digest& key,
                   platform::Random& random, Sink sink);
    ~SnapshotPacker();
    SnapshotPacker(const SnapshotPacker&) = delete;
    SnapshotPacker& operator=(const SnapshotPacker&) = delete;

    // Fails with "snapshot.too_large" when the header promises more than kMaxSnapshotBytes.
    Result<void> add(std::string_view part);
    // Once. Asserts that as many bytes were added as the header says.
    Result<void> finish();

  private:
    enum class Step : std::uint8_t { kMore, kEnd };
    Result<void> pack(std::string_view part, Step step);
    Result<void> seal_piece(Step step);

    SnapshotHeader header_;
    crypto::Digest key_;
    platform::Random& random_;
    Sink sink_;
    void* context_;
    std::string room_;   // for what comes out of the packing
    std::string piece_;  // at most a whole one waits for more
    std::uint64_t pieces_ = 0;
    std::uint64_t added_ = 0;
};

// Fails with "snapshot.malformed".
Result<SnapshotHeader> read_snapshot_header(std::string_view file);
// The parts added, joined. Fails with "snapshot.malformed" or "vault.forged" (another key, or
// changed, or cut).
Result<std::string> unpack_snapshot(std::string_view file, const crypto::Digest& key);

}  // namespace altis::journal
