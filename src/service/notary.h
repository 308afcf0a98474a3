// The log of published facts as it is answered: who keeps it, its signed heads, proofs and tiles.
// The same for keys and, where an edition's proofs are public, for everybody.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "results/log/fact_log.h"
#include "server/http.h"
#include "service/background.h"
#include "service/core.h"

namespace altis::service {

// Whose log this is, and the pen it signs with.
struct Notary {
    explicit Notary(const crypto::Digest& seed);

    // Of the first `size` entries, at most as many as there are.
    std::string checkpoint(const results::FactLog& log, std::uint64_t size) const;

    crypto::Signer signer;
    results::LogIdentity identity;
};
using NotaryRef = std::shared_ptr<const Notary>;

// {origin, key}
server::Response log_key_response(const Notary& notary);
// The newest signed head.
server::Response checkpoint_response(const Notary& notary, const results::FactLog& log);
// By the path's `level` and `index`. Fails with "request.bad_number" or "log.no_tile".
Result<server::Response> tile_response(const results::FactLog& log, const server::Request& request);
// By the query's `from` and `to`. Fails with "request.bad_number" or "log.bad_sizes".
Result<server::Response> consistency_response(const results::FactLog& log,
                                              const server::Request& request);

// A whole number from 0 on; "request.bad_number" names what it should be.
Result<std::uint64_t> whole_number(std::string_view text, std::string_view what);

// Which heads of a log a proof leads to.
enum class ProofHead : std::uint8_t {
    kNewest,
    kOwn,  // of the log as the fact ended it: the proof never changes, and tells of nothing later
};

// The proof of the fact at a record, whose entry is read from the journal in the background once
// the turn is durable; `done` may be called on any thread. Fails with "log.no_fact".
Result<void> prove_fact(Turn& turn, Core& core, Background& background, const Notary& notary,
                        journal::Offset offset, ProofHead head,
                        std::function<void(Result<results::FactProof>)> done);

}  // namespace altis::service
