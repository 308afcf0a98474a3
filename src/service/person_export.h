// All that is held about one fan, for the person: what the books know, and every record of the
// journal.
#pragma once

#include "service/api.h"

namespace altis::service {

constexpr std::size_t kMaxPersonRecords = 100'000;  // journal records in one answer

// GET /v1/fans/{user_id}?events=1. Answers what the books know: {"profile", "identity", "scores",
// "consents", "segments"}, consents those of editions whose fan data the caller's organisation
// owns; with `events=1` also "made_by", the events behind every value, and "linked_by", why
// identifiers are one fan (fans/evidence.h), for which the journal is read as below. Fails with
// "fans.unknown_fan" or "rights.<rule>".
Result<void> explain_fan(Call& call, Services& services, const server::Responder& respond);

// GET /v1/fans/{user_id}/export?format=json|html&after=OFFSET. Adds "records", all that the journal
// holds about the fan's subjects behind `after`, opened: events as they were sent, rejected ones
// that name the fan, consents, messages, links, and who was allowed to use the data. With more than
// kMaxPersonRecords of them "continue_after" says where to go on. The decision is journalled, and
// the journal is read on the background thread, about a second per million records. Fails with
// "fans.unknown_fan", "request.bad_format", "request.bad_number" or "rights.<rule>".
Result<void> export_fan(Call& call, Services& services, const server::Responder& respond);

// The same of the fan with this user_fingerprint, whose id the caller does not know; without
// "user_id".
Result<void> export_fan(Call& call, Services& services, const crypto::Fingerprint& user,
                        const server::Responder& respond);

// What the books know about a fan that is there, as explain_fan answers it.
codec::Json known_about(const World& world, fans::FanId fan, const rights::Caller& caller);

}  // namespace altis::service
