#include "results/rules.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

Rsc free_skate() {
    return *Rsc::parse(fixture::kFreeSkate);
}
Rsc bobsleigh() {
    return *Rsc::parse("BOBOTEAM4-------------FNL-000100--");
}

std::vector<ResultLine> ranked_times(std::initializer_list<std::pair<int, const char*>> times) {
    std::vector<ResultLine> lines;
    for (const auto& [rank, time] : times) {
        ResultLine line = fixture::team("GER", rank, "", std::to_string(lines.size()));
        line.result = time;
        line.result_type = "TIME";
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> names(const std::vector<Warning>& warnings) {
    std::vector<std::string> found;
    for (const Warning& warning : warnings)
        found.push_back(warning.name);
    return found;
}

TEST(ResultValue, ReadsNumbersAndTimesExactly) {
    EXPECT_EQ(parse_result_value("226.79"), Decimal(22679, 2));
    EXPECT_EQ(parse_result_value("+0.12"), Decimal(12, 2));
    EXPECT_EQ(parse_result_value("59.97"), Decimal(5997, 2));
    EXPECT_EQ(parse_result_value("1:00.05"), Decimal(6005, 2));
    EXPECT_EQ(parse_result_value("2:01:15.3"), Decimal(72753, 1));
    EXPECT_LT(*parse_result_value("59.97"), *parse_result_value("1:00.05"));
}

TEST(ResultValue, RefusesWhatIsNeither) {
    for (const char* text :
         {"", ":", "1:", ":05", "1:5.00", "1:60.00", "1:2:3:4", "-1:00.05", "1.5:00.05", "1:-0.05",
          "1e3", "NaN", "10000000", "-99999999", "999999999999999999", "1:00.05 ", "3-2"}) {
        const auto value = parse_result_value(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().reason, "results.value_malformed") << text;
    }
}

TEST(Totals, OfTheFreeSkateAddUp) {
    EXPECT_TRUE(
        verify_totals(free_skate(), fixture::free_skate(1, ResultStatus::kOfficial).results));
}

TEST(Totals, AMismatchNamesCompetitorAndBothNumbers) {
    auto lines = fixture::free_skate(1, ResultStatus::kOfficial).results;
    lines[1].result = "224.91";
    const auto verified = verify_totals(free_skate(), lines);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().reason, "results.total_mismatch");
    for (const char* part : {"1000002", "224.90", "224.91", "SHORT + FREE"}) {
        EXPECT_NE(verified.error().message.find(part), std::string::npos) << part;
    }
}

TEST(Totals, AreNotCheckedWithoutAllParts) {
    auto lines = fixture::free_skate(1, ResultStatus::kLive).results;
    lines[0].result = "76.59";
    lines[0].extended.pop_back();  // has not skated the free program yet
    EXPECT_TRUE(verify_totals(free_skate(), lines));
}

TEST(Totals, RefuseTextsThatAreNoNumbers) {
    auto lines = fixture::free_skate(1, ResultStatus::kOfficial).results;
    lines[0].extended[1].value = "150,20";
    EXPECT_EQ(verify_totals(free_skate(), lines).error().reason, "results.value_malformed");
}

TEST(Ranks, GoWithPointsDownAndTimesUp) {
    EXPECT_TRUE(
        check_ranks(free_skate(), fixture::free_skate(1, ResultStatus::kLive).results).empty());
    EXPECT_TRUE(check_ranks(bobsleigh(), ranked_times({{1, "59.97"}, {2, "1:00.05"}})).empty());
    EXPECT_EQ(names(check_ranks(bobsleigh(), ranked_times({{1, "1:00.05"}, {2, "59.97"}}))),
              std::vector<std::string>{"results.rank_order"});
    auto swapped = fixture::free_skate(1, ResultStatus::kLive).results;
    std::swap(swapped[0].rank, swapped[1].rank);
    EXPECT_EQ(names(check_ranks(free_skate(), swapped)),
              std::vector<std::string>{"results.rank_order"});
}

TEST(Ranks, EqualTimesMayHaveDifferentRanks) {
    // Case M08: both 9.79, decided by the photo finish.
    EXPECT_TRUE(check_ranks(bobsleigh(), ranked_times({{1, "9.79"}, {2, "9.79"}})).empty());
}

TEST(Ranks, EqualRanksNeedEqualValues) {
    EXPECT_EQ(names(check_ranks(bobsleigh(), ranked_times({{1, "9.79"}, {1, "9.80"}, {3, "9.9"}}))),
              std::vector<std::string>{"results.rank_order"});
}

TEST(Ranks, SkipBehindATie) {
    EXPECT_TRUE(check_ranks(bobsleigh(), ranked_times({{1, "9"}, {1, "9"}, {3, "10"}})).empty());
    EXPECT_EQ(names(check_ranks(bobsleigh(), ranked_times({{1, "9"}, {1, "9"}, {2, "10"}}))),
              std::vector<std::string>{"results.rank_not_skipped"});
}

}  // namespace
}  // namespace altis::results
