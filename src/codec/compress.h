// gzip in memory, with a hard limit against decompression bombs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::codec {

// True when the bytes start with the gzip magic (1f 8b), whatever a header claims.
bool looks_like_gzip(std::string_view bytes);

// Unpacks one or more gzip members. Fails with "gzip.malformed", or "gzip.too_large" when the
// output would pass `max_output_bytes`. Thread-safe.
Result<std::string> gunzip(std::string_view bytes, std::size_t max_output_bytes);

// Packs at a speed level of 1 (fast) to 9 (small). Thread-safe.
std::string gzip(std::string_view bytes, int level = 1);

}  // namespace altis::codec
