// Privacy losses as JSON, exact: {"pure_epsilon_micro", "pure_rho_units", "gaussian_rho_units",
// "delta_atto"}; loss.h tells the units.
#pragma once

#include "cleanroom/privacy/loss.h"
#include "codec/json.h"

namespace altis::cleanroom {

codec::Json to_json(const PrivacyLoss& loss);

// Absent members count as zero: for texts that `to_json` wrote.
PrivacyLoss loss_from_json(const codec::Json& json);

}  // namespace altis::cleanroom
