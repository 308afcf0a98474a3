// The records of the results room in the journal: their types, and how each travels as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "results/model.h"
#include "results/unit_key.h"

namespace altis::results {

namespace records {

// The topic of each of them is the unit: "<edition>/<rsc>".
constexpr std::string_view kUnitRegistered = "results.unit_registered";
// A version that became the current one of its unit. What others act upon.
constexpr std::string_view kPublished = "results.published";
// An older version that arrived late: kept in the history, never current.
constexpr std::string_view kSuperseded = "results.superseded";
constexpr std::string_view kWithdrawn = "results.withdrawn";

}  // namespace records

// Payload of results.published and results.superseded: one version of one unit, whole.
struct Publication {
    std::string unit;  // RSC
    std::string edition;
    std::int64_t version = 0;
    ResultStatus status = ResultStatus::kStartList;
    std::string source;
    std::string written;  // when the sender wrote it: local date and time of the venue
    std::string logical_date;
    std::string note;  // the reason of a change; empty if none
    std::vector<ResultLine> lines;
    std::vector<Warning> warnings;
    Extras extras;  // of the document around the lines
    friend bool operator==(const Publication&, const Publication&) = default;
};

// Payload of results.withdrawn.
struct Withdrawal {
    std::string unit;  // RSC
    std::string edition;
    std::int64_t version = 0;
    std::string note;
};

// Whether what is personal (personal.h) is said.
enum class Personal : std::uint8_t { kHidden, kShown };

UnitKey key_of(const Unit& unit);
UnitKey key_of(const Publication& publication);
UnitKey key_of(const Withdrawal& withdrawal);

// Empty texts, zeros and empty lists are left out; official values are written as texts.
codec::Json to_json(const Unit& unit);
codec::Json to_json(const ResultLine& line, Personal personal);  // without its extras
codec::Json to_json(const Publication& publication);
codec::Json to_json(const Withdrawal& withdrawal);
// The text of to_json(publication), which is what the journal holds.
std::string payload_of(const Publication& publication);

// The inverses, for payloads that to_json wrote. They fail with "results.record_malformed". Texts
// that are no UTF-8 are taken as they are: what was written has none.
Result<Publication> read_publication(std::string_view payload);
Result<Unit> unit_from(const codec::Json& json);
Result<ResultLine> line_from(const codec::Json& json);
Result<Publication> publication_from(const codec::Json& json);
Result<Withdrawal> withdrawal_from(const codec::Json& json);

}  // namespace altis::results
