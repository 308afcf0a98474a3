#include <algorithm>

#include "fans/matching/matching.h"

namespace altis::fans::matching {
namespace {

// Fields whose levels mean the same in words.
std::string_view words(PersonField field, Level level) {
    const bool date = field == PersonField::kBirthDate;
    switch (level) {
        case Level::kEqual:
            return "equal";
        case Level::kClose:
            return date ? "one typing error, or day and month swapped" : "nearly equal";
        case Level::kSimilar:
            return date ? "two of year, month and day equal" : "similar";
        case Level::kLoose:
            return date ? "two typing errors" : "loosely similar";
        case Level::kDifferent:
            return "different";
        case Level::kMissing:
            return "not known";
    }
    return {};
}

}  // namespace

std::vector<std::string> reasons(const MatchEvidence& evidence) {
    std::vector<std::size_t> order;
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        if (evidence.fields.at(f).level != Level::kMissing) order.push_back(f);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return evidence.fields.at(left).weight_millibits >
               evidence.fields.at(right).weight_millibits;
    });
    std::vector<std::string> result;
    for (std::size_t f : order) {
        const auto field = static_cast<PersonField>(f);
        result.push_back(std::string(field_name(field)) + " " +
                         std::string(words(field, evidence.fields.at(f).level)));
    }
    if (evidence.names_swapped) result.emplace_back("given name and surname swapped");
    if (evidence.address_lines_swapped) result.emplace_back("address lines swapped");
    return result;
}

}  // namespace altis::fans::matching
