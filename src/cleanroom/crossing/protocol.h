// What a way of intersecting two lists must offer, so that a faster one (silent VOLE, circuit PSI)
// can take the place of the one that is here: give it a name of its own in the terms, derive from
// IntersectionProtocol, and keep to the contract of `run`.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/crossing/frames.h"
#include "crypto/hash.h"

namespace altis::cleanroom::crossing {

using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// One crossing, after both sides proved that they work under the same terms.
struct Meeting {
    crypto::Digest terms{};  // separates this crossing's hashes from those of all others
    crypto::Digest seed{};   // fresh and secret: the only randomness a protocol has
    std::uint32_t own_class = 0;
    std::uint32_t peer_class = 0;
    bool own_receives = false;
    bool peer_receives = false;
    unsigned threads = 2;  // that work, beside the calling one, which mostly waits
    Progress progress{};   // called from the calling thread
};

class IntersectionProtocol {
  public:
    virtual ~IntersectionProtocol() = default;

    // As the terms name it; changes with every change of a byte that is sent.
    virtual std::string_view name() const = 0;

    // Finds which `members` (each once, at most own_class) the other side has, too: their indices,
    // ascending; empty when this side does not receive. It must
    //  - send nothing whose size, order or number depends on more than the two classes and who
    //    receives, and do the same work for padding as for members;
    //  - tell an honest-but-curious peer nothing beyond that and, when the peer receives, which of
    //    the peer's members are in both;
    //  - have every frame in its place, at most once and of the right size, and say by name what
    //    was wrong ("crossing...") otherwise, whatever bytes come and wherever they stop;
    //  - never wait for the wire while the peer waits for it: memory and what is under way are
    //    bounded by the protocol, not by the peer;
    //  - read no frame behind its own last one: the verdicts follow.
    virtual Result<std::vector<std::uint32_t>> run(std::span<const std::string> members,
                                                   const Meeting& meeting,
                                                   FrameLink& link) const = 0;
};

}  // namespace altis::cleanroom::crossing
