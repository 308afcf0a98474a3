// One text per JSON value, to hash and to sign: equal values give equal bytes.
#pragma once

#include <string>
#include <string_view>

#include "codec/json.h"

namespace altis::cleanroom {

// Compact JSON with the members of every object sorted by name (by bytes).
std::string canonical_json(const codec::Json& json);

// SHA-256 of the canonical text, in lower-case hex.
std::string canonical_hash(const codec::Json& json);

}  // namespace altis::cleanroom
