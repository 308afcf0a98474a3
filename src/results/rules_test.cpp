#include "results/rules.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

UnitRules rules_of(std::string_view unit) {
    return default_rules().for_unit(*Rsc::parse(unit));
}
UnitRules free_skate() {
    return rules_of(fixture::kFreeSkate);
}
UnitRules bobsleigh() {
    return rules_of("BOBOTEAM4-------------FNL-000100--");
}
UnitRules discus() {
    return rules_of("ATHMDT----------------FNL-000100--");
}
UnitRules high_jump() {
    return rules_of("ATHMHJ----------------FNL-000100--");
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
          "1e3", "NaN", "10000000", "-99999999", "999999999999999999", "1:00.05 ", "3-2",
          "9999999:59:59.123456789", "166666:40"}) {
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

ResultLine thrown(int rank, const char* result, std::vector<const char*> attempts) {
    ResultLine line = fixture::team("GER", rank, "", std::to_string(rank));
    line.result = result;
    line.result_type = "DISTANCE";
    for (const char* attempt : attempts) {
        line.extended.push_back({"PROGRESS", "ATTEMPT", std::to_string(line.extended.size() + 1),
                                 attempt, "", 0, false, 0, ""});
    }
    return line;
}

ResultLine jumped(int rank, const char* result,
                  std::vector<std::pair<const char*, const char*>> jumps) {
    ResultLine line = thrown(rank, result, {});
    for (const auto& [height, tries] : jumps) {
        line.extended.push_back({"PROGRESS", "ATTEMPT", std::to_string(line.extended.size() + 1),
                                 height, tries, 0, false, 0, ""});
    }
    return line;
}

TEST(Totals, AreTheBestAttempt) {
    EXPECT_TRUE(verify_totals(discus(), {thrown(1, "68.37", {"62.38", "X", "68.37"})}));
    EXPECT_TRUE(verify_totals(discus(), {thrown(1, "", {"62.38", "X", "68.37"})}));
    EXPECT_TRUE(verify_totals(discus(), {thrown(1, "68.37", {})}));
    const auto wrong = verify_totals(discus(), {thrown(1, "66.34", {"62.38", "X", "68.37"})});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().reason, "results.total_mismatch");
    EXPECT_NE(wrong.error().message.find("best attempt = 68.37"), std::string::npos);
    EXPECT_TRUE(verify_totals(high_jump(), {jumped(1, "2.25", {{"2.20", "XO"}, {"2.25", "O"}})}));
    EXPECT_FALSE(verify_totals(high_jump(), {jumped(1, "2.29", {{"2.25", "O"}, {"2.29", "XXR"}})}));
}

TEST(Totals, OfASegmentAreElementsAndComponentsLessDeductions) {
    ResultLine line = thrown(1, "50.39", {});
    line.extended = {{"ER", "ELEMENTS", "", "26.68", "", 0, false, 0, ""},
                     {"ER", "COMPONENTS", "", "24.71", "", 0, false, 0, ""},
                     {"ER", "DEDUCTIONS", "", "1.00", "", 0, false, 0, ""}};
    EXPECT_TRUE(verify_totals(free_skate(), {line}));
    line.result = "51.39";
    EXPECT_EQ(verify_totals(free_skate(), {line}).error().reason, "results.total_mismatch");
}

TEST(Ranks, OfEqualThrowsGoByTheSecondBest) {
    const auto better = thrown(1, "68.37", {"68.37", "66.34"});
    auto worse = thrown(2, "68.37", {"X", "68.37", "65.00"});
    EXPECT_TRUE(check_ranks(discus(), {better, worse}).empty());
    worse.rank = 1;
    EXPECT_EQ(names(check_ranks(discus(), {better, worse})),
              std::vector<std::string>{"results.rank_order"});
    worse.extended.clear();  // without its attempts only the results count, and they are equal
    EXPECT_TRUE(check_ranks(discus(), {better, worse}).empty());
}

