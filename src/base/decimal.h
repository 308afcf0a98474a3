// Exact decimal numbers for official values, and money in integer minor units. Never binary floats
// for either.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/result.h"

namespace altis {

// How a value is cut to fewer digits; the rule book of each sport names one. All three work on the
// amount without its sign: half up and up go away from zero, truncate goes towards it.
enum class Rounding : std::uint8_t { kHalfUp, kTruncate, kUp };

// A decimal number `digits * 10^-scale`, as written: "150.20" keeps its trailing zero (scale 2).
// Values compare by amount ("1.5" == "1.50"). Range: |digits| < 10^18, scale 0 to 9.
class Decimal {
  public:
    static constexpr int kMaxScale = 9;
    static constexpr std::int64_t kEnd = 1'000'000'000'000'000'000;  // digits stay below

    constexpr Decimal() = default;
    // Asserts the range.
    constexpr Decimal(std::int64_t digits, int scale) : digits_(digits), scale_(scale) {
        ALTIS_ASSERT(digits < kEnd && digits > -kEnd && scale >= 0 && scale <= kMaxScale);
    }

    // Reads an optional sign, digits, and an optional fraction of up to 9 digits. Nothing else is
    // accepted (no exponent, no spaces). Fails with "decimal.malformed".
    static Result<Decimal> parse(std::string_view text);

    std::string to_string() const;

    constexpr std::int64_t digits() const { return digits_; }
    constexpr int scale() const { return scale_; }

    // The same number with exactly `scale` digits after the point (0 to 9). Asserts that the result
    // is in range, as sums and products do: limit what comes from outside before calculating.
    Decimal round(int scale, Rounding rounding) const;

    friend Decimal operator+(Decimal a, Decimal b);
    friend Decimal operator-(Decimal a, Decimal b);
    // The product has the sum of both scales, which must be 9 at most.
    friend Decimal operator*(Decimal a, Decimal b);
    // `dividend / divisor`, rounded once to `scale` digits (0 to 9). Asserts a divisor above 0, and
    // a result in range.
    friend Decimal divide(Decimal dividend, std::int64_t divisor, int scale, Rounding rounding);
    friend std::strong_ordering operator<=>(Decimal a, Decimal b);
    friend bool operator==(Decimal a, Decimal b) { return (a <=> b) == 0; }

  private:
    std::int64_t digits_ = 0;
    int scale_ = 0;
};

Decimal divide(Decimal dividend, std::int64_t divisor, int scale, Rounding rounding);

// An amount of money in minor units (cents). Currencies never mix: adding different ones asserts.
struct Money {
    std::int64_t minor = 0;
    std::string currency = "USD";  // ISO 4217
    friend bool operator==(const Money&, const Money&) = default;
};

// "35.00 USD". Every currency is written with two minor digits.
std::string format_money(const Money& money);

// The largest amount that is read: a hundred thousand million in major units, so that 900,000 of
// them still add up in 64 bits.
constexpr std::int64_t kMaxMoneyMinor = 10'000'000'000'000;

// Reads "35", "35.0", "35.00" as minor units of a two-digit currency. Fails with "money.malformed"
// on more than two digits after the point, "money.negative" below zero, and "money.too_large" over
// kMaxMoneyMinor.
Result<Money> parse_money(std::string_view amount, std::string_view currency);

// A share of an amount in basis points (1/10,000), rounded half up to the minor unit; of a negative
// amount the same with the sign. Asserts that the result is in range.
Money share_of(const Money& money, std::int64_t basis_points);

}  // namespace altis
