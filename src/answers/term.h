// The closed algebra of questions: what a grammar may build, and what each part means.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answers/table.h"
#include "base/decimal.h"

namespace altis::answers {

// What a term stands for. Every operation takes and gives fixed sorts, which the grammar is checked
// against when it is loaded.
enum class Sort : std::uint8_t { kRows, kColumn, kNumber, kAnswer };

enum class Op : std::uint8_t {
    // Leaves: rows that a name was linked to, a column, a literal number.
    kCells,
    kColumn,
    kNumber,
    kMinutes,  // seconds of so many minutes; a literal at once
    // Columns by what they hold; the table must have exactly one such column.
    kPerson,
    kCountry,
    kPlace,
    kDate,
    kTime,
    kScore,
    kRank,
    kGold,
    kSilver,
    kBronze,
    kTotal,
    kMedal,
    kEvent,
    kWatch,
    kPerformance,  // the time or the score
    kIts,          // the column that a name was found in
    kSubject,      // what the rows are about: persons, else countries, else the first text
    // Rows.
    kAll,
    kBoth,
    kEither,
    kWithout,  // rows of the first that are not in the second
    kMore,
    kLess,
    kAtLeast,
    kAtMost,
    kEqual,
    kBetween,   // both ends belong to it
    kMedalled,  // won a medal: by a column of medals, or a rank up to 3 of a performance
    kBlank,     // nothing, or a dash
    kFilled,
    kHighest,  // all rows that share the highest number of a column
    kLowest,
    kFirst,  // as listed
    kLast,
    kNth,
    kTop,        // the first n as listed
    kEarliest,   // by the one column of dates, when all its cells are years
    kLatest,     //
    kNext,       // the row listed right behind the only row given
    kPrevious,   //
    kFollowing,  // all rows listed behind
    kPreceding,  //
    kAbove,      // rows whose number in a column is above that of the only row given
    kBelow,      //
    kSame,       // other rows with the same cell in a column
    // Answers.
    kValues,    // the different cells of a column
    kCount,     // how many rows
    kDistinct,  // how many different cells
    kSum,
    kAverage,
    kMaximum,
    kMinimum,
    kMinus,  // the difference, never negative
    kPlus,
    kOne,       // the same, if it is one value
    kCommon,    // the cell that most rows share
    kUncommon,  // the cell that fewest rows share
    kShared,    // cells that exactly n rows share
    kExists,    // yes or no: is there such a row
    kGreater,   // yes or no: is the first number above the second
};

class Term;
using TermPtr = std::shared_ptr<const Term>;

// Immutable.
class Term {
  public:
    static TermPtr make(Op op, std::vector<TermPtr> arguments);  // asserts the number of arguments
    static TermPtr cells(std::size_t column, std::vector<std::size_t> rows);
    static TermPtr column(std::size_t column);
    static TermPtr number(Decimal number);

    Op op() const { return op_; }
    const Term& at(std::size_t index) const { return *arguments_[index]; }
    std::span<const TermPtr> arguments() const { return arguments_; }
    std::size_t column_index() const { return column_; }
    const std::vector<std::size_t>& row_indexes() const { return rows_; }
    Decimal value() const { return number_; }

    // "count(both(cells(1: 3 4), less(time, 60)))": equal for equal terms.
    const std::string& text() const { return text_; }

  private:
    Term() = default;

    Op op_ = Op::kAll;
    std::vector<TermPtr> arguments_;
    std::size_t column_ = 0;
    std::vector<std::size_t> rows_;
    Decimal number_;
    std::string text_;
};

// What an operation is called in a grammar, what it takes and what it gives.
struct Signature {
    Op op;
    std::string_view name;
    Sort gives;
    std::vector<Sort> takes;
};

const Signature& signature_of(Op op);
// Nothing for an unknown name, and for leaves.
const Signature* find_signature(std::string_view name);

}  // namespace altis::answers
