#include "cleanroom/templates/noisy_cells.h"

#include <algorithm>
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

// How many persons have each value of the private label, each person the first so many values.
std::vector<std::int64_t> count_groups(const Plan& plan, Tables tables, std::size_t label) {
    Plan groups = plan;
    groups.labels = {plan.labels[label]};
    groups.sums.clear();
    return count(groups, tables).persons;
}

// The codes of the groups that may be named, ascending.
NamedValues name_groups(const Naming& naming, const std::vector<std::string>& values,
                        const std::vector<std::int64_t>& persons, RandomBits& bits) {
    const auto selected = naming.selection.select(persons, bits);
    std::vector<std::pair<std::int64_t, std::uint16_t>> large;
    for (std::size_t code = 0; code < selected.size(); ++code) {
        const bool is_plain = code == values.size() || values[code] != kUnnamed;
        if (is_plain && selected[code].value_or(0) >= naming.least) {
            large.emplace_back(-*selected[code], static_cast<std::uint16_t>(code));
        }
    }
    std::ranges::sort(large);
    large.resize(std::min(large.size(), naming.most));
    NamedValues named{naming.label, {}};
    for (const auto& [noisy, code] : large)
        named.codes.push_back(code);
    std::ranges::sort(named.codes);
    return named;
}

}  // namespace

Result<PlanNoise> PlanNoise::make(const Plan& plan, std::span<const Schema* const> schemas,
                                  MicroEpsilon epsilon, std::int64_t minimum_group) {
    PlanNoise made;
    made.cells_ = cell_count(plan, schemas);
    const auto label = private_label(plan, schemas);
    made.epsilon_ = epsilon / static_cast<MicroEpsilon>(1 + plan.sums.size() + (label ? 1 : 0));
    if (label) {
        TRY(PartitionSelection selection,
            PartitionSelection::make(plan.groups_per_person, made.epsilon_, kNamingDelta));
        const std::int64_t least = std::max(selection.threshold(), minimum_group);
        made.naming_ = Naming{*label, std::move(selection), least, most_named(plan, schemas)};
    }
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
    if (naming_) loss = loss + naming_->selection.loss();
    return loss;
}

std::string PlanNoise::mechanism() const {
    const auto part = [this](const CellNoise& with) {
        return "discrete_laplace(sensitivity=" + std::to_string(with.sensitivity) +
               ", epsilon=" + format_epsilon(epsilon_) + ", step=" + std::to_string(with.step) +
               ", cells=" + std::to_string(cells_) + ")";
    };
    std::string text = "user_level: ";
    if (naming_) {
        text += "naming discrete_laplace(sensitivity=" +
                std::to_string(naming_->selection.noise().sensitivity()) +
                ", epsilon=" + format_epsilon(epsilon_) +
                ", delta_atto=" + std::to_string(kNamingDelta) +
                ", least=" + std::to_string(naming_->least) + "); ";
    }
    text += "persons " + part(persons_);
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

NoisyCells count_noisily(const Plan& plan, Tables tables, const PlanNoise& noise,
                         RandomBits& bits) {
    if (!noise.naming()) return add_noise(count(plan, tables), noise, bits);
    const Naming& naming = *noise.naming();
    const Label& label = plan.labels[naming.label];
    const Dimension& dimension = tables[label.input]->schema.dimensions[label.column];
    const NamedValues named =
        name_groups(naming, dimension.values, count_groups(plan, tables, naming.label), bits);
    NoisyCells noisy = add_noise(count(plan, tables, named), noise, bits);
    for (const std::uint16_t code : named.codes)
        noisy.named.emplace_back(code < dimension.values.size() ? dimension.values[code] : kOther);
    noisy.named.emplace_back(kUnnamed);
    return noisy;
}

}  // namespace altis::cleanroom
