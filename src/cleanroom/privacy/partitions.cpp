#include "cleanroom/privacy/partitions.h"

#include <string>
#include <utility>

#include "base/assert.h"

namespace altis::cleanroom {
namespace {

// q^exponent, rounded up; exponent > 0. Each stored power is rounded down by less than 2^-190.
Fraction power_up(std::span<const Fraction> powers, std::uint64_t exponent) {
    const Fraction slack = power_of_half(190);
    const Fraction ulp = power_of_half(256);
    std::optional<Fraction> product;
    for (std::size_t digit = 0; digit < powers.size(); ++digit) {
        if ((exponent >> digit & 1) == 0) continue;
        const Fraction factor = powers[digit] + slack;
        product = product ? *product * factor + ulp : factor;
    }
    return *product;
}

// The least n with m * P(noise >= n) <= delta, where P(noise >= n) = q^n / (1 + q): so q^n is
// compared with delta * (1 + q) / m, rounded down.
std::int64_t least_unlikely(const LaplaceNoise& noise, std::int64_t m, AttoDelta delta) {
    const std::span<const Fraction> powers = noise.powers();
    const Fraction share =
        ratio(static_cast<std::uint64_t>(delta), static_cast<std::uint64_t>(kAttoDeltaPerDelta)) /
        static_cast<std::uint64_t>(m);
    const Fraction bound = share + share * powers[0];
    std::uint64_t too_likely = 0;
    for (std::size_t digit = powers.size(); digit-- > 0;) {
        const std::uint64_t larger = too_likely | std::uint64_t{1} << digit;
        if (bound < power_up(powers, larger)) too_likely = larger;
    }
    return static_cast<std::int64_t>(too_likely + 1);
}

}  // namespace

Result<PartitionSelection> PartitionSelection::make(std::int64_t groups_per_person,
                                                    MicroEpsilon epsilon, AttoDelta delta) {
    if (groups_per_person < 1 || groups_per_person > kMaxPartitionGroupsPerPerson) {
        return fail(Code::kInvalid, "rooms.sensitivity_out_of_range",
                    "A person must be limited to 1 to " +
                        std::to_string(kMaxPartitionGroupsPerPerson) + " groups.");
    }
    if (delta < 1 || delta > kMaxPartitionDelta) {
        return fail(Code::kInvalid, "rooms.delta_out_of_range",
                    "The delta for naming groups must be above 0 and at most 0.000001.");
    }
    TRY(LaplaceNoise noise, LaplaceNoise::make(2 * groups_per_person, epsilon));
    return PartitionSelection(std::move(noise), groups_per_person, delta);
}

PartitionSelection::PartitionSelection(LaplaceNoise noise, std::int64_t groups_per_person,
                                       AttoDelta delta)
    : noise_(std::move(noise)),
      delta_(delta),
      threshold_(1 + least_unlikely(noise_, groups_per_person, delta)) {}

std::vector<std::optional<std::int64_t>> PartitionSelection::select(
    std::span<const std::int64_t> persons, RandomBits& bits) const {
    ALTIS_ASSERT(persons.size() <= kMaxDrawsPerAnswer);
    std::vector<std::optional<std::int64_t>> named(persons.size());
    for (std::size_t group = 0; group < persons.size(); ++group) {
        const std::int64_t noisy = add_saturated(persons[group], noise_.draw(bits));
        if (persons[group] > 0 && noisy >= threshold_) named[group] = noisy;
    }
    return named;
}

PrivacyLoss PartitionSelection::loss() const {
    PrivacyLoss loss = noise_.loss(kMaxDrawsPerAnswer);
    loss.delta += delta_;
    return loss;
}

}  // namespace altis::cleanroom