TEST(Ranks, OfEqualHeightsGoByFailures) {
    const auto clean = jumped(1, "2.33", {{"2.29", "XO"}, {"2.33", "O"}, {"2.36", "XXR"}});
    auto second = jumped(2, "2.33", {{"2.29", "O"}, {"2.33", "XO"}, {"2.36", "XXR"}});
    EXPECT_TRUE(check_ranks(high_jump(), {clean, second}).empty());
    second.rank = 1;
    EXPECT_EQ(names(check_ranks(high_jump(), {clean, second})),
              std::vector<std::string>{"results.rank_order"});
}

TEST(Ranks, NameAGapUnlessTheRuleKeepsIt) {
    const auto lines = ranked_times({{1, "9.79"}, {3, "9.8"}});
    EXPECT_EQ(names(check_ranks(bobsleigh(), lines)), std::vector<std::string>{"results.rank_gap"});
    UnitRules keep = bobsleigh();
    keep.after_dsq = AfterDsq::kKeep;
    EXPECT_TRUE(check_ranks(keep, lines).empty());
}

TEST(Ranks, OfTwoBronzesByRuleHaveNoFourth) {
    const UnitRules judo = rules_of("JUDM60KG--------------FNL-000100--");
    const auto lines = [](std::initializer_list<int> ranks) {
        std::vector<ResultLine> made;
        for (const int rank : ranks)
            made.push_back(thrown(rank, "", {}));
        return made;
    };
    EXPECT_TRUE(check_ranks(judo, lines({1, 2, 3, 3, 5, 5, 7})).empty());
    EXPECT_EQ(names(check_ranks(judo, lines({1, 2, 3, 4}))),
              std::vector<std::string>{"results.fourth_rank"});
}

TEST(Lines, NameWhatTheirMarksContradict) {
    auto lines = ranked_times({{1, "58.86"}, {0, ""}, {0, ""}});
    for (int i = 0; i < 3; ++i)
        lines[static_cast<std::size_t>(i)].sort_order = i + 1;
    lines[1].irm = "DNF";
    lines[2].irm = "DSQ";
    EXPECT_TRUE(check_lines(bobsleigh(), lines).empty());
    std::swap(lines[1].sort_order, lines[2].sort_order);
    EXPECT_EQ(names(check_lines(bobsleigh(), lines)),
              std::vector<std::string>{"results.mark_order"});
    lines[2].rank = 2;
    lines[1].irm = "XYZ";
    EXPECT_EQ(names(check_lines(bobsleigh(), lines)),
              (std::vector<std::string>{"results.mark_unknown", "results.mark_ranked"}));
}

TEST(Lines, NameSplitsAndDigitsThatAreWrong) {
    auto lines = ranked_times({{1, "58.863"}});
    EXPECT_EQ(names(check_lines(bobsleigh(), lines)),
              std::vector<std::string>{"results.value_digits"});
    lines[0].result = "14.67";
    const auto put = [&](const char* code, const char* pos, const char* value) {
        lines[0].extended.push_back({"PROGRESS", code, pos, value, "", 0, false, 0, ""});
    };
    put("INTERMEDIATE", "S", "5.09");
    put("INTERMEDIATE", "1", "14.67");
    put("SECTION", "S", "5.09");
    put("SECTION", "1", "9.58");
    EXPECT_TRUE(check_lines(bobsleigh(), lines).empty());
    lines[0].extended.back().value = "9.59";
    EXPECT_EQ(names(check_lines(bobsleigh(), lines)),
              std::vector<std::string>{"results.split_sum"});
}

TEST(Ranks, SkipBehindATie) {
    EXPECT_TRUE(check_ranks(bobsleigh(), ranked_times({{1, "9"}, {1, "9"}, {3, "10"}})).empty());
    EXPECT_EQ(names(check_ranks(bobsleigh(), ranked_times({{1, "9"}, {1, "9"}, {2, "10"}}))),
              std::vector<std::string>{"results.rank_not_skipped"});
}

}  // namespace
}  // namespace altis::results
