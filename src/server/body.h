// Unpacks request bodies.
#pragma once

#include "base/result.h"
#include "server/http.h"
#include "server/limits.h"

namespace altis::server {

// Replaces a gzip body (by its first bytes, or by Content-Encoding) by what it holds. Fails with
// "gzip.malformed", "gzip.too_large" (over `limits.unpacked_bytes`, or over kMaxCompressionRatio
// once above kRatioFreeBytes) or "http.content_encoding" (another coding than gzip or identity).
Result<void> unpack_body(Request& request, const Limits& limits);

}  // namespace altis::server
