// From exact counts to what may be published: the one place where noise is added, and where it is
// known what that costs before anything is counted.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan.h"
#include "cleanroom/privacy/noise.h"

namespace altis::cleanroom {

// The noise of one kind of number in every cell. Sums with wide bounds are counted in coarser
// steps: a total is rounded down to a multiple of `step` before the noise is added.
struct CellNoise {
    std::shared_ptr<const Noise> noise;
    std::int64_t step = 1;
    std::int64_t sensitivity = 1;  // in steps
};

// The noise for a plan at an epsilon, which persons and sums share evenly.
class PlanNoise {
  public:
    // Fails with "rooms.epsilon_out_of_range" when a share is below kMinEpsilon.
    static Result<PlanNoise> make(const Plan& plan, std::size_t cells, MicroEpsilon epsilon);

    const CellNoise& persons() const { return persons_; }
    const CellNoise& sum(std::size_t index) const { return sums_[index]; }
    // What the whole answer costs every table of the plan.
    PrivacyLoss loss() const;
    // For receipts: mechanism, sensitivity and epsilon of each part.
    std::string mechanism() const;

  private:
    std::size_t cells_ = 0;
    MicroEpsilon epsilon_ = 0;  // of each part
    CellNoise persons_;
    std::vector<CellNoise> sums_;
};

// Noisy numbers by cell, like Exact; safe to publish once they are paid for.
struct NoisyCells {
    std::vector<std::int64_t> persons;
    std::vector<std::vector<std::int64_t>> sums;
};

// Every cell gets noise of its own, empty ones, too.
NoisyCells add_noise(const Exact& exact, const PlanNoise& noise, RandomBits& bits);

}  // namespace altis::cleanroom
