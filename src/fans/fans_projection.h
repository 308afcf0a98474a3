// Events of fans as rows of the warehouse.
#pragma once

#include <memory>
#include <string_view>

#include "warehouse/projection.h"

namespace altis::fans {

// One row for each signal of an event, and one without a kind for an event that has none. No
// identifiers: the leading column `subject` is the only tie to the fan, and erasure removes its
// rows. Columns:
//   edition, event_time, received_at, type ("track", ...), name ("Content Viewed", ...),
//   kind ("viewed", "followed", "unfollowed", "ordered", "bought", "attended", "opened", "consent",
//   "language", "area"), item (content kind, category, purpose, language or area), sport, athlete,
//   venue, currency, dwell_ms, amount_minor, quantity, given. Null where it does not apply. The
//   amount of an order stands in "ordered" once and in "bought" again, split by product: sum one of
//   them only.
constexpr std::string_view kFanEventsTable = "fan_events";

// For `fans.event`.
std::unique_ptr<const warehouse::Projection> make_fan_events_projection();

// For `fans.forgotten`: the subjects' rows go, should the process have ended before they did.
std::unique_ptr<const warehouse::Projection> make_fans_forgotten_projection();

}  // namespace altis::fans
