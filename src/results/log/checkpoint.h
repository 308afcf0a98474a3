// The signed head of a log of facts, in two open text formats: the checkpoint of
// c2sp.org/tlog-checkpoint inside the signed note of c2sp.org/signed-note, signed with Ed25519.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/sign.h"
#include "results/log/merkle_tree.h"

namespace altis::results {

constexpr std::size_t kMaxCheckpointBytes = 4U << 10;
constexpr std::size_t kMaxOriginBytes = 128;

// Who keeps the log: its origin names it and its key, and must not be reused for another log.
struct LogIdentity {
    std::string origin;  // printable ASCII without spaces and '+', e.g. "altis/1f2e3d4c"
    crypto::PublicKey public_key{};
};

// "altis/" and the first 16 hex digits of the key: unique without a name to agree on.
LogIdentity identity_of(const crypto::PublicKey& key);

// The verifier key of the signed-note format, which clients are given: "<origin>+<id>+<key>".
std::string verifier_key(const LogIdentity& identity);

// The text that is served and handed to witnesses.
std::string sign_checkpoint(const LogIdentity& identity, const TreeHead& head,
                            const crypto::Signer& signer);

// Reads a checkpoint and checks that this log signed it; other signatures are passed over. Fails
// with "checkpoint.malformed", "checkpoint.other_log" or "checkpoint.forged".
Result<TreeHead> open_checkpoint(std::string_view text, const LogIdentity& identity);

}  // namespace altis::results
