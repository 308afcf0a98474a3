// Forgetting a person: books first, then keys, warehouse and snapshots; the receipt comes last.
#pragma once

#include <string_view>

#include "service/api.h"

namespace altis::service {

// Erases the fan behind a user id of the caller's edition, and answers with a signed receipt:
// {statement, signature, public_key}; the signature is Ed25519 over the compact JSON of
// `statement`. Fails with "fans.unknown_fan" or "rights.*".
Result<void> erase_fan(Call& call, Services& services, std::string_view user_id,
                       const server::Responder& respond);

// The caller's right to a fan's data for running the service. Journals the decision. Fails with
// "rights.<rule>".
Result<void> require_fan_rights(Call& call, SubjectId fan, rights::Purpose purpose);

// The edition that a caller speaks about: its key's own, else the request's `edition` parameter,
// else the only edition of which its organisation owns the fans.
std::string edition_of(const Call& call);

}  // namespace altis::service
