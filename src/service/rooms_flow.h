// A question in a clean room: rows from two owners, paid for first, answered when that is durable.
#pragma once

#include <string>

#include "cleanroom/rooms_book.h"
#include "cleanroom/rows.h"
#include "service/api.h"

namespace altis::service {

// What an owner brings to a question: its rows in canonical order, and the bit of their flags that
// is asked about.
struct RoomSide {
    cleanroom::Rows rows;
    std::uint8_t bits = 1;
    std::string mark;  // of a table that came tagged (cleanroom/crossing/blind.h), else empty
};

// The side of the room's owner `index`. Of fans, the bit says who attended what `attended` names,
// e.g. a sport. Fails with "rooms.dataset_unknown" or "rooms.not_an_owner".
Result<RoomSide> room_side(const World& world, const cleanroom::Room& room, std::size_t index,
                           std::string_view attended);

// Under which trust two sides can be counted together; opens what can be opened of sides that came
// tagged. Fails with "rooms.mixed_trust" unless both came so, for one study and for their own side,
// or neither did.
Result<std::string> join_sides(RoomSide& left, RoomSide& right);

// Asks, charges, computes and answers. Fails like RoomsBook::ask, and with "rights.<rule>",
// "rooms.dataset_unknown", "rooms.mixed_trust" or "rooms.group_too_small".
Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond);

// What the approval of a room's owner gives to the other receivers: a grant for clean-room use of
// fan data that ends with the room. Empty when the owner owns no fan data in that edition.
std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner);

}  // namespace altis::service
