#include "cleanroom/sql/fixed_point.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::cleanroom::sql {
namespace {

__extension__ using Wide = __int128;

Result<Written> number(std::string sql, int scale, Wide low, Wide high) {
    if (low < -kMaxMagnitude || high > kMaxMagnitude || scale > kMaxScale) {
        return fail(Code::kInvalid, "rooms.sql_refused",
                    "a calculation could leave 18 digits, or 9 behind the point, within the bounds "
                    "of its columns; round or divide first");
    }
    return Written{.type = Written::Type::kNumber,
                   .sql = std::move(sql),
                   .scale = scale,
                   .low = static_cast<std::int64_t>(low),
                   .high = static_cast<std::int64_t>(high)};
}

std::string literal(std::int64_t value) {
    return "CAST(" + std::to_string(value) + " AS BIGINT)";
}

std::string joined(const Written& a, const char* operation, const std::string& b) {
    return "(" + a.sql + operation + b + ")";
}

}  // namespace

std::int64_t power_of_ten(int exponent) {
    ALTIS_ASSERT(exponent >= 0 && exponent <= 18);
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

Written number_literal(std::int64_t digits, int scale) {
    return Written{.type = Written::Type::kNumber,
                   .sql = literal(digits),
                   .scale = scale,
                   .low = digits,
                   .high = digits};
}

Result<Written> rescaled(const Written& a, int scale) {
    ALTIS_ASSERT(scale >= a.scale);
    if (scale == a.scale) return number(a.sql, a.scale, a.low, a.high);
    if (scale - a.scale > 18) return number({}, scale, 0, 0);
    const std::int64_t factor = power_of_ten(scale - a.scale);
    return number(joined(a, " * ", literal(factor)), scale, Wide{a.low} * factor,
                  Wide{a.high} * factor);
}

Result<void> align(Written& a, Written& b) {
    const int scale = std::max(a.scale, b.scale);
    TRY(a, rescaled(a, scale));
    TRY(b, rescaled(b, scale));
    return {};
}

Result<Written> add(Written a, Written b) {
    TRY_VOID(align(a, b));
    return number(joined(a, " + ", b.sql), a.scale, Wide{a.low} + b.low, Wide{a.high} + b.high);
}

Result<Written> subtract(Written a, Written b) {
    TRY_VOID(align(a, b));
    return number(joined(a, " - ", b.sql), a.scale, Wide{a.low} - b.high, Wide{a.high} - b.low);
}

Result<Written> multiply(const Written& a, const Written& b) {
    const auto [low, high] = std::minmax(
        {Wide{a.low} * b.low, Wide{a.low} * b.high, Wide{a.high} * b.low, Wide{a.high} * b.high});
    return number(joined(a, " * ", b.sql), a.scale + b.scale, low, high);
}

// DuckDB's // rounds towards zero; lifted above zero that is down.
Result<Written> divide_down(const Written& a, std::int64_t divisor) {
    ALTIS_ASSERT(divisor > 0);
    if (a.low >= 0) {
        return number(joined(a, " // ", literal(divisor)), a.scale, a.low / divisor,
                      a.high / divisor);
    }
    const std::int64_t lift = -(a.low / divisor) + 1;
    TRY(const Written lifted,
        number(joined(a, " + ", literal(lift * divisor)), a.scale,
               Wide{a.low} + Wide{lift} * divisor, Wide{a.high} + Wide{lift} * divisor));
    const std::string divided = joined(lifted, " // ", literal(divisor));
    return number("(" + divided + " - " + literal(lift) + ")", a.scale, lifted.low / divisor - lift,
                  lifted.high / divisor - lift);
}

}  // namespace altis::cleanroom::sql
