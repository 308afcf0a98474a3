// Intersection by Diffie-Hellman on ristretto255, for honest-but-curious peers: each side raises
// the hashes of its members to a secret exponent of this one crossing, the other side raises them
// again, and what both have comes out equal. No assumption but that Diffie-Hellman decisions are
// hard, and the hash is a random oracle.
//
//   own member x      -> H(x)^a              points, shuffled, with padding that looks the same
//   other's point P   -> short hash of P^a   tags, in the order of the points, when it receives
//
// Per member of a side: one hash to the group and one multiplication there, one multiplication by
// the other side. Bytes: 32 each, and 12 back to a side that receives.
#pragma once

#include "cleanroom/crossing/protocol.h"

namespace altis::cleanroom::crossing {

// Batches that a side may have sent without an answer. Both sides keep that many at most, so both
// always read, and neither can make the other wait.
constexpr std::uint32_t kMaxOpenBatches = 32;

// Which member, or padding, stands in which place of the points that are sent: each order as likely
// as any other. Public for its test.
std::vector<std::uint32_t> shuffled(std::uint32_t size, const crypto::Digest& seed);

// `run` fails with "crossing.bad_point" (no canonical encoding, or the identity),
// "crossing.wrong_count", "crossing.batch_repeated", "crossing.too_fast" (over kMaxOpenBatches),
// "crossing.repeated_points", or as FrameLink does. Memory: 28 bytes per member of the classes,
// and the open batches.
class DhProtocol final : public IntersectionProtocol {
  public:
    std::string_view name() const override;
    Result<std::vector<std::uint32_t>> run(std::span<const std::string> members,
                                           const Meeting& meeting, FrameLink& link) const override;
};

}  // namespace altis::cleanroom::crossing
