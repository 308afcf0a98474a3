// Derived claims: what may be said about a result beside its value ("season best", "first since").
// A claim is a query over the history in the store; it is made only with its proof, and refused
// where the history does not prove it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "messages/fact.h"

namespace altis::messages {

constexpr std::size_t kMaxHistoryRows = 100'000;         // in one history
constexpr std::size_t kMaxHistoryCompetitions = 10'000;  // in one history

// One result as the store has it.
struct ResultRow {
    std::string source;  // id of the record
    std::int64_t version = 0;
    FactStatus status = FactStatus::kProvisional;
    std::string competitor;   // code
    std::string discipline;   // what is compared: "FSK/women/free_skate"
    std::string unit;         // "points", "s"
    std::string competition;  // id of one in the history
    Decimal value;
};

// One entry of the calendar. Two on the same day have no order.
struct Competition {
    std::string id;
    std::int64_t day = 0;      // days since 1970-01-01
    bool is_complete = false;  // all its results of the discipline are in the store
};

// What the store knows about one discipline.
struct History {
    std::vector<ResultRow> rows;
    std::vector<Competition> competitions;  // all of them from `known_from` on
    std::int64_t known_from = 0;            // day
};

enum class BetterIs : std::uint8_t { kHigher, kLower };

enum class ClaimKind : std::uint8_t {
    kSeasonBest,    // best of the competitor from `from` on
    kPersonalBest,  // the same, `from` being where their career begins
    kRecord,        // best of anybody from `from` on
    kBestSince,     // best of the competitor since `since`, where they were as good or better
    kRank,          // place in the competition
    kMargin,        // distance of the winner to the second
};

// "season_best", "best_since": the text of a fact of kind kClaim.
std::string_view to_string(ClaimKind kind);

struct ClaimQuestion {
    ClaimKind kind = ClaimKind::kSeasonBest;
    std::string source;  // the record that the claim is about
    BetterIs better = BetterIs::kHigher;
    std::int64_t from = 0;  // day; of the three bests
    std::string since;      // id of a competition; of kBestSince
};

struct Claim {
    ClaimKind kind = ClaimKind::kSeasonBest;
    std::string value;            // of a rank or margin, exact text; empty otherwise
    std::string unit;             // of a margin
    std::vector<ProofRow> proof;  // the record itself first, then all it was compared with
};

// Fails with "claims.unknown_result", "claims.not_official" (a record that counts is provisional),
// "claims.history_incomplete" (a competition that counts is missing or not complete), "claims.tied"
// (an equal result makes it no best, no rank, no margin), "claims.other_unit" (results of the
// discipline in another unit or precision), "claims.untrue", "claims.nothing_to_compare" or
// "claims.too_large". Results of other disciplines never count.
Result<Claim> prove(const ClaimQuestion& question, const History& history);

// The fact of a proven claim with its proof, for the slot `name`; a rank and a margin are facts of
// their own kinds.
Fact claim_fact(const Claim& claim, std::string_view name);

}  // namespace altis::messages
