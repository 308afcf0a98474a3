// The fans of an edition as a table for clean rooms, without a row ever being stored.
#pragma once

#include "cleanroom/data/table_data.h"
#include "cleanroom/policy.h"
#include "service/world.h"

namespace altis::service {

// Whether an owner's table are fans: all of an edition, or those of a segment.
bool is_fans_table(const cleanroom::Owner& owner);

// The fans of such a table, whether they consent or not. Fails with "rooms.dataset_unknown" (the
// segment is not defined).
Result<const fans::FanSet*> fans_of(const World& world, const cleanroom::Owner& owner);

// The columns that a policy names: "attended.<what>" (a sport, or what else a venue's event named)
// and "segment.<id>", each yes or no. Fails with "rooms.column_unknown" for any other.
Result<cleanroom::Schema> fans_schema(const cleanroom::Owner& owner);

// A row for each fan who consented to clean rooms and is known by an address; everybody else is not
// in the room. Fails with "rooms.not_an_owner" or "rooms.dataset_unknown" (the segment, or one that
// a column names, is not defined).
Result<cleanroom::TableData> fans_table(const World& world, const cleanroom::Room& room,
                                        const cleanroom::Owner& owner,
                                        const cleanroom::Schema& schema);

}  // namespace altis::service
