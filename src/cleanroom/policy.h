// What is agreed in a room: who brings what, who may ask what about it, and until when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/privacy/budget.h"
#include "cleanroom/templates/query_template.h"
#include "codec/json.h"

namespace altis::cleanroom {

constexpr std::string_view kTrust = "T0: you trust the operator of this Altis";

constexpr std::size_t kMaxOwners = 8;          // of a room; one for each input of a plan
constexpr std::size_t kMaxReceivers = 32;      // of a room, as of those who ask
constexpr std::size_t kMaxRoomTemplates = 32;  // of a room
constexpr std::size_t kMaxRoomColumns = 64;    // of an owner in a room
constexpr std::size_t kMaxIdBytes = 40;
constexpr std::size_t kMaxDatasetNameBytes = 96;
constexpr std::int64_t kLowestMinimumGroup = 10;              // persons
constexpr std::int64_t kHighestMinimumGroup = 1'000'000'000;  // persons
constexpr std::int64_t kLowestActivationMinimum = 100;        // persons

// The fans of an edition as a table: all of them, or those of one segment. The budget is that of
// the fans in either case, because a person can be in many segments.
constexpr std::string_view kFansDataset = "fans";
constexpr std::string_view kSegmentPrefix = "segment:";

// An owner and the table it brings. `budget` is the ceiling on what the table may have given away
// in its whole life, in all rooms together, before this room refuses.
struct Owner {
    std::string name;  // under which the table stands in templates: "left", "right"
    Table table;       // a data set of the treasury, kFansDataset or kSegmentPrefix and an id
    MicroEpsilon budget = 0;
    std::vector<std::string> columns;  // that questions may read; none unless named
    friend bool operator==(const Owner&, const Owner&) = default;
};

// The table whose budget an owner's table is charged to.
Table protected_table(const Owner& owner);

// Lists of persons that a room may give (activations_book.h): to those alone who consented to the
// purpose, and of at least so many.
struct ActivationTerms {
    std::string purpose;       // a name of rights::Purpose
    std::int64_t minimum = 0;  // persons
    friend bool operator==(const ActivationTerms&, const ActivationTerms&) = default;
};

// A room's policy, as its owners approve it. Every change makes a new policy.
struct Room {
    std::string id;  // [a-z0-9-], up to kMaxIdBytes
    std::vector<Owner> owners;
    std::vector<std::string> templates;        // ids of templates of Altis
    std::vector<QueryTemplate> own_templates;  // that owners wrote
    std::string edition;
    std::string purpose;                     // a name of rights::Purpose
    std::int64_t minimum_group = 0;          // persons
    MicroEpsilon max_epsilon = kMaxEpsilon;  // of one question
    std::vector<std::string> askers;         // organisations that may ask
    std::vector<std::string> receivers;      // and those that may read what was answered
    Time until;                              // first moment at which the room no longer answers
    bool permits_sql = false;                // statements of analysts (sql/), beside the templates
    std::optional<ActivationTerms> activation = std::nullopt;  // none: no lists

    // Null when it is not permitted in this room.
    const QueryTemplate* query_template(std::string_view id) const;
};

// Fails with "rooms.policy_invalid" (names the member and its limits), "rooms.template_unknown",
// "rooms.purpose_unknown" or "rooms.minimum_too_low".
Result<void> check_room(const Room& room);

codec::Json to_json(const Room& room);

// Reads what `to_json` wrote, or a request of the same form. "askers" is "receivers" when absent,
// "max_epsilon_micro" the largest, and "sql" false; "activation"? is {"purpose", "minimum"}. Fails
// with "json.missing", "json.wrong_type", "time.malformed" or "rooms.template_invalid"; the meaning
// is left to check_room.
Result<Room> room_from_json(const codec::Json& json);

// Canonical hash of a room's policy, hex.
std::string policy_hash(const Room& room);

}  // namespace altis::cleanroom
