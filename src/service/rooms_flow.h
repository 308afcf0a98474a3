// A question in a clean room: judged, paid for, and answered when that is durable.
#pragma once

#include <vector>

#include "cleanroom/rooms_book.h"
#include "service/api.h"

namespace altis::service {

// Asks, charges, computes on the background thread, and answers. Fails like RoomsBook::askable,
// prepare and RoomsBook::ask, and with "rights.<rule>" or "rooms.group_too_small".
Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond);

// What each question would cost were they asked one after the other, and which of them fit in the
// budgets that are left; nothing is charged. Fails with the first question that the room refuses.
Result<codec::Json> explain_questions(Call& call,
                                      const std::vector<cleanroom::Question>& questions);

// What the approval of a room's owner gives to the other receivers: a grant for clean-room use of
// fan data that ends with the room. Empty when the owner owns no fan data in that edition.
std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner);

}  // namespace altis::service
