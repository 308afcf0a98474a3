#include "rights/retention.h"

#include <algorithm>
#include <string>

#include "rights/model.h"

namespace altis::rights {
namespace {

// With what data of a category end.
std::string_view end_of(Category category) {
    switch (category) {
        case Category::kFanEngagement:
            break;
        case Category::kCommerce:
        case Category::kVenueOperations:
            return "purchases and visits of a fan stand among the fan's events, under the same "
                   "key, and end with the fan: set fan_engagement";
        case Category::kResults:
        case Category::kBroadcast:
            return "official results and feeds are a public record and are kept for good";
        case Category::kSecuritySurveillance:
        case Category::kBiometric:
        case Category::kAthletePerformance:
        case Category::kAthleteHealth:
            return "data of this kind come in whole data sets of a treasury: import the data set "
                   "again without the old rows";
    }
    return {};
}

}  // namespace

Result<Retained> parse_retained(std::string_view category) {
    const auto* const found = std::ranges::find(kRetainedNames, category);
    if (found != kRetainedNames.end()) {
        return static_cast<Retained>(found - kRetainedNames.begin());
    }
    if (const auto other = parse_category(category)) {
        return fail(Code::kInvalid, "retention.not_separable",
                    "the days of " + std::string(category) +
                        " cannot be set: " + std::string(end_of(*other)));
    }
    return fail(Code::kInvalid, "retention.unknown_category",
                "there is no such category; days can be set for fan_engagement and dead_letters");
}

}  // namespace altis::rights
