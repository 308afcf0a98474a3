// How long data of persons are kept, as their owners say per category and edition.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace altis::rights {

// What can end by its age apart from everything else, because keys of its own seal it.
enum class Retained : std::uint8_t {
    kFanEngagement,  // a fan with everything, so many days after the fan's last event
    kDeadLetters,    // a rejected event, so many days after it came
};
constexpr std::array<std::string_view, 2> kRetainedNames = {"fan_engagement", "dead_letters"};

constexpr std::uint16_t kDeadLetterDays = 30;        // where the owner says nothing
constexpr std::uint16_t kMaxRetentionDays = 36'500;  // a hundred years

// Fails with "retention.unknown_category" or, for a category that other data hold together, with
// "retention.not_separable"; the sentence says with what it ends.
Result<Retained> parse_retained(std::string_view category);

struct RetentionChange {
    std::string_view organisation;
    std::string_view edition;
    Retained what = Retained::kFanEngagement;
    std::uint16_t days = 0;  // 0: as where the owner says nothing
};

}  // namespace altis::rights
