#include "cleanroom/templates/noisy_cells.h"

#include <utility>

#include "cleanroom/privacy/budget.h"

namespace altis::cleanroom {
namespace {

static_assert(kMaxCells <= kMaxDrawsPerAnswer, "every plan that was checked can be paid for");

Result<CellNoise> laplace_for(std::int64_t sensitivity, std::int64_t cells_changed,
                              MicroEpsilon epsilon) {
    CellNoise made;
    made.sensitivity = sensitivity;
    // Rounding down moves each cell that changes by up to one step more.
    if (sensitivity > kMaxSensitivity) {
        made.step = sensitivity / (kMaxSensitivity - cells_changed - 1) + 1;
        made.sensitivity = sensitivity / made.step + 1 + cells_changed;
    }
    TRY(LaplaceNoise noise, LaplaceNoise::make(made.sensitivity, epsilon));
    made.noise = std::make_shared<LaplaceNoise>(std::move(noise));
    return made;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
    const std::int64_t quotient = value / divisor;
    return quotient - (value % divisor < 0 ? 1 : 0);
}

std::vector<std::int64_t> with_noise(const std::vector<std::int64_t>& exact, const CellNoise& with,
                                     RandomBits& bits) {
    std::vector<std::int64_t> noisy(exact.size());
    for (std::size_t cell = 0; cell < exact.size(); ++cell) {
        const std::int64_t steps =
            add_saturated(floor_divide(exact[cell], with.step), with.noise->draw(bits));
        if (__builtin_mul_overflow(steps, with.step, &noisy[cell])) {
            noisy[cell] = steps < 0 ? INT64_MIN : INT64_MAX;
        }
    }
    return noisy;
}

}  // namespace

Result<PlanNoise> PlanNoise::make(const Plan& plan, std::size_t cells, MicroEpsilon epsilon) {
    PlanNoise made;
    made.cells_ = cells;
    made.epsilon_ = epsilon / static_cast<MicroEpsilon>(1 + plan.sums.size());
    const std::int64_t cells_changed = persons_sensitivity(plan).l1;
    TRY(made.persons_, laplace_for(cells_changed, cells_changed, made.epsilon_));
    for (const Sum& sum : plan.sums) {
        TRY(CellNoise noise,
            laplace_for(sum_sensitivity(plan, sum).l1, cells_changed, made.epsilon_));
        made.sums_.push_back(std::move(noise));
    }
    return made;
}

PrivacyLoss PlanNoise::loss() const {
    PrivacyLoss loss = persons_.noise->loss(cells_);
    for (const CellNoise& sum : sums_)
        loss = loss + sum.noise->loss(cells_);
    return loss;
}

std::string PlanNoise::mechanism() const {
    const auto part = [this](const CellNoise& with) {
        return "discrete_laplace(sensitivity=" + std::to_string(with.sensitivity) +
               ", epsilon=" + format_epsilon(epsilon_) + ", step=" + std::to_string(with.step) +
               ", cells=" + std::to_string(cells_) + ")";
    };
    std::string text = "user_level: persons " + part(persons_);
    for (const CellNoise& sum : sums_)
        text += "; sum " + part(sum);
    return text;
}

NoisyCells add_noise(const Exact& exact, const PlanNoise& noise, RandomBits& bits) {
    NoisyCells noisy{with_noise(exact.persons, noise.persons(), bits), {}};
    for (std::size_t i = 0; i < exact.sums.size(); ++i)
        noisy.sums.push_back(with_noise(exact.sums[i], noise.sum(i), bits));
    return noisy;
}

}  // namespace altis::cleanroom
