// What a statement groups by, as labels of the plan.
#pragma once

#include "base/result.h"
#include "cleanroom/sql/draft.h"

namespace altis::cleanroom::sql {

// The label of an expression in SELECT. Its values are public, so that every group is shown, unless
// it is made of a private dimension; then the engine has to select which may be shown:
// - a dimension, and any text that is made of dimensions, has the values that these allow;
// - CASE with literal results has those, a condition has false and true;
// - a whole number within public bounds has all between them, if they are up to 1,000;
// - date_trunc has all periods within the moments that WHERE or ON permits.
// Fails with "rooms.sql_refused" for others, e.g. a plain measure, whose values would be persons'.
Result<Label> make_label(const Expression& expression, Draft& draft);

}  // namespace altis::cleanroom::sql
