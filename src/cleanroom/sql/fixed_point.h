// Written numbers whose bounds are known: every operation says whether it could leave 10^18.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cleanroom/sql/expression.h"

namespace altis::cleanroom::sql {

// 10^exponent, for 0 to 18.
std::int64_t power_of_ten(int exponent);

// A literal in 10^-scale.
Written number_literal(std::int64_t digits, int scale);

// All of these fail with "rooms.sql_refused" when the result could be beyond kMaxMagnitude.

// The same number in 10^-scale; `scale` is not below its own.
Result<Written> rescaled(const Written& number, int scale);
// Both in the finer of the two scales.
Result<void> align(Written& a, Written& b);
Result<Written> add(Written a, Written b);
Result<Written> subtract(Written a, Written b);
Result<Written> multiply(const Written& a, const Written& b);

// number / divisor rounded down, in the units of `number`; the divisor is above zero.
Result<Written> divide_down(const Written& number, std::int64_t divisor);

}  // namespace altis::cleanroom::sql
