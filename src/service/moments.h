// The moments that a request names, in both times that the registers of results keep.
#pragma once

#include <string_view>

#include "results/awards/awards_book.h"
#include "service/api.h"

namespace altis::service {

// A query parameter (RFC 3339); the end of time when it is absent. Fails with "time.malformed".
Result<Time> moment_of(const Call& call, std::string_view name);

// `known_at` and `valid_at`.
Result<results::Moment> moment_of(const Call& call);

}  // namespace altis::service
