#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/assert.h"

namespace altis {
namespace {

constexpr std::array<std::int64_t, Decimal::kMaxScale + 1> kPowersOfTen = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

constexpr std::size_t kMaxDigits = 18;

__extension__ typedef __int128 Wide;

Wide widen(Decimal value, int scale) {
    return static_cast<Wide>(value.digits()) *
           kPowersOfTen[static_cast<std::size_t>(scale - value.scale())];
}

Decimal narrow(Wide digits, int scale) {
    ALTIS_ASSERT(digits < Decimal::kEnd && digits > -Decimal::kEnd);
    return {static_cast<std::int64_t>(digits), scale};
}

tl::unexpected<Error> malformed(std::string_view text) {
    return fail(Code::kInvalid, "decimal.malformed",
                "'" + std::string(text.substr(0, 40)) +
                    "' is not a decimal number such as 150.20 (at most 18 digits, 9 of them after "
                    "the point)");
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// `value` with the digits of `text` written behind its own.
std::int64_t append_digits(std::int64_t value, std::string_view text) {
    for (const char c : text)
        value = value * 10 + (c - '0');
    return value;
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    const std::string_view amount = text.substr(negative || text.starts_with('+') ? 1 : 0);
    const std::size_t point = std::min(amount.find('.'), amount.size());
    const std::string_view whole = amount.substr(0, point);
    const std::string_view fraction = amount.substr(std::min(point + 1, amount.size()));
    const bool has_point = point < amount.size();
    if (!is_digits(whole) || (has_point && !is_digits(fraction))) return malformed(text);
    if (fraction.size() > kMaxScale || whole.size() + fraction.size() > kMaxDigits)
        return malformed(text);
    const std::int64_t magnitude = append_digits(append_digits(0, whole), fraction);
    return Decimal(negative ? -magnitude : magnitude, static_cast<int>(fraction.size()));
}

std::string Decimal::to_string() const {
    std::string text = std::to_string(std::abs(digits_));
    const auto wanted = static_cast<std::size_t>(scale_) + 1;
    if (text.size() < wanted) text.insert(0, wanted - text.size(), '0');
    if (scale_ > 0) text.insert(text.size() - static_cast<std::size_t>(scale_), 1, '.');
    return digits_ < 0 ? "-" + text : text;
}

Decimal Decimal::round(int scale, Rounding rounding) const {
    return divide(*this, 1, scale, rounding);
}

Decimal divide(Decimal dividend, std::int64_t divisor, int scale, Rounding rounding) {
    ALTIS_ASSERT(divisor > 0 && scale >= 0 && scale <= Decimal::kMaxScale);
    // |digits| < 10^18 and powers up to 10^9 leave room in 128 bits.
    const int more = scale - dividend.scale_;
    Wide magnitude = dividend.digits_ < 0 ? -Wide(dividend.digits_) : Wide(dividend.digits_);
    Wide parts = divisor;
    (more > 0 ? magnitude : parts) *= kPowersOfTen[static_cast<std::size_t>(std::abs(more))];
    Wide quotient = magnitude / parts;
    const Wide rest = magnitude % parts;
    if (rounding == Rounding::kHalfUp && rest * 2 >= parts) ++quotient;
    if (rounding == Rounding::kUp && rest > 0) ++quotient;
    return narrow(dividend.digits_ < 0 ? -quotient : quotient, scale);
}

Decimal operator+(Decimal a, Decimal b) {
    const int scale = a.scale_ > b.scale_ ? a.scale_ : b.scale_;
    return narrow(widen(a, scale) + widen(b, scale), scale);
}

Decimal operator-(Decimal a, Decimal b) {
    return a + Decimal(-b.digits_, b.scale_);
}

Decimal operator*(Decimal a, Decimal b) {
    return narrow(static_cast<Wide>(a.digits_) * b.digits_, a.scale_ + b.scale_);
}

std::strong_ordering operator<=>(Decimal a, Decimal b) {
    const int scale = a.scale_ > b.scale_ ? a.scale_ : b.scale_;
    const Wide left = widen(a, scale);
    const Wide right = widen(b, scale);
    if (left == right) return std::strong_ordering::equal;
    return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::string format_money(const Money& money) {
    return Decimal(money.minor, 2).to_string() + " " + money.currency;
}

Result<Money> parse_money(std::string_view amount, std::string_view currency) {
    const auto value = Decimal::parse(amount);
    if (!value || value->scale() > 2) {
        return fail(Code::kInvalid, "money.malformed",
                    "an amount has at most two digits after the point, like 35.00");
    }
    if (value->digits() < 0) {
        return fail(Code::kInvalid, "money.negative",
                    "an amount must not be negative; send a refund as an event of its own");
    }
    const Wide minor = widen(*value, 2);
    if (minor > kMaxMoneyMinor) {
        return fail(Code::kInvalid, "money.too_large",
                    "an amount is larger than 100000000000.00, which cannot be true");
    }
    return Money{static_cast<std::int64_t>(minor), std::string(currency)};
}

Money share_of(const Money& money, std::int64_t basis_points) {
    const Wide product = static_cast<Wide>(money.minor) * basis_points;
    const Wide rounded = (product >= 0 ? product + 5'000 : product - 5'000) / 10'000;
    ALTIS_ASSERT(rounded < Decimal::kEnd && rounded > -Decimal::kEnd);
    return {static_cast<std::int64_t>(rounded), money.currency};
}

}  // namespace altis
