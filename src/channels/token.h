// Signed tokens (JWT, RFC 7519) by which push services know who sends.
#pragma once

#include <string>

#include "codec/json.h"
#include "crypto/private_key.h"

namespace altis::channels {

// The compact form (RFC 7515, section 7.1), signed with ES256 or RS256, whichever the key does;
// `header` gets its "alg". The key is no Ed25519 key.
std::string sign_token(const crypto::PrivateKey& key, codec::Json header,
                       const codec::Json& claims);

}  // namespace altis::channels
