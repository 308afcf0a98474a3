#include "language/numbers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unicode/numberformatter.h>
#include <unicode/unistr.h>

namespace altis::language {
namespace {

constexpr const char* kLanguages[] = {"en", "fr", "es", "pt", "de", "it",
                                      "ja", "zh", "ko", "ar", "ru", "hi"};

TEST(Numbers, AreWrittenAsTheLanguageDoes) {
    EXPECT_EQ(format_decimal("147.50", "en"), "147.50");
    EXPECT_EQ(format_decimal("147.50", "de"), "147,50");
    EXPECT_EQ(format_decimal("147.50", "ar"), "١٤٧٫٥٠");
    EXPECT_EQ(format_decimal("1234567", "hi"), "12,34,567");
    EXPECT_EQ(format_decimal("1234.5", "es"), "1234,5");
    EXPECT_EQ(format_decimal("1234567.5", "fr"), "1\u202f234\u202f567,5");
}

TEST(Numbers, AreReadAsTheLanguageDoes) {
    EXPECT_EQ(parse_decimal("1,234.50", "en"), *Decimal::parse("1234.50"));
    EXPECT_EQ(parse_decimal("1234.50", "en"), *Decimal::parse("1234.50"));
    EXPECT_EQ(parse_decimal("١٤٧٫٥٠", "ar"), *Decimal::parse("147.50"));
    EXPECT_EQ(parse_decimal("12,34,567", "hi"), *Decimal::parse("1234567"));
    for (const char* wrong : {"147,67", "1,47.67", "007", "1.2.3", "", ".5", "5.", "1٢"})
        EXPECT_FALSE(parse_decimal(wrong, "en")) << wrong;
    EXPECT_FALSE(parse_decimal("147.67", "fr"));
    EXPECT_FALSE(parse_decimal("147.67", "ar"));
}

TEST(Numbers, KeepEveryDigitInEveryLanguage) {
    rc::check([] {
        const auto digits = *rc::gen::inRange<std::int64_t>(0, 999'999'999'999);
        const Decimal value(digits, *rc::gen::inRange(0, 10));
        for (const char* language : kLanguages) {
            const auto read = parse_decimal(format_decimal(value.to_string(), language), language);
            RC_ASSERT(read && read->digits() == value.digits() && read->scale() == value.scale());
        }
    });
}

// ICU is the oracle of what we write ourselves.
std::string as_icu_writes(const std::string& exact, int scale, const char* language) {
    UErrorCode status = U_ZERO_ERROR;
    std::string out;
    icu::number::NumberFormatter::withLocale(icu::Locale(language))
        .precision(icu::number::Precision::fixedFraction(scale))
        .formatDecimal(exact, status)
        .toString(status)
        .toUTF8String(out);
    return out;
}

TEST(Numbers, AreWrittenAsIcuWrites) {
    rc::check([] {
        const Decimal value(*rc::gen::inRange<std::int64_t>(-999'999'999'999, 999'999'999'999),
                            *rc::gen::inRange(0, 10));
        const std::string exact = value.to_string();
        for (const char* language : kLanguages)
            RC_ASSERT(format_decimal(exact, language) ==
                      as_icu_writes(exact, value.scale(), language));
    });
}

TEST(ClockTimes, KeepTheirShape) {
    for (const char* good : {"9:58.30", "2:06:26", "0:59", "12:00.001"})
        EXPECT_TRUE(is_clock(good));
    for (const char* bad : {"58.30", "9:5", "9:60", "09:58", "1:2:3:4", "9:58.", ":58", "a:00", ""})
        EXPECT_FALSE(is_clock(bad)) << bad;
    EXPECT_EQ(format_clock("9:58.30", "fr"), "9:58,30");
    EXPECT_EQ(format_clock("2:06:26", "ar"), "٢:٠٦:٢٦");
    for (const char* language : kLanguages)
        EXPECT_EQ(parse_clock(format_clock("1:02:03.45", language), language), "1:02:03.45");
    EXPECT_FALSE(parse_clock("9:58.30", "fr"));
}

}  // namespace
}  // namespace altis::language
