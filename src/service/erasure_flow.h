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

}  // namespace altis::service
