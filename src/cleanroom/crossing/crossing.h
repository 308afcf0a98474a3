// Two owners find out whom both know without showing each other anybody else, and without an
// operator in between (trust mode T2). One call on each side, over one wire.
//
//   hello (hash of the terms, size class, signature) <-> hello    nothing follows when they differ
//   the protocol of the terms (protocol.h)
//   verdict <-> verdict                                           both done, or nobody has a result
//
// For honest-but-curious owners: a side that changes its program can leave out or invent members,
// and can look at a result below the minimum. Its signature under the terms is what it has broken
// then.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/crossing/protocol.h"
#include "cleanroom/crossing/terms.h"
#include "crypto/sign.h"

namespace altis::cleanroom::crossing {

struct OwnSide {
    const crypto::Signer& signer;          // of a party of the terms
    crypto::Digest session{};              // unique to the wire, known to both sides and no other
    crypto::Digest seed{};                 // fresh and secret
    std::span<const std::string> members;  // normalised, each once
    Time now;
    unsigned threads = 2;
    Progress progress = {};
};

struct Crossed {
    bool receives = false;
    std::vector<std::uint32_t> both;  // indices of own members, ascending; when this side receives
    std::uint32_t own_class = 0;
    std::uint32_t peer_class = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    crypto::Signature own_signature{};  // over what `hello_text` gives, as is the peer's
    crypto::Signature peer_signature{};
};

// What a side signs: its place among the parties, the session, the terms and its size class.
std::string hello_text(std::size_t party, const crypto::Digest& session,
                       const crypto::Digest& terms, std::uint32_t size_class);

// Fails before anything is sent with "crossing.expired", "crossing.not_a_party",
// "crossing.too_few_members" (below the minimum) or "crossing.too_many_members"; before any point
// is sent with "crossing.other_terms", "crossing.bad_hello" or "crossing.forged_hello"; at the end
// with "crossing.result_too_small"; or as the protocol and the wire do. The other side is told how
// it ended.
Result<Crossed> cross(const Terms& terms, const OwnSide& own, const IntersectionProtocol& protocol,
                      Wire& wire);

}  // namespace altis::cleanroom::crossing
