// Forgetting persons: books first, then keys, warehouse and snapshots; the receipt comes last.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "service/api.h"

namespace altis::service {

// What was forgotten, everywhere.
struct Erased {
    std::vector<SubjectId> subjects;
    std::vector<SubjectId> letters;  // dead letters
    journal::Offset decided_at = 0;  // the first record that says so
    std::uint64_t rows_left = 0;     // about them in the warehouse
};

// {kind, time, subjects, dead_letters, keys_destroyed, journal_offset, warehouse_rows_left,
// older_snapshots_readable}
codec::Json erasure_statement(std::string_view kind, const Erased& erased, Time now);

// Commits what the fans' book decided, lets every other book go of the subjects, and, once that is
// durable, destroys the keys, renews the snapshot and clears the warehouse. Then the statement is
// committed as `fans.erasure_completed` in a turn of its own, with which `done` runs. When a step
// fails `refused` is called with why, and the next start does the rest.
using ErasureDone = std::function<void(Turn&, const codec::Json& statement)>;
void forget_everywhere(Turn& turn, Services& services, fans::ForgetDecision decision,
                       std::string_view kind, ErasureDone done, Refused refused);

// Erases the fan behind a user id of the caller's edition, and answers with a signed receipt:
// {statement, signature, public_key}; the signature is Ed25519 over the compact JSON of
// `statement`. Fails with "fans.unknown_fan" or "rights.*".
Result<void> erase_fan(Call& call, Services& services, std::string_view user_id,
                       const server::Responder& respond);

// The same of the fan with this user_fingerprint; `answer` makes the response of the receipt.
using ReceiptAnswer = std::function<server::Response(const codec::Json& receipt)>;
Result<void> erase_fan(Call& call, Services& services, const crypto::Fingerprint& user,
                       const ReceiptAnswer& answer, const server::Responder& respond);

}  // namespace altis::service
