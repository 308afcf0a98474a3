#include "base/decimal.h"

#include <gtest/gtest.h>
#include <random>
#include <rapidcheck.h>

namespace altis {
namespace {

__extension__ typedef __int128 Wide;

Decimal decimal(std::string_view text) {
    return *Decimal::parse(text);
}

Wide power_of_ten(int exponent) {
    Wide power = 1;
    for (; exponent > 0; --exponent)
        power *= 10;
    return power;
}

// The amount in units of 10^-18, exactly.
Wide exact(Decimal value) {
    return value.digits() * power_of_ten(18 - value.scale());
}

// Amounts that sums, products and rounding cannot bring out of range.
rc::Gen<Decimal> small_decimal() {
    return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int64_t>(-100'000'000, 100'000'001),
                                      rc::gen::inRange(0, 5)),
                        [](const auto& parts) { return Decimal(parts.first, parts.second); });
}

TEST(Decimal, ReadsAndWritesAsWritten) {
    for (const char* text : {"0", "150.20", "-0.001", "226.79", "999999999999999999", "0.000000000",
                             "-999999999.999999999", "007"}) {
        ASSERT_TRUE(Decimal::parse(text)) << text;
    }
    EXPECT_EQ(decimal("150.20").to_string(), "150.20");
    EXPECT_EQ(decimal("+1.5").to_string(), "1.5");
    EXPECT_EQ(decimal("007.0").to_string(), "7.0");
    EXPECT_EQ(decimal("-0.001").to_string(), "-0.001");
    EXPECT_EQ(decimal("-0.00").to_string(), "0.00");
    EXPECT_EQ(decimal("-999999999.999999999").to_string(), "-999999999.999999999");
}

TEST(Decimal, RefusesEveryOtherForm) {
    for (const char* text : {"",
                             "+",
                             "-",
                             ".",
                             "1.",
                             ".5",
                             "-.5",
                             "1..2",
                             "1.2.3",
                             "1e3",
                             " 1",
                             "1 ",
                             "1,5",
                             "0x10",
                             "--1",
                             "+-1",
                             "1-",
                             "NaN",
                             "inf",
                             "1000000000000000000",
                             "0.0000000001",
                             "\xD9\xA1"}) {
        const auto value = Decimal::parse(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().reason, "decimal.malformed");
    }
    EXPECT_FALSE(Decimal::parse(std::string_view("1\0", 2)));
}

TEST(Decimal, TextRoundTrips) {
    EXPECT_TRUE(rc::check([] {
        const auto digits = *rc::gen::inRange(-Decimal::kEnd + 1, Decimal::kEnd);
        const Decimal value(digits, *rc::gen::inRange(0, Decimal::kMaxScale + 1));
        const Decimal read = *Decimal::parse(value.to_string());
        RC_ASSERT(read.digits() == value.digits() && read.scale() == value.scale());
    }));
}

TEST(Decimal, TheFreeSkateAddsUp) {
    EXPECT_EQ(decimal("76.59") + decimal("150.20"), decimal("226.79"));
    EXPECT_EQ(decimal("77.23") + decimal("147.67"), decimal("224.90"));
    EXPECT_EQ(decimal("78.71") + decimal("140.45"), decimal("219.16"));
    EXPECT_EQ((decimal("76.59") + decimal("150.2")).to_string(), "226.79");
}

TEST(Decimal, ComparesByAmount) {
    EXPECT_EQ(decimal("1.5"), decimal("1.500000000"));
    EXPECT_LT(decimal("-999999999999999999"), decimal("0.000000001"));
    EXPECT_GT(decimal("999999999999999999"), decimal("999999999.999999999"));
    EXPECT_LT(decimal("1.09"), decimal("1.1"));
}

