// Carries out a term on a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "answers/table.h"
#include "answers/term.h"

namespace altis::answers {

// The value of a term, and the rows that prove it.
struct Value {
    enum class Kind : std::uint8_t { kTexts, kNumber, kDuration, kYesNo };
    Kind kind = Kind::kTexts;
    std::vector<std::string> texts;  // as they stand in the table, in its order
    Decimal number;                  // kNumber; kDuration: seconds
    bool yes = false;
    std::optional<std::size_t> column;  // kTexts: where they stand
    std::vector<std::size_t> rows;      // ascending; of a count all rows counted

    // Equal for values that say the same.
    std::string text() const;
};

// Nothing when the table cannot say: a column that is not there or not once, a comparison with a
// blank cell, a superlative of no row. The term must give an answer (asserted).
std::optional<Value> execute(const Table& table, const Term& term);

}  // namespace altis::answers
