// HMAC-SHA-256 (RFC 2104): what others can check. Inside Altis keyed_hash is used.
#pragma once

#include <string_view>

#include "crypto/hash.h"

namespace altis::crypto {

// Any length of key.
Digest hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace altis::crypto