TEST(Decimal, ArithmeticIsExact) {
    EXPECT_TRUE(rc::check([] {
        const Decimal a = *small_decimal();
        const Decimal b = *small_decimal();
        RC_ASSERT(exact(a + b) == exact(a) + exact(b));
        RC_ASSERT(exact(a - b) == exact(a) - exact(b));
        RC_ASSERT((a < b) == (exact(a) < exact(b)));
        RC_ASSERT((a == b) == (exact(a) == exact(b)));
        const Decimal product = a * b;
        RC_ASSERT(product.digits() == Wide{a.digits()} * b.digits());
        RC_ASSERT(product.scale() == a.scale() + b.scale());
    }));
}

TEST(Decimal, RoundsByEachRule) {
    const auto rounded = [](const char* text, Rounding rounding) {
        return decimal(text).round(1, rounding).to_string();
    };
    EXPECT_EQ(rounded("1.25", Rounding::kHalfUp), "1.3");
    EXPECT_EQ(rounded("1.249999999", Rounding::kHalfUp), "1.2");
    EXPECT_EQ(rounded("-1.25", Rounding::kHalfUp), "-1.3");
    EXPECT_EQ(rounded("1.29", Rounding::kTruncate), "1.2");
    EXPECT_EQ(rounded("-1.29", Rounding::kTruncate), "-1.2");
    EXPECT_EQ(rounded("1.200000001", Rounding::kUp), "1.3");
    EXPECT_EQ(rounded("-1.21", Rounding::kUp), "-1.3");
    EXPECT_EQ(rounded("1.20", Rounding::kUp), "1.2");
    EXPECT_EQ(rounded("9.95", Rounding::kHalfUp), "10.0");
    EXPECT_EQ(rounded("-0.04", Rounding::kHalfUp), "0.0");
    EXPECT_EQ(rounded("7", Rounding::kUp), "7.0");
}

// The definition of each rule over exact amounts, written without quotient and remainder of
// decimals.
bool is_rounded(Wide amount, Wide result, Wide step, Rounding rounding) {
    const Wide size = amount < 0 ? -amount : amount;
    const Wide size_of_result = result < 0 ? -result : result;
    if (result % step != 0 || (amount < 0) != (result < 0 || (amount < 0 && result == 0)))
        return false;
    switch (rounding) {
        case Rounding::kTruncate:
            return size_of_result <= size && size < size_of_result + step;
        case Rounding::kUp:
            return size_of_result - step < size && size <= size_of_result;
        case Rounding::kHalfUp:
            return size_of_result * 2 - step <= size * 2 && size * 2 < size_of_result * 2 + step;
    }
    return false;
}

TEST(Decimal, RoundingMatchesItsDefinition) {
    EXPECT_TRUE(rc::check([] {
        const auto digits = *rc::gen::inRange<std::int64_t>(-999'999'999'999, 1'000'000'000'000);
        const Decimal value(digits, *rc::gen::inRange(3, 10));
        const int scale = *rc::gen::inRange(0, 7);
        const auto rounding =
            *rc::gen::element(Rounding::kHalfUp, Rounding::kTruncate, Rounding::kUp);
        const Decimal result = value.round(scale, rounding);
        RC_ASSERT(result.scale() == scale);
        RC_ASSERT(is_rounded(exact(value), exact(result), power_of_ten(18 - scale), rounding));
    }));
}

TEST(DecimalDeathTest, StopsWhenOutOfRange) {
    EXPECT_DEATH(decimal("999999999999999999") + decimal("1"), "broken invariant");
    EXPECT_DEATH(decimal("999999999999999999").round(1, Rounding::kUp), "broken invariant");
    EXPECT_DEATH(Decimal(1, 10), "broken invariant");
    EXPECT_DEATH(Decimal(INT64_MIN, 0), "broken invariant");
    EXPECT_DEATH(decimal("0.00001") * decimal("0.00001"), "broken invariant");
}

TEST(Decimal, SurvivesMutations) {
    std::mt19937_64 random(20260219);
    for (int i = 0; i < 20'000; ++i) {
        std::string text = i % 2 == 0 ? "-999999999.999999999" : "150.20";
        for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
            text[random() % text.size()] = "0123456789-+.e \xff"[random() % 16];
        }
        const auto value = Decimal::parse(text);
        if (value) {
            ASSERT_EQ(decimal(value->to_string()), *value) << text;
        }
        const auto money = parse_money(text, "USD");
        if (money) {
            ASSERT_TRUE(money->minor >= 0 && money->minor <= kMaxMoneyMinor) << text;
        }
    }
}

