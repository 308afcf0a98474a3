// An activation list on its way: asked for in a room, approved by the tables' owners, and gathered
// when it leaves, of who consents at that moment.
#pragma once

#include "cleanroom/activations_book.h"
#include "service/api.h"

namespace altis::service {

constexpr std::size_t kMaxActivationRows = 1'000'000;  // persons of one list

// Asks for a list; gives it whether it is new or waits already. Fails like RoomsBook::askable,
// ActivationsBook::ask, and with "rooms.dataset_unknown", "rooms.mixed_trust" or
// "rooms.keys_differ".
Result<const cleanroom::Activation*> ask_activation(Call& call, const Services& services,
                                                    const std::string& room,
                                                    const cleanroom::ActivationOrder& order);

// Gives the list to who asked for it: all persons of both tables who consent to the policy's
// purpose, each row with the proof of that (export_rows.h), and a receipt. Fails like
// RoomsBook::askable and ActivationsBook::releasable, with "rights.<rule>", "rooms.group_too_small"
// (fewer persons than the policy's minimum, none among them), "rooms.activation_too_large" or
// "rooms.activation_overtaken" (somebody was erased meanwhile). What looked at persons leaves at
// the end of its latency class, refusals too.
Result<void> release_activation(Call& call, Services& services, const std::string& room,
                                std::uint64_t number, const server::Responder& respond);

}  // namespace altis::service
