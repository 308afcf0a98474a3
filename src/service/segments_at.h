// Cohorts and segments as they were, while the server runs.
#pragma once

#include "service/api.h"
#include "service/one_at_a_time.h"

namespace altis::service {

constexpr std::uint64_t kMaxReplayedRecords = 20'000'000;  // journal records behind one answer

// GET /v1/segments-at?offset=N|time=T[&fan=USER_ID]. Answers past_json (past_fans.h) for the owner
// of the fan data; with neither moment, of the last durable record. Naming a fan needs a right to
// it, and that decision is journalled. The journal is replayed on the background thread, about a
// second per million records, from the newest snapshot where that is of the moment or earlier: so
// only for an offset, and only when nobody was forgotten since that snapshot. Fails with
// "request.bad_number", "request.bad_time", "request.two_moments", "rights.<rule>",
// "fans.looking_back" while another question is under way, "fans.too_far_back" over
// kMaxReplayedRecords, "fans.forgotten_meanwhile" or "fans.unknown_fan".
Result<void> segments_at(Call& call, Services& services, OneAtATime& looking_back,
                         const server::Responder& respond);

}  // namespace altis::service
