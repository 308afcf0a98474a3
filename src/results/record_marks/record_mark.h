// The words of records in sport (world, championship, national, personal ...): a performance that
// is one, of whom, and what was decided about it when.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "journal/record.h"
#include "results/scoring/rule_set.h"

namespace altis::results {

constexpr std::size_t kMaxRecordTextBytes = 500;     // of any text of a record
constexpr std::size_t kMaxRecordMembers = 50;        // of a team that holds one
constexpr std::size_t kMaxRecordConditions = 20;     // beside one
constexpr std::size_t kMaxRecordsPerPost = 2'000;    // in one request or message
constexpr std::size_t kMaxRecordOrganisations = 60;  // that one area has

// Which record: of an event, of a type, and of whom. Everything with the same is one sequence of
// records, each better than the one before or equal to it.
struct RecordClass {
    std::string event;  // RSC of the event; units belong to it by its first 22 characters
    std::string type;   // of the code table RecordType: "WR", "OR", "NR", "PB", "SB"
    std::string scope;  // whose: "" of all, an organisation (NR), an area, a person (PB, SB)
    friend auto operator<=>(const RecordClass&, const RecordClass&) = default;
};

// The part of an RSC that names an event, without its padding: "ATHM100M".
std::string_view event_part(std::string_view rsc);

// Types that anybody may set: world, Olympic, Paralympic, Games, championship, track, start. Those
// of an area are followed once a claim says in `organisations` who belongs to it.
constexpr std::array<std::string_view, 7> kOpenRecordTypes = {"WR", "OR", "PR", "GR",
                                                              "CR", "TR", "SR"};

enum class RecordStatus : std::uint8_t {
    kPending,   // set, and not yet ratified: it stands
    kRatified,  // it stands
    kAnnulled,  // it never was one
    kRetired,   // it was one until the rules changed
};
constexpr std::array<std::string_view, 4> kRecordStatusNames = {"pending", "ratified", "annulled",
                                                                "retired"};
std::string_view to_string(RecordStatus status);
std::optional<RecordStatus> parse_record_status(std::string_view name);

struct Condition {
    std::string name;   // "WIND"
    std::string value;  // empty: not known
    friend bool operator==(const Condition&, const Condition&) = default;
};

// A performance that is or was a record.
struct RecordMark {
    RecordClass of;
    std::string result;  // as published: "9.58", "1:43.21"
    std::string result_type;
    Better better = Better::kHigher;
    std::string competitor;  // code within the edition; empty where the source has none
    std::string organisation;
    std::string name;
    std::vector<std::string> members;        // names, of a team
    std::vector<std::string> organisations;  // who may set it, where the scope is an area
    std::string edition;                     // whose results, or whose source, it comes from
    std::string unit;                        // RSC; empty when it was not set in this edition
    std::string place;
    Time set_at;
    std::vector<Condition> conditions;
    std::string source;                // "results", "odf", or who says it
    std::string document;              // fact id, protocol or address that proves it
    std::optional<Time> published_at;  // when the source made it known; none: when it was recorded
    friend bool operator==(const RecordMark&, const RecordMark&) = default;

    Decimal value() const;  // of the result; asserts that it can be read
    // True when this result is ahead of another of its class.
    bool beats(Decimal other) const;
};

// What somebody decided about a record; the last one known that holds at a moment counts there.
struct RecordDecision {
    RecordStatus status = RecordStatus::kPending;
    Time valid_from;  // the moment in the world from which it holds
    Time known_at;
    journal::Offset offset = 0;  // of the record that it follows from
    std::string source;          // "results", "medals", or the key that decided
    std::string approved_by;
    std::string reason;
    std::string document;
    std::string cause = {};  // of "results": id of the fact that the record published or withdrew
};

codec::Json to_json(const Condition& condition);
codec::Json to_json(const RecordMark& mark);
codec::Json to_json(const RecordDecision& decision);

// The inverse, of requests too; `better` may be left out there, which gives "higher". Fails with
// "results.record_claim_malformed", naming what is wrong.
Result<RecordMark> record_mark_from(const codec::Json& json);

}  // namespace altis::results
