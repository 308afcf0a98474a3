// What is agreed in a room, what is asked in it, and the one canonical form of a question.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/budget.h"
#include "cleanroom/overlap.h"
#include "codec/json.h"

namespace altis::cleanroom {

constexpr std::string_view kOverlapAndLift = "overlap_and_lift";
constexpr std::string_view kTrust = "T0: you trust the operator of this Altis";

constexpr std::size_t kMaxReceivers = 32;
constexpr std::size_t kMaxIdBytes = 40;
constexpr std::size_t kMaxDatasetNameBytes = 96;
constexpr std::size_t kMaxParameterBytes = 64;
constexpr std::int64_t kLowestMinimumGroup = 10;              // persons
constexpr std::int64_t kHighestMinimumGroup = 1'000'000'000;  // persons
constexpr MicroEpsilon kMaxBudget = 1'000 * kMicroEpsilonPerEpsilon;

// An owner and the table it brings. `budget` is the ceiling on what the table may have given away
// in its whole life, in all rooms together, before this room refuses.
struct Owner {
    Table table;
    MicroEpsilon budget = 0;
    friend bool operator==(const Owner&, const Owner&) = default;
};

// A room's policy, as its owners approve it. Every change makes a new policy.
struct Room {
    std::string id;              // [a-z0-9-], up to kMaxIdBytes
    std::vector<Owner> owners;   // the template's order: left, right
    std::string query_template;  // kOverlapAndLift
    std::string edition;
    std::string purpose;                 // a name of rights::Purpose
    std::int64_t minimum_group = 0;      // persons
    std::vector<std::string> receivers;  // organisations that may ask and read
    Time until;                          // first moment at which the room no longer answers
    friend bool operator==(const Room&, const Room&) = default;
};

// Fails with "rooms.policy_invalid" (names the member and its limits), "rooms.template_unknown",
// "rooms.purpose_unknown" or "rooms.minimum_too_low".
Result<void> check_room(const Room& room);

codec::Json to_json(const Room& room);

// Reads what `to_json` wrote, or a request of the same form. Fails with "json.missing",
// "json.wrong_type" or "time.malformed"; the meaning is left to check_room.
Result<Room> room_from_json(const codec::Json& json);

// Canonical hash of a room's policy, hex.
std::string policy_hash(const Room& room);

// One question to a room. The parameters of kOverlapAndLift, all optional: "interval"
// ("finite_population" or "sampling"), "confidence_percent" ("95" or "99.9") and "attended" (a
// name, e.g. of a sport, by which the caller chose the attendance bit of the left rows).
struct Question {
    std::string room;
    std::string organisation;  // who asks
    std::string query_template;
    codec::Json parameters;
    MicroEpsilon epsilon = 0;
    std::string trust{kTrust};  // under which the caller gathered the rows
};

// Parameters with every default filled in; what it gives, it takes again. Fails with
// "rooms.parameter_unknown" or "rooms.parameter_invalid".
Result<codec::Json> normalise_parameters(const codec::Json& parameters);

// What is computed for a question under a policy; its canonical hash is the receipt's plan hash.
// `parameters` are normalised.
codec::Json plan_json(const Room& room, const codec::Json& parameters, MicroEpsilon epsilon);

// The engine's part of a plan.
OverlapQuestion plan_question(const codec::Json& plan);

}  // namespace altis::cleanroom
