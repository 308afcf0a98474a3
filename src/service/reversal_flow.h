// What was booked on a message that turned out to be wrong is taken back.
#pragma once

#include "messages/messages_book.h"
#include "service/core.h"

namespace altis::service {

// Reverses every attributed sale that one of the messages led to which this correction puts right,
// and books the sale again as the seller's alone: the buyer has bought, but nobody earns a share by
// a message that was not true. Both entries name the corrected fact. Repeated, it changes nothing.
void reverse_booked(Turn& turn, const messages::Plan& correction);

}  // namespace altis::service
