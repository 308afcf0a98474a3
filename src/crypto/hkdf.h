// HKDF with SHA-256 (RFC 5869), for keys of up to 32 bytes.
#pragma once

#include <string_view>

#include "crypto/hash.h"

namespace altis::crypto {

// HKDF-Extract: concentrates the randomness of `secret`. Any lengths.
Digest hkdf_extract(std::string_view salt, std::string_view secret);

// HKDF-Expand: the first 32 bytes of output for this purpose. Who needs fewer takes the front.
Digest hkdf_expand(const Digest& key, std::string_view info);

}  // namespace altis::crypto