std::string money_reason(std::string_view amount) {
    const auto money = parse_money(amount, "USD");
    return money ? "" : money.error().reason;
}

TEST(Money, ReadsAndWrites) {
    for (const char* text : {"35", "35.0", "35.00"}) {
        EXPECT_EQ(parse_money(text, "USD"), (Money{3500, "USD"})) << text;
    }
    EXPECT_EQ(format_money({3500, "USD"}), "35.00 USD");
    EXPECT_EQ(format_money({5, "EUR"}), "0.05 EUR");
    EXPECT_EQ(format_money({-105, "USD"}), "-1.05 USD");
}

TEST(Divide, RoundsOnce) {
    EXPECT_EQ(divide(decimal("22"), 7, 2, Rounding::kHalfUp).to_string(), "3.14");
    EXPECT_EQ(divide(decimal("50.25"), 2, 2, Rounding::kHalfUp).to_string(), "25.13");
    EXPECT_EQ(divide(decimal("-1"), 3, 3, Rounding::kUp).to_string(), "-0.334");
    EXPECT_EQ(divide(decimal("-1"), 3, 3, Rounding::kTruncate).to_string(), "-0.333");
    EXPECT_DEATH(divide(decimal("1"), 0, 0, Rounding::kUp), "broken invariant");
    EXPECT_TRUE(rc::check([] {
        const auto digits = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
        const auto divisor = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
        const auto scale = *rc::gen::inRange(0, 8);
        const Decimal dividend(digits, *rc::gen::inRange(0, 8));
        const Decimal quotient = divide(dividend, divisor, scale, Rounding::kHalfUp);
        // |quotient * divisor - dividend| is at most half a step times the divisor.
        const Wide error = exact(quotient) * divisor - exact(dividend);
        const Wide half = power_of_ten(18 - scale) * divisor;
        RC_ASSERT(error * 2 <= half && error * 2 >= -half);
    }));
}

TEST(Money, RefusesWhatIsNoAmount) {
    EXPECT_EQ(money_reason("35.001"), "money.malformed");
    EXPECT_EQ(money_reason("35.000"), "money.malformed");
    EXPECT_EQ(money_reason("x"), "money.malformed");
    EXPECT_EQ(money_reason("-0.01"), "money.negative");
    EXPECT_EQ(money_reason("-35"), "money.negative");
    EXPECT_EQ(money_reason("100000000000.00"), "");
    EXPECT_EQ(money_reason("100000000000.01"), "money.too_large");
    EXPECT_EQ(money_reason("999999999999999999"), "money.too_large");
}

TEST(Money, ShareIsRoundedHalfUp) {
    EXPECT_EQ(share_of({3500, "USD"}, 1'000).minor, 350);
    EXPECT_EQ(share_of({1, "USD"}, 5'000).minor, 1);
    EXPECT_EQ(share_of({1, "USD"}, 4'999).minor, 0);
    EXPECT_EQ(share_of({-1, "USD"}, 5'000).minor, -1);
    EXPECT_EQ(share_of({Decimal::kEnd - 1, "USD"}, 10'000).minor, Decimal::kEnd - 1);
    EXPECT_TRUE(rc::check([] {
        const auto minor = *rc::gen::inRange<std::int64_t>(-kMaxMoneyMinor, kMaxMoneyMinor);
        const auto share = *rc::gen::inRange<std::int64_t>(0, 10'001);
        const Wide doubled_error =
            (Wide{share_of({minor, "USD"}, share).minor} * 10'000 - Wide{minor} * share) *
            (minor < 0 ? -2 : 2);
        RC_ASSERT(doubled_error > -10'000 && doubled_error <= 10'000);
    }));
}

}  // namespace
}  // namespace altis
