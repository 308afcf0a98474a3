// What the chapters of the story share: the server, the population, the truth, and the report.
#pragma once

#include <memory>
#include <string>

#include "app/client.h"
#include "app/demo/population.h"
#include "app/demo/report.h"
#include "app/demo/server_process.h"
#include "base/result.h"

namespace altis::app::demo {

inline constexpr std::string_view kEdition = "owg2026";
inline constexpr std::string_view kRightsHolder = "la28";
inline constexpr std::string_view kCohort = "performance-motivation";
inline constexpr std::string_view kSegment = "high-value-volleyball-la";
inline constexpr std::string_view kCampaign = "free-skate-caps";
inline constexpr std::string_view kRoom = "la28-airline";
inline constexpr std::string_view kUnit = "FSKWSINGLES-----------FNL-000100--";

struct Stage {
    Report& report;
    const Population& population;
    Truth truth;
    std::unique_ptr<ServerProcess> server;
    // Keys of the parties, made in the first chapter.
    std::string holder_key;  // the rights holder's own people
    std::string ingest_key;
    std::string airline_key;
    std::string timing_key;
    std::string results_key;  // of two people who decide about results together
    std::string jury_key;
    // Messages that were received: id and user of some, for the chapter that buys caps.
    std::vector<std::pair<std::string, std::string>> received;

    // A client that speaks as the operator of the server, as the rights holder, or with another
    // key.
    Client client() const { return Client(server->endpoint()); }
    Client holder() const { return client(holder_key); }
    Client client(const std::string& key) const {
        Endpoint endpoint = server->endpoint();
        endpoint.key = key;
        return Client(endpoint);
    }
};

// The chapters, in order. Each fails when the server refuses what the story needs.
Result<void> found_the_games(Stage& stage);         // 1
Result<void> let_the_fans_in(Stage& stage);         // 2 and the kill of 9
Result<void> look_at_segments(Stage& stage);        // 3
Result<void> meet_in_the_clean_room(Stage& stage);  // 4
Result<void> skate(Stage& stage);                   // 5 and 6
Result<void> sell_caps(Stage& stage);               // 7
Result<void> forget_a_fan(Stage& stage);            // 8
Result<void> look_back(Stage& stage);               // 9 and the journal

}  // namespace altis::app::demo
