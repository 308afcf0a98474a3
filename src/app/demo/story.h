// The story of a Games, played against a real server through its public HTTP interface.
#pragma once

#include <cstdint>
#include <string>

#include "app/demo/report.h"

namespace altis::app::demo {

// What becomes of the server when the story is over.
enum class Afterwards : std::uint8_t { kStop, kKeepServing };

struct StoryOptions {
    std::uint32_t fans = 200'000;
    std::uint64_t seed = 2026;
    std::string data_directory;  // empty: a temporary folder that is removed at the end
    Style style = Style::kPeople;
    Afterwards afterwards = Afterwards::kStop;
};

// Fewer would leave groups that the clean room rightly withholds.
constexpr std::uint32_t kMinFans = 10'000;
constexpr std::uint32_t kMaxFans = 5'000'000;

// Plays all chapters. Gives the exit status: 0 when every figure met its truth, 1 when one did not,
// 2 when the story could not be played to its end (the reason is on standard error).
int play_story(const StoryOptions& options);

}  // namespace altis::app::demo
