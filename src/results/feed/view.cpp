#include "results/feed/view.h"

#include <algorithm>

namespace altis::results::feed {

bool View::covers(std::string_view unit_edition, std::string_view unit) const {
    return unit_edition == edition && std::ranges::any_of(units, [unit](const auto& begin) {
               return unit.starts_with(begin);
           });
}

std::string View::key() const {
    std::string key = edition + "/" + std::to_string(delay.us) + "/";
    if (conflation.us != 0) key += "c" + std::to_string(conflation.us) + "/";
    for (const rights::FeedField field : fields)
        key += std::to_string(static_cast<int>(field));
    for (const std::string& begin : units)
        key += "/" + begin;
    return key;
}

View view_of(const rights::FeedGrant& grant) {
    View view{grant.edition,
              {},
              grant.fields,
              milliseconds(grant.delay_ms),
              milliseconds(grant.conflation_ms)};
    for (const std::string& begin : grant.units) {  // a beginning sorts before what it begins
        if (view.units.empty() || !begin.starts_with(view.units.back())) {
            view.units.push_back(begin);
        }
    }
    return view;
}

}  // namespace altis::results::feed
