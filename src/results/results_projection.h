// Results as rows of the warehouse.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "warehouse/projection.h"

namespace altis::results {

// One row for each competitor of each version, late ones too, and never for a withdrawal. Columns:
// edition, unit, version, status, competitor, organisation, rank (null when not ranked), irm,
// result (text as published).
constexpr std::string_view kResultsTable = "results";

// The projections that fill kResultsTable, one for each type of record.
std::vector<std::unique_ptr<const warehouse::Projection>> results_projections();

}  // namespace altis::results
