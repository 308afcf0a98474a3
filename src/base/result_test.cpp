#include "base/result.h"

#include <gtest/gtest.h>
#include <memory>

#include "base/assert.h"

namespace altis {
namespace {

Result<int> half(int n) {
    if (n % 2 == 0) return n / 2;
    return fail(Code::kInvalid, "test.odd", std::to_string(n) + " is odd");
}

Result<std::string> quarter(int n) {
    TRY(const int first, half(n));
    TRY(const int second, half(first));
    return std::to_string(second);
}

Result<void> check_even(int n) {
    TRY_VOID(half(n));
    return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
    EXPECT_EQ(quarter(8), "2");
    ASSERT_FALSE(quarter(6));
    EXPECT_EQ(quarter(6).error().code, Code::kInvalid);
    EXPECT_EQ(quarter(6).error().reason, "test.odd");
    EXPECT_EQ(quarter(6).error().message, "3 is odd");
    EXPECT_TRUE(check_even(2));
    EXPECT_EQ(check_even(1).error().message, "1 is odd");
}

TEST(Result, TryMovesWhatCannotBeCopied) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    const auto use = [&]() -> Result<int> {
        TRY(const auto value, make());
        return *value;
    };
    EXPECT_EQ(use(), 7);
}

TEST(Result, ContextStandsBeforeTheMessage) {
    const Error error = with_context(half(1).error(), "while opening the journal");
    EXPECT_EQ(error.message, "while opening the journal: 1 is odd");
    EXPECT_EQ(error.reason, "test.odd");
}

TEST(AssertDeathTest, ReportsAndStops) {
    EXPECT_DEATH(ALTIS_ASSERT(1 + 1 == 3), "broken invariant: 1 \\+ 1 == 3 .*result_test.cpp");
    ALTIS_ASSERT(1 + 1 == 2);
}

}  // namespace
}  // namespace altis
