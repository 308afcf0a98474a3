#include "base/time.h"

#include <chrono>
#include <gtest/gtest.h>
#include <random>
#include <rapidcheck.h>

namespace altis {
namespace {

constexpr std::int64_t kFirst = -62'135'596'800'000'000;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLast = 253'402'300'799'999'999;   // 9999-12-31T23:59:59.999999Z

std::string reason_of(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time ? "" : time.error().reason;
}

TEST(Time, KnownValues) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), Time{0});
    EXPECT_EQ(parse_rfc3339("2026-02-19T21:04:05Z"), Time{1'771'535'045'000'000});
    EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z"), Time{kFirst});
    EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999999Z"), Time{kLast});
    EXPECT_EQ(format_rfc3339(Time{kFirst}), "0001-01-01T00:00:00.000000Z");
    EXPECT_EQ(format_rfc3339(Time{kLast}), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(format_rfc3339(Time{-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(civil_date(2026, 2, 19), *parse_rfc3339("2026-02-19"));
}

TEST(Time, ReadsEveryFormOfOneMoment) {
    const Time moment = *parse_rfc3339("2026-02-19T21:04:05.5Z");
    for (const char* text : {"2026-02-19t21:04:05.500z", "2026-02-19 21:04:05.500000000Z",
                             "2026-02-19T22:04:05.5+01:00", "2026-02-20T06:04:05.5+0900",
                             "2026-02-19T15:34:05.500000999-05:30", "2026-02-19T21:04:05.5-00:00",
                             "2026-02-20T21:03:05.5+23:59"}) {
        EXPECT_EQ(parse_rfc3339(text), moment) << text;
    }
    EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), *parse_rfc3339("2017-01-01"));
}

TEST(Time, KnowsLeapYears) {
    for (const char* text : {"2024-02-29", "2000-02-29", "1600-02-29", "0004-02-29"}) {
        EXPECT_EQ(reason_of(text), "") << text;
    }
    for (const char* text :
         {"2026-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2026-04-31"}) {
        EXPECT_EQ(reason_of(text), "time.malformed") << text;
    }
}

TEST(Time, RefusesWhatIsNotRfc3339) {
    for (const char* text : {"",
                             "2026",
                             "2026-02",
                             "0000-01-01",
                             "10000-01-01",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-01-00",
                             "2026-01-32",
                             "+026-01-01",
                             "-001-01-01",
                             "2026-1-01",
                             "2026-01-01T",
                             "2026-01-01T00:00Z",
                             "2026-01-01T00:00:00",
                             "2026-01-01T24:00:00Z",
                             "2026-01-01T00:60:00Z",
                             "2026-01-01T00:00:61Z",
                             "2026-01-01T00:00:00.Z",
                             "2026-01-01T00:00:00.1234567890Z",
                             "2026-01-01T00:00:00+24:00",
                             "2026-01-01T00:00:00+00:60",
                             "2026-01-01T00:00:00+1:00",
                             "2026-01-01T00:00:00Z ",
                             " 2026-01-01T00:00:00Z",
                             "2026-01-01T-1:00:00Z",
                             "2026/01/01",
                             "1771535045"}) {
        EXPECT_EQ(reason_of(text), "time.malformed") << text;
    }
}

TEST(Time, OffsetsDoNotLeadOutOfTheYears) {
    for (const char* text : {"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
                             "9999-12-31T23:59:60Z", "0001-01-01T23:58:59+23:59"}) {
        EXPECT_EQ(reason_of(text), "time.malformed") << text;
    }
    EXPECT_EQ(parse_rfc3339("0001-01-01T23:59:00+23:59"), Time{kFirst});
}

TEST(Time, FormatAndParseAreInverse) {
    EXPECT_TRUE(rc::check([] {
        const Time time{*rc::gen::inRange(kFirst, kLast + 1)};
        RC_ASSERT(parse_rfc3339(format_rfc3339(time)) == time);
    }));
}

TEST(Time, AgreesWithTheStandardLibraryOnEveryDay) {
    using std::chrono::sys_days;
    using std::chrono::year;
    using std::chrono::year_month_day;
    for (sys_days day = year{1} / 1 / 1; day <= sys_days(year{9999} / 12 / 31);
         day += std::chrono::days{1}) {
        const year_month_day date{day};
        const Time mine = civil_date(static_cast<int>(date.year()),
                                     static_cast<int>(static_cast<unsigned>(date.month())),
                                     static_cast<int>(static_cast<unsigned>(date.day())));
        ASSERT_EQ(mine.us, std::int64_t{day.time_since_epoch().count()} * 86'400'000'000);
    }
}

TEST(Time, SurvivesMutations) {
    std::mt19937_64 random(20260219);
    for (int i = 0; i < 20'000; ++i) {
        std::string text = i % 2 == 0 ? "9999-12-31T23:59:59.999999+23:59" : "0001-01-01T00:00:00Z";
        for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
            text[random() % text.size()] = "0123456789-+:.TZ z\xff"[random() % 19];
        }
        const auto time = parse_rfc3339(text);
        if (!time) continue;
        ASSERT_TRUE(time->us >= kFirst && time->us <= kLast) << text;
        ASSERT_EQ(parse_rfc3339(format_rfc3339(*time)), *time) << text;
    }
}

}  // namespace
}  // namespace altis
