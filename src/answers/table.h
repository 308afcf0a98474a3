// A table of facts that questions are asked about: typed columns, rows in their official order, and
// where each row comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"

namespace altis::answers {

constexpr std::size_t kMaxTableRows = 20'000;
constexpr std::size_t kMaxTableColumns = 64;
constexpr std::size_t kMaxCellBytes = 2'000;
// Of a number in a cell; what has more is a text. So sums over all rows stay exact and in range.
constexpr std::size_t kMaxNumberDigits = 9;
constexpr int kMaxNumberScale = 4;

// What the cells of a column are. Questions ask for a kind ("who", "which country", "how long"), so
// that no header has to be named.
enum class ColumnKind : std::uint8_t {
    kText,
    kPerson,
    kCountry,  // nations, and teams named by them
    kPlace,    // where something took place
    kNumber,   // counts: more is better
    kScore,    // points, heights, distances
    kTime,     // how long it took: less is better
    kRank,
    kDate,  // days and years
    kGold,  // how many medals, by column
    kSilver,
    kBronze,
    kTotal,
    kMedal,  // which medal, one a row
    kEvent,  // what was competed in: named by any of its words
    kWatch,  // where it can be followed
};

// True for kinds whose cells are amounts: counts, points and times, but no ranks and years.
bool is_amount(ColumnKind kind);

struct Column {
    std::string title;
    ColumnKind kind = ColumnKind::kText;
};

struct Cell {
    std::string text;
    // Its value where it begins with one: a number as written, a clock time in seconds.
    std::optional<Decimal> number = {};
    // Other names of the same, in other languages and scripts.
    std::vector<std::string> also = {};
};

// Where a row comes from, so that an answer can be checked. Empty fields are unknown.
struct Origin {
    std::string record = {};  // id of the record
    std::string version = {};
    std::string status = {};
    std::string link = {};
};

struct Row {
    std::vector<Cell> cells;  // as many as columns
    Origin origin = {};
};

struct Table {
    std::string title;  // words of it may stand in a question without changing its answer
    std::vector<Column> columns;
    std::vector<Row> rows;
};

// The value at the beginning of a text: "1,332", "+28.5", "2:03:59" (7439 seconds), "13.29 PB".
// Nothing when it begins with no number, or its number runs on in letters ("4x100").
std::optional<Decimal> leading_number(std::string_view text);

// True for a text that begins with a clock time, as "1:53.94".
bool begins_with_clock(std::string_view text);

// A table from texts alone. Kinds come from headers and cells: a rank column whose first cells are
// blank (medals were pictures there) is counted on; rows of totals are left out; a country in
// brackets behind names ("(NED)") becomes a column of its own. Fails with "answers.table_malformed"
// (no column, a row of another width, a cell over kMaxCellBytes) and "answers.table_too_large".
Result<Table> table_from_texts(std::string_view title, std::vector<std::string> headers,
                               const std::vector<std::vector<std::string>>& rows);

}  // namespace altis::answers
