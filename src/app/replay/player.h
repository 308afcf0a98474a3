// Plays the steps of a Games against a server, at a multiple of their own pace.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/client.h"
#include "app/replay/games.h"
#include "codec/json.h"

namespace altis::app::replay {

struct PlayOptions {
    Window window;
    std::optional<double> speed;  // seconds of the Games per second; none: as fast as it goes
};

// What it came to.
struct Played {
    std::size_t steps = 0;
    std::size_t known = 0;                       // the server had them already
    std::size_t changed = 0;                     // the journal grew
    std::size_t held = 0;                        // by a gate
    std::map<std::string, std::size_t> refused;  // by reason
    std::string state;  // the hash of all that is true of the edition's results
};

// Sends each step by the command that a live source would use. What the journal has is not sent
// again, nor waited for: a replay that was cut off goes on where the journal stands, and ends in
// the same state as one that was not. `tell` gets the moment in the Games, and steps done and in
// all. Fails with the reason of the server when it cannot go on.
using Tell = std::function<void(Time, std::size_t, std::size_t)>;
Result<Played> play(Client& client, const Games& games, const PlayOptions& options,
                    const Tell& tell);

}  // namespace altis::app::replay
