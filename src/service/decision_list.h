// The decisions on personal data that the journal keeps: who used what for what, and by which rule.
#pragma once

#include "service/api.h"

namespace altis::service {

constexpr std::size_t kMaxListedDecisions = 200;              // in one answer
constexpr journal::Offset kMaxDecisionListRecords = 200'000;  // read for one answer

// GET /v1/decisions?before=OFFSET. Answers {"items": newest first, "continue_before"?}: the
// decisions among the records ahead of `before`, else the newest ones. Of each {"offset", "time",
// "actor", "organisation", "category", "purpose", "edition", "allowed", "rule", "people"}, and not
// about whom. An organisation sees those about its own use and those about data that it owns; the
// operator all. `continue_before` is there when older records were not read. The journal is read on
// the background thread. Fails with "request.bad_number".
Result<void> list_decisions(Call& call, Services& services, const server::Responder& respond);

}  // namespace altis::service
