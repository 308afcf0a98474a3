// A question in a clean room: judged, paid for, and answered when that is durable.
#pragma once

#include <vector>

#include "cleanroom/rooms_book.h"
#include "service/api.h"

namespace altis::service {

// A column that its owner declared, or imported under, as one for "never" is in no policy. Fails
// with "rooms.column_never".
Result<void> check_columns(const World& world, const cleanroom::Room& room);

// Asks, charges, computes on the background thread, and answers. Fails like RoomsBook::askable,
// prepare, RoomsBook::ask and Treasuries::table, and with "rights.<rule>", "rooms.group_too_small",
// "rooms.mixed_trust" or "rooms.keys_differ".
Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond);

// What each question would cost were they asked one after the other, and which of them fit in the
// budgets that are left; nothing is charged. Fails with the first question that the room refuses.
Result<codec::Json> explain_questions(Call& call, const Services& services,
                                      const std::vector<cleanroom::Question>& questions);

// What the approval of a room's owner gives to the other receivers: a grant for clean-room use of
// fan data that ends with the room. Empty when the owner owns no fan data in that edition.
std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner);

}  // namespace altis::service
