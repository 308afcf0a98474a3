// Takes one message to one address. The sender decides what leaves and when; a carrier knows how.
#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"
#include "channels/notice.h"
#include "channels/subscription.h"

namespace altis::service {

// What the channel said.
enum class Outcome : std::uint8_t {
    kAccepted,  // taken over by the channel's server; whether a person sees it, nobody says
    kGone,      // there is no such address (any more)
    kRefused,   // will not be taken, also next time
    kLater,     // may be taken when tried again
};

struct Carried {
    Outcome outcome = Outcome::kLater;
    Duration wait{0};  // of kLater: what the server asked for; 0: nothing
};

class Carrier {
  public:
    virtual ~Carrier() = default;

    // Whether the channel is set up.
    virtual bool has(channels::Channel channel) const = 0;

    // Calls `done` once, on any thread, which it must not block. Any thread.
    using Done = std::function<void(Carried)>;
    virtual void carry(const channels::Subscription& to, const channels::Notice& notice, Time now,
                       Done done) = 0;

    // Takes nothing more, waits some seconds for what is under way, and ends the rest as kLater.
    // Idempotent.
    virtual void stop() = 0;
};

}  // namespace altis::service
