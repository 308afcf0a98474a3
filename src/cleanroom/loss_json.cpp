#include "cleanroom/loss_json.h"

namespace altis::cleanroom {

codec::Json to_json(const PrivacyLoss& loss) {
    return codec::Json::object({{"pure_epsilon_micro", loss.pure_epsilon},
                                {"pure_rho_units", loss.pure_rho},
                                {"gaussian_rho_units", loss.gaussian_rho},
                                {"delta_atto", loss.delta}});
}

PrivacyLoss loss_from_json(const codec::Json& json) {
    return {json["pure_epsilon_micro"].as_int(), json["pure_rho_units"].as_int(),
            json["gaussian_rho_units"].as_int(), json["delta_atto"].as_int()};
}

}  // namespace altis::cleanroom
