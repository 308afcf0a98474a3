// What most tests begin with: an edition, its owner and a sponsor, and their keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "altis_server.h"

namespace altis::e2e {

inline constexpr std::string_view kEdition = "owg2026";
inline constexpr std::string_view kUnit = "FSKWSINGLES-----------FNL-000100--";

struct Keys {
    std::string ingest;   // la28's apps
    std::string owner;    // la28's people: everything but admin
    std::string airline;  // a sponsor with treasury, rooms and statements
};

// Registers la28 (owner of fans, commerce, results and the locked categories) and the airline.
Result<Keys> found_games(const Server& server);

// Issues a key of owg2026.
Result<std::string> issue_key(Caller& admin, std::string_view id, std::string_view organisation,
                              const std::vector<std::string>& scopes);

// Declares what the columns of an airline's "email,booked" file mean, with 1 and 0 for booked.
Result<void> declare_customers(Caller& airline, std::string_view dataset);

// One of a room's owners, as a proposal has it.
struct RoomOwner {
    std::string_view name;
    std::string_view organisation;
    std::string_view dataset;
    std::vector<std::string> columns = {};
    std::int64_t budget = 1'000'000;  // micro-epsilon
};
codec::Json room_owner(const RoomOwner& owner);

// A track event; `properties` is a JSON object.
codec::Json track(std::string_view message, std::string_view user, std::string_view name,
                  codec::Json properties = codec::Json::object());
// An identify event with an address.
codec::Json identify(std::string_view message, std::string_view user, std::string_view email);
// {"batch": events}
codec::Json batch_of(std::vector<codec::Json> events);

// ODF: a schedule with kUnit, and a result of kUnit with one skater.
std::string schedule_odf();
enum class Publication : std::uint8_t { kLive, kOfficial };
std::string result_odf(Publication publication, int version);

}  // namespace altis::e2e
