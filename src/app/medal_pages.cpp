#include "app/medal_pages.h"

namespace altis::app {

using codec::Json;

Json page_json(const results::MedalSnapshot& page) {
    Json rows = Json::array();
    for (const auto& row : page.rows) {
        rows.push(Json::object({{"organisation", row.organisation},
                                {"name", row.name},
                                {"discipline", row.discipline},
                                {"event", row.event},
                                {"medal", row.medal}}));
    }
    return Json::object({{"source", page.source},
                         {"observed_at", format_rfc3339(page.observed_at)},
                         {"rows", std::move(rows)}});
}

}  // namespace altis::app
