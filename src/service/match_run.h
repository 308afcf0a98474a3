// Fans whose typed-in data say that they are one person become one fan.
#pragma once

#include "service/api.h"
#include "service/one_at_a_time.h"

namespace altis::service {

constexpr std::size_t kMaxListedMatches = 1'000;  // new links that an answer lists

// POST /v1/fans/match-runs {"min_confidence_ppm": 990000}. Reads from the journal what was typed in
// (fans/typed_in.h) under the caller's edition, matches it (fans/matching) and links what is at
// least so surely one person, each link with kind "matched", its confidence and its reasons. What
// is one fan already, and fans between whom a link was ever cut, are left alone, so a second run
// adds nothing. For the owner of the fan data; the decision is journalled. Answers how many records
// and pairs were compared, what became of the matches, and the new links. Reading and matching
// happen on the background thread, a few seconds per 100,000 records; the links are committed in
// turns of their own. Fails with "fans.bad_confidence", "rights.<rule>", "fans.matching" while
// another run is under way, "matching.too_many" or "core.stopping".
Result<void> run_matching(Call& call, Services& services, OneAtATime& matching,
                          const server::Responder& respond);

}  // namespace altis::service
