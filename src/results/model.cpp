#include "results/model.h"

#include <algorithm>

namespace altis::results {
namespace {

template <class Enum, std::size_t Count>
std::optional<Enum> parse_name(const std::array<std::string_view, Count>& names,
                               std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view to_string(ResultStatus status) {
    return kResultStatusNames[static_cast<std::size_t>(status)];
}

std::optional<ResultStatus> parse_result_status(std::string_view name) {
    return parse_name<ResultStatus>(kResultStatusNames, name);
}

std::string_view to_string(MedalUnit medals) {
    return kMedalUnitNames[static_cast<std::size_t>(medals)];
}

std::optional<MedalUnit> parse_medal_unit(std::string_view name) {
    return parse_name<MedalUnit>(kMedalUnitNames, name);
}

std::string display_name(const Competitor& competitor) {
    if (!competitor.name.empty() || competitor.members.size() != 1) return competitor.name;
    const Member& member = competitor.members.front();
    if (member.given_name.empty()) return member.family_name;
    if (member.family_name.empty()) return member.given_name;
    return member.given_name + " " + member.family_name;
}

}  // namespace altis::results
