#include "app/archives.h"

#include <algorithm>

namespace altis::app {

using codec::Json;

Result<void> open_archives(Client& client, const std::map<std::string, std::string>& editions) {
    TRY(const Json known, client.get("/v1/editions"));
    const auto& open = known["items"].items();
    for (const auto& [id, name] : editions) {
        const bool is_open = std::ranges::any_of(
            open, [&id](const Json& edition) { return edition["id"].as_string() == id; });
        if (is_open) continue;
        TRY_VOID(client.post("/v1/editions",
                             Json::object({{"id", id}, {"name", name}, {"archive", true}})));
    }
    return {};
}

}  // namespace altis::app
