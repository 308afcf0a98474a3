// What is best of a season, from the results in the store: the history behind a claim.
#pragma once

#include <optional>

#include "base/decimal.h"
#include "messages/claims.h"
#include "service/world.h"

namespace altis::service {

// How results of two competitions are compared: the number of a line, and its unit.
struct Measured {
    Decimal value;
    std::string unit;  // "points"
};
using Measure = std::optional<Measured> (*)(const results::FactLine& line);

// The season's best of the competitor, if the store proves it: the rules of the edition say which
// editions make the season up; each of them has units of the same event and phase, all of them
// official; and everybody in them is known by the id of a federation, so that nobody's earlier
// result is overlooked. Results that came in later count as well. Fails as messages::prove does,
// with "claims.history_incomplete" where no rule names a season, and with "claims.unknown_result"
// where the line has no such number.
Result<messages::Claim> season_best(const World& world, const results::FactLine& line,
                                    Measure measure);

}  // namespace altis::service
