// Which column of a table a term means.
#pragma once

#include <initializer_list>
#include <optional>

#include "answers/table.h"
#include "answers/term.h"

namespace altis::answers {

// The index of the only column that is of one of the kinds; nothing when there is none, or two.
std::optional<std::size_t> only_column(const Table& table, std::initializer_list<ColumnKind> kinds);

// The index of the column that a term means; nothing when the table has none such, or two. The term
// must give a column (asserted).
std::optional<std::size_t> column_of(const Table& table, const Term& term);

}  // namespace altis::answers
