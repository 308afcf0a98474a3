// A question in a clean room: rows from two owners, paid for first, answered when that is durable.
#pragma once

#include "cleanroom/rooms_book.h"
#include "cleanroom/rows.h"
#include "service/api.h"
#include "service/treasuries.h"

namespace altis::service {

// What an owner brings to a question: its rows in canonical order, and the bit of their flags that
// is asked about.
struct RoomSide {
    cleanroom::Rows rows;
    std::uint8_t bits = 1;
    std::string commitment;  // hex: of the rows, or of the whole data set that they are from
};

// The side of the room's owner `index`. Of fans, the bit says who attended what `attended` names,
// e.g. a sport; of a data set, who has a yes in the dimension "booked". Fails with
// "rooms.dataset_unknown", "rooms.not_an_owner", "treasury.column_unknown", or as
// Treasuries::table.
Result<RoomSide> room_side(const World& world, const Treasuries& treasuries,
                           const cleanroom::Room& room, std::size_t index,
                           std::string_view attended);

// Asks, charges, computes and answers. Fails like RoomsBook::ask, and with "rights.<rule>",
// "rooms.dataset_unknown" or "rooms.group_too_small".
Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond);

// What the approval of a room's owner gives to the other receivers: a grant for clean-room use of
// fan data that ends with the room. Empty when the owner owns no fan data in that edition.
std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner);

}  // namespace altis::service
