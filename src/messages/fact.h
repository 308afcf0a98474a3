// Facts: the only things that a message may state. Each is exact text with its source, version and
// status; nothing is ever computed with on the way to the reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "codec/json.h"

namespace altis::messages {

enum class FactKind : std::uint8_t {
    kDecimal,  // "147.67", digits exactly as published
    kCount,    // whole number of things, "3"
    kRank,     // place from 1 on, "2"
    kName,     // a competitor's official name; `key` is the competitor's code
    kText,     // a key such as "free_skate" that templates turn into words; never printed itself
    kMedal,    // "gold", "silver" or "bronze"
    kLink,     // "https://..."
    kClock,    // a time taken, "9:58.30" or "2:06:26"
    kClaim,    // a derived claim that was proved, "season_best" (claims.h)
};

enum class FactStatus : std::uint8_t { kProvisional, kOfficial, kAmended };

constexpr std::size_t kMaxFacts = 32;       // in one record
constexpr std::size_t kMaxNameBytes = 200;  // of a competitor
constexpr std::size_t kMaxLinkBytes = 500;
constexpr std::size_t kMaxProofRows = 256;  // of one fact
constexpr std::int64_t kMaxCount = 1'000'000'000'000;

// A record that a claim rests on.
struct ProofRow {
    std::string source;
    std::int64_t version = 0;
    Decimal value;
    friend bool operator==(const ProofRow&, const ProofRow&) = default;
};

struct Fact {
    std::string name;  // slot that it fills, [a-z_]
    FactKind kind = FactKind::kText;
    std::string text;    // exact, in machine form
    std::string unit;    // "points", "s", ...; may be empty
    std::string key;     // competitor code of a name, for the alias table
    std::string source;  // id of the record that says so: "results/<edition>/<rsc>/<version>"
    std::int64_t version = 0;
    FactStatus status = FactStatus::kProvisional;
    std::string hash = {};  // of that record in the log of facts, in hex; empty where it has none
    std::vector<ProofRow> proof = {};  // of a claim: the record itself first, then all compared
    friend bool operator==(const Fact&, const Fact&) = default;
};

// All facts of one message.
using FactRecord = std::vector<Fact>;

// Success when every fact is well-formed for its kind, has a source, and no name stands twice.
// Fails with "messages.fact_invalid", naming the fact.
Result<void> check_facts(const FactRecord& facts);

const Fact* find_fact(const FactRecord& facts, std::string_view name);  // null when absent

std::string_view to_string(FactKind kind);
std::string_view to_string(FactStatus status);

codec::Json to_json(const Fact& fact);
// Unknown kinds and statuses give "messages.fact_invalid".
Result<Fact> fact_from_json(const codec::Json& json);

}  // namespace altis::messages
