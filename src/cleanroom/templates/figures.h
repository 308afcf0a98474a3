// The figures of a template, out of noisy cells alone: post-processing, which costs nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cleanroom/plan/plan.h"
#include "cleanroom/privacy/intervals.h"
#include "cleanroom/templates/noisy_cells.h"
#include "cleanroom/templates/query_template.h"
#include "codec/json.h"

namespace altis::cleanroom {

// What is known before anything was counted.
struct FigureShape {
    const Plan& plan;
    std::span<const Schema* const> schemas;
    const PlanNoise& noise;
    Confidence confidence = Confidence::k95;
};

// How wide the intervals of counts and sums will be: an entry for every such figure, {"figure",
// "cells", "plus_minus"}, for one combination of its groups. Both are null for a figure of all
// groups together that come from the data, because how many are named is not known before. Asserts
// check_figures.
codec::Json expected_intervals(std::span<const FigureSpec> figures, const FigureShape& shape);

// What figures are made of.
struct FigureInput {
    FigureShape shape;
    const NoisyCells& cells;
    std::int64_t minimum_group = 0;  // persons; compared with noisy counts only
};

// Whether the figures fit the plan: their values exist, and none selects by a value of a private
// dimension, which might not be named. To be asked before anything is paid for. Fails with
// "rooms.figure_invalid".
Result<void> check_figures(std::span<const FigureSpec> figures, const Plan& plan,
                           std::span<const Schema* const> schemas);

// One entry for every figure and combination of its groups: {"name", "by": {group: value}, "value",
// "low", "high"} with figures as decimal numbers, or {"name", "by", "withheld": "group_too_small" |
// "too_imprecise"}. `high` is null where the data cannot bound it. Asserts check_figures.
codec::Json figures_json(std::span<const FigureSpec> figures, const FigureInput& input);

}  // namespace altis::cleanroom
