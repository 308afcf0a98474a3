// Which groups may be named at all, when their names come from the data: a group that only one
// person is in would betray that person by being listed. Groups of a public list need none of this;
// all of them are published, also those of nobody, each with its noise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cleanroom/privacy/noise.h"

namespace altis::cleanroom {

constexpr std::int64_t kMaxPartitionGroupsPerPerson = 1'000;
constexpr AttoDelta kMaxPartitionDelta = 1'000'000'000'000;  // 10^-6

// A group is named when its noisy number of persons reaches a threshold; the noisy number is
// published with it for nothing more. For changes of all that one person has in at most m groups:
// up to m counts fall by one and up to m rise, so that discrete Laplace noise for sensitivity 2m
// makes the counts of groups that others are in, too, epsilon-DP. A group of that person alone
// appears with a probability of at most P(1 + noise >= threshold), and the threshold is the least
// integer that keeps m times it at or below delta. Together: (epsilon, delta)-DP.
class PartitionSelection {
  public:
    // Fails with "rooms.sensitivity_out_of_range" (1 to kMaxPartitionGroupsPerPerson groups),
    // "rooms.delta_out_of_range" (1 to kMaxPartitionDelta) or "rooms.epsilon_out_of_range".
    static Result<PartitionSelection> make(std::int64_t groups_per_person, MicroEpsilon epsilon,
                                           AttoDelta delta);

    // The noisy count of each group that may be named, nothing for the others. `persons`: distinct
    // persons per group, each person in at most `groups_per_person` of them; at most
    // kMaxDrawsPerAnswer groups. One draw a group, also for those of nobody, which never pass. The
    // caller must not tell how many groups were left out.
    std::vector<std::optional<std::int64_t>> select(std::span<const std::int64_t> persons,
                                                    RandomBits& bits) const;

    // One answer, whatever the number of groups, which is as private as their names.
    PrivacyLoss loss() const;

    std::int64_t threshold() const { return threshold_; }
    const LaplaceNoise& noise() const { return noise_; }

  private:
    PartitionSelection(LaplaceNoise noise, std::int64_t groups_per_person, AttoDelta delta);

    LaplaceNoise noise_;
    AttoDelta delta_;
    std::int64_t threshold_;
};

}  // namespace altis::cleanroom
