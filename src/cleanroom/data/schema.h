// What the columns of a data set mean in a clean room. A column without a role is never read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace altis::cleanroom {

constexpr std::size_t kMaxDimensions = 32;       // of a data set
constexpr std::size_t kMaxMeasures = 16;         // of a data set
constexpr std::size_t kMaxDomainValues = 1'000;  // of a dimension
constexpr std::size_t kMaxValueBytes = 100;      // of a dimension's value
constexpr std::size_t kMaxNeverColumns = 100;    // of a data set
constexpr std::size_t kMaxColumnNameBytes = 64;
constexpr int kMaxMeasureDecimals = 6;
constexpr std::uint32_t kMaxRowsPerPerson = 1'000;
// Largest magnitude of a measure's bound, in its smallest units: sums of 2^20 persons fit 62 bits.
constexpr std::int64_t kMaxMeasureBound = 1'000'000'000'000;

// What the join key holds; it is normalised, turned into a tag and forgotten.
enum class JoinKey : std::uint8_t {
    kEmail,
    kPhone,  // E.164
    kTag,    // a keyed tag that the owners made themselves, in hex
};

// Whether the values that a dimension can have are known to everybody. Groups by a private one are
// shown only after a private selection, which costs budget.
enum class Domain : std::uint8_t { kPublic, kPrivate };

// A column to group and filter by. Public: values as declared, and all else is kOther. Private:
// values as found, ascending.
struct Dimension {
    std::string name;
    Domain domain = Domain::kPublic;
    std::vector<std::string> values;

    // The code behind the last value: whatever is not in the domain, or empty.
    std::uint16_t other() const { return static_cast<std::uint16_t>(values.size()); }
    std::size_t codes() const { return values.size() + 1; }
    friend bool operator==(const Dimension&, const Dimension&) = default;
};
constexpr std::string_view kOther = "(other)";

// A column to add up: fixed point with so many decimals. What lies outside of the bounds is moved
// to the nearer one, in a row as in what a person adds to a sum.
struct Measure {
    std::string name;
    int decimals = 0;
    std::int64_t low = 0;   // in 10^-decimals
    std::int64_t high = 1;  // in 10^-decimals; above low
    friend bool operator==(const Measure&, const Measure&) = default;
};

// A column of moments (RFC 3339), in microseconds since 1970. Empty ones are kNoMoment.
struct Moment {
    std::string name;
    friend bool operator==(const Moment&, const Moment&) = default;
};
constexpr std::int64_t kNoMoment = INT64_MIN;

struct Schema {
    JoinKey key_kind = JoinKey::kEmail;
    std::string key_column;
    std::string calling_code;    // of phone numbers without one, e.g. "+41"; empty: refused
    std::string consent_column;  // yes or no; rows with no are not read. Empty: everybody consented
    std::uint32_t rows_per_person = 1;  // kept of a data set; 1 to kMaxRowsPerPerson
    std::vector<Dimension> dimensions;
    std::vector<Measure> measures;
    std::vector<Moment> moments;
    std::vector<std::string> never;  // columns that no room may ever permit

    // Fail with "treasury.column_unknown", naming those that there are.
    Result<std::size_t> dimension(std::string_view name) const;
    Result<std::size_t> measure(std::string_view name) const;
    Result<std::size_t> moment(std::string_view name) const;

    friend bool operator==(const Schema&, const Schema&) = default;
};

// Every column with a role: key, consent if there is one, dimensions, measures, moments.
std::vector<std::string> column_names(const Schema& schema);

// Fails with "treasury.schema_invalid", naming the column, what is wrong and the limit.
Result<void> check_schema(const Schema& schema);

// {"key": {"column", "kind": "email|phone|tag", "calling_code"?}, "consent"?, "rows_per_person"?,
// "dimensions": [{"name", "values"?}], "measures": [{"name", "low", "high"}], "never"?: [names],
// "moments": [{"name"}]}. A dimension without values is private. Bounds are decimals in text, and
// the longer fraction of the two sets the decimals.
codec::Json to_json(const Schema& schema);

// Reads that form and checks it. Fails with "json.missing", "json.wrong_type" or
// "treasury.schema_invalid".
Result<Schema> schema_from_json(const codec::Json& json);

}  // namespace altis::cleanroom
