// A medal page as the server takes it.
#pragma once

#include "codec/json.h"
#include "results/awards/gates.h"

namespace altis::app {

// The body of POST /v1/results/medals/{edition}/pages.
codec::Json page_json(const results::MedalSnapshot& page);

}  // namespace altis::app
