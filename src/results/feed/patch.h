// Differences of two documents as JSON Patch (RFC 6902), limited to add, remove and replace.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "codec/json.h"

namespace altis::results::feed {

constexpr std::size_t kMaxPatchOperations = 100'000;  // of one patch that is applied

// The operations that turn `from` into `to`; both in canonical order. An array of different texts
// whose order changed costs two operations per text that moved past others. When the operations
// would be longer than `to` itself, one replaces the whole.
codec::Json diff(const codec::Json& from, const codec::Json& to);

// `document` with the operations done one after the other; objects stay in canonical order when
// they were. Fails with "patch.malformed" (no such operation, bad pointer, too many) or
// "patch.no_such_place" (the path names nothing).
Result<codec::Json> apply(const codec::Json& patch, const codec::Json& document);

}  // namespace altis::results::feed
