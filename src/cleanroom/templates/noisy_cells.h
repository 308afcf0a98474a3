// From exact counts to what may be published: the one place where noise is added, and where it is
// known what that costs before anything is counted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan.h"
#include "cleanroom/privacy/noise.h"
#include "cleanroom/privacy/partitions.h"

namespace altis::cleanroom {

// What one answer pays for naming groups: a thousandth of what a table has in its whole life.
constexpr AttoDelta kNamingDelta = 1'000'000;  // 10^-12

// The group of all whose group is not named; it is always there.
constexpr std::string_view kUnnamed = "(not named)";

// What every answer with groups out of the data says, whether or not a group was left out.
constexpr std::string_view kUnnamedNote =
    "Groups of too few persons are not named; whoever is in one is counted as (not named), "
    "which may be nobody.";

// The noise of one kind of number in every cell. Sums with wide bounds are counted in coarser
// steps: a total is rounded down to a multiple of `step` before the noise is added.
struct CellNoise {
    std::shared_ptr<const Noise> noise;
    std::int64_t step = 1;
    std::int64_t sensitivity = 1;  // in steps
};

// How the groups of a plan's private label are named.
struct Naming {
    std::size_t label = 0;
    PartitionSelection selection;
    std::int64_t least = 0;  // noisy persons of a group that is named; not below the threshold
    std::size_t most = 0;    // groups; of more those with the most noisy persons
};

// The noise for a plan at an epsilon, which naming, persons and sums share evenly.
class PlanNoise {
  public:
    // `plan` was checked with these schemas. No group out of the data is named below
    // `minimum_group` noisy persons. Fails with "rooms.epsilon_out_of_range" when a share is below
    // kMinEpsilon.
    static Result<PlanNoise> make(const Plan& plan, std::span<const Schema* const> schemas,
                                  MicroEpsilon epsilon, std::int64_t minimum_group);

    const CellNoise& persons() const { return persons_; }
    const CellNoise& sum(std::size_t index) const { return sums_[index]; }
    const std::optional<Naming>& naming() const { return naming_; }
    MicroEpsilon share() const { return epsilon_; }
    // What the whole answer costs every table of the plan.
    PrivacyLoss loss() const;
    // For receipts: mechanism, sensitivity and epsilon of each part.
    std::string mechanism() const;

  private:
    std::size_t cells_ = 0;
    MicroEpsilon epsilon_ = 0;  // of each part
    CellNoise persons_;
    std::vector<CellNoise> sums_;
    std::optional<Naming> naming_;
};

// Noisy numbers by cell, like Exact; safe to publish once they are paid for.
struct NoisyCells {
    std::vector<std::int64_t> persons;
    std::vector<std::vector<std::int64_t>> sums;
    // The values of the private label in the order of its cells, kUnnamed behind them; nothing for
    // plans without one.
    std::vector<std::string> named{};
};

// Every cell gets noise of its own, empty ones, too.
NoisyCells add_noise(const Exact& exact, const PlanNoise& noise, RandomBits& bits);

// Counts a plan that the noise was made for. Groups of a private label are selected first, by the
// noisy number of their persons; then the cells of those that are named are counted, all others
// together, with noise of their own, so that figures are not tilted by the selection. Takes as
// many cells as any plan may have, whatever the data.
NoisyCells count_noisily(const Plan& plan, Tables tables, const PlanNoise& noise, RandomBits& bits);

}  // namespace altis::cleanroom
