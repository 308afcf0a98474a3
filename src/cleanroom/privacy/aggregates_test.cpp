#include "cleanroom/privacy/aggregates.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <rapidcheck/gtest.h>
#include <set>

namespace altis::cleanroom {
namespace {

constexpr std::size_t kGroups = 4;
constexpr OrderKey kKey{7, 7, 7};
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

struct Row {
    std::uint64_t person;
    std::uint32_t group;
    std::int64_t measure;
};
using Table = std::vector<Row>;

BoundedTotals totals(const Table& table, const ContributionBounds& bounds,
                     const OrderKey& key = kKey) {
    std::vector<std::uint64_t> persons;
    std::vector<std::uint32_t> groups;
    std::vector<std::int64_t> measures;
    for (const Row& row : table) {
        persons.push_back(row.person);
        groups.push_back(row.group);
        measures.push_back(row.measure);
    }
    return bounded_totals({persons, groups, measures}, kGroups, bounds, key);
}

Table arbitrary_rows_of(std::uint64_t person, int most) {
    Table rows;
    const int count = *rc::gen::inRange(0, most + 1);
    static const std::vector<std::int64_t> kMeasures = {kLowest, -1'000, -3, -1,        0,
                                                        1,       2,      5,  1'000'000, kHighest};
    for (int i = 0; i < count; ++i) {
        rows.push_back({person, *rc::gen::inRange<std::uint32_t>(0, kGroups + 2),
                        *rc::gen::elementOf(kMeasures)});
    }
    return rows;
}

ContributionBounds arbitrary_bounds() {
    ContributionBounds bounds;
    bounds.rows_per_person = *rc::gen::inRange<std::uint32_t>(1, 6);
    bounds.groups_per_person = *rc::gen::inRange<std::uint32_t>(1, 4);
    bounds.low = *rc::gen::inRange<std::int64_t>(-20, 10);
    bounds.high = bounds.low + *rc::gen::inRange<std::int64_t>(0, 30);
    return bounds;
}

// The rows of persons below, of one in the middle, and above.
struct Neighbours {
    Table before, after;
};

Neighbours arbitrary_neighbours() {
    Table below = arbitrary_rows_of(1, 8);
    const Table more = arbitrary_rows_of(2, 8);
    below.insert(below.end(), more.begin(), more.end());
    const Table above = arbitrary_rows_of(9, 8);
    const auto around = [&](const Table& middle) {
        Table table = below;
        table.insert(table.end(), middle.begin(), middle.end());
        table.insert(table.end(), above.begin(), above.end());
        return table;
    };
    return {around(arbitrary_rows_of(5, 12)), around(arbitrary_rows_of(5, 12))};
}

void check_change(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                  const Sensitivity& promised) {
    Sensitivity seen;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::int64_t change = a[i] - b[i];
        seen.groups += change != 0 ? 1 : 0;
        seen.sum += std::abs(change);
        seen.squares += change * change;
    }
    RC_ASSERT(seen.groups <= promised.groups);
    RC_ASSERT(seen.sum <= promised.sum);
    RC_ASSERT(seen.squares <= promised.squares);
}

// Whatever one person's rows are replaced with, in the middle of a table of others.
RC_GTEST_PROP(BoundedTotals, OnePersonChangesNoMoreThanTheSensitivities, ()) {
    const ContributionBounds bounds = arbitrary_bounds();
    const Neighbours tables = arbitrary_neighbours();
    const BoundedTotals before = totals(tables.before, bounds);
    const BoundedTotals after = totals(tables.after, bounds);
    const TotalSensitivities promised = sensitivities(bounds);
    check_change(before.persons, after.persons, promised.persons);
    check_change(before.rows, after.rows, promised.rows);
    check_change(before.sums, after.sums, promised.sums);
    for (const std::int64_t step : {1, 2, 7}) {
        std::vector<std::int64_t> a;
        std::vector<std::int64_t> b;
        for (std::size_t i = 0; i < kGroups; ++i) {
            a.push_back(in_steps(before.sums[i], step));
            b.push_back(in_steps(after.sums[i], step));
        }
        check_change(a, b, in_steps(promised.sums, step));
    }
}

// The bounds are reached: noise for them is not larger than needed.
TEST(Sensitivities, AreReached) {
    const ContributionBounds bounds{3, 2, -5, 4};
    const TotalSensitivities promised = sensitivities(bounds);
    const BoundedTotals none = totals({{1, 0, -9}, {1, 0, -9}, {1, 0, -9}}, bounds);
    const BoundedTotals other = totals({{1, 1, -9}, {1, 1, -9}, {1, 1, -9}}, bounds);
    EXPECT_EQ(none.sums, (std::vector<std::int64_t>{-15, 0, 0, 0}));
    EXPECT_EQ(other.sums, (std::vector<std::int64_t>{0, -15, 0, 0}));
    EXPECT_EQ(promised.sums.sum, 30);
    EXPECT_EQ(promised.rows, (Sensitivity{4, 6, 18}));
    EXPECT_EQ(promised.persons, (Sensitivity{4, 4, 4}));
    EXPECT_EQ(promised.sums.squares, 2 * 15 * 15 + 2 * 15 * 12);
    // No row, no group: one row in one group is all there can be.
    EXPECT_EQ(sensitivities({1, 1'000, 0, 10}).persons.groups, 2);
    EXPECT_EQ(sensitivities({1, 1, 0, 10}).sums, (Sensitivity{2, 20, 200}));
    EXPECT_EQ(sensitivities({1, 1, -10, 0}).sums, (Sensitivity{2, 20, 200}));
}

TEST(Sensitivities, SaturateForTheWidestBounds) {
    const TotalSensitivities widest =
        sensitivities({kMaxRowsPerPerson, kMaxGroupsPerPerson, -kMaxMeasure, kMaxMeasure});
    EXPECT_EQ(widest.sums.squares, kHighest);
    EXPECT_EQ(widest.sums.sum, 2 * kMaxRowsPerPerson * kMaxMeasure);
    EXPECT_EQ(in_steps(widest.sums, 1'000).squares, kHighest);
}

TEST(BoundedTotals, ClampsEachRowBeforeAdding) {
    const ContributionBounds bounds{10, 10, 0, 100};
    const BoundedTotals clamped = totals(
        {{1, 0, 1'000}, {1, 0, -1'000}, {2, 0, 50}, {3, 0, kLowest}, {3, 1, kHighest}}, bounds);
    EXPECT_EQ(clamped.sums, (std::vector<std::int64_t>{150, 100, 0, 0}));
    EXPECT_EQ(clamped.rows, (std::vector<std::int64_t>{4, 1, 0, 0}));
    EXPECT_EQ(clamped.persons, (std::vector<std::int64_t>{3, 1, 0, 0}));
}

TEST(BoundedTotals, LimitsRowsAndGroupsOfAPersonNotOfTheTable) {
    Table table;
    for (std::uint64_t person = 1; person <= 100; ++person) {
        for (std::uint32_t row = 0; row < 9; ++row)
            table.push_back({person, row % 3, 1});
    }
    const BoundedTotals bounded = totals(table, {4, 2, 0, 1});
    std::int64_t rows = 0;
    std::int64_t persons = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
        rows += bounded.rows[group];
        persons += bounded.persons[group];
        EXPECT_EQ(bounded.sums[group], bounded.rows[group]);
    }
    EXPECT_EQ(rows, 400);
    // Two groups each, but for the few whose first four rows are of one group.
    EXPECT_LE(persons, 200);
    EXPECT_GE(persons, 190);
}

// The choice depends neither on values nor on where the person's rows stand in the table.
TEST(BoundedTotals, ChoosesWithoutLookingAtValuesOrOthers) {
    const auto chosen = [](const Table& table, const OrderKey& key) {
        return totals(table, {1, 1, 0, 1}, key).rows;
    };
    const Table own = {{5, 0, 1}, {5, 1, 1}, {5, 2, 1}, {5, 3, 1}};
    std::set<std::vector<std::int64_t>> choices;
    for (std::uint8_t key = 0; key < 60; ++key) {
        const auto alone = chosen(own, {key});
        choices.insert(alone);
        Table rich = own;
        for (Row& row : rich)
            row.measure = row.group == 2 ? kHighest : kLowest;
        EXPECT_EQ(chosen(rich, {key}), alone);
        // After strangers whose rows are in no known group, every row stands elsewhere.
        for (std::uint64_t strangers = 1; strangers <= 3; ++strangers) {
            Table behind;
            for (std::uint64_t i = 0; i < strangers; ++i)
                behind.push_back({i, kGroups, 0});
            behind.insert(behind.end(), own.begin(), own.end());
            EXPECT_EQ(chosen(behind, {key}), alone);
        }
    }
    EXPECT_EQ(choices.size(), kGroups);  // each row is the one that is taken, under some key
}

TEST(BoundedTotals, DifferentPersonsKeepDifferentRows) {
    Table table;
    for (std::uint64_t person = 1; person <= 400; ++person) {
        for (std::uint32_t group = 0; group < kGroups; ++group)
            table.push_back({person, group, 0});
    }
    for (const std::int64_t rows : totals(table, {1, 1, 0, 0}).rows)
        EXPECT_NEAR(static_cast<double>(rows), 100, 45);
}

TEST(BoundedTotals, SumsBeyondTheRangeEndThere) {
    // 10^12 a row, so 9,223,373 persons would be needed; the exact sum is kept wide before.
    std::vector<std::uint64_t> persons;
    for (std::uint64_t i = 0; i < 930; ++i)
        persons.insert(persons.end(), 10'000, i);
    const std::vector<std::uint32_t> groups(persons.size(), 1);
    const std::vector<std::int64_t> high(persons.size(), kHighest);
    const std::vector<std::int64_t> low(persons.size(), kLowest);
    const ContributionBounds bounds{10'000, 1, -kMaxMeasure, kMaxMeasure};
    EXPECT_EQ(bounded_totals({persons, groups, high}, 2, bounds, kKey).sums[1], kHighest);
    EXPECT_EQ(bounded_totals({persons, groups, low}, 2, bounds, kKey).sums[1], kLowest);
}

TEST(BoundedTotals, OfNothingAreZeros) {
    const BoundedTotals none = totals({}, {1, 1, 0, 1});
    EXPECT_EQ(none.sums, std::vector<std::int64_t>(kGroups, 0));
    EXPECT_EQ(none.persons, std::vector<std::int64_t>(kGroups, 0));
}

TEST(BoundedTotals, CountsWithoutMeasures) {
    const std::vector<std::uint64_t> persons = {1, 1, 2};
    const std::vector<std::uint32_t> groups = {0, 0, 0};
    const BoundedTotals counted = bounded_totals({persons, groups, {}}, 1, {2, 1, 0, 0}, kKey);
    EXPECT_EQ(counted.persons[0], 2);
    EXPECT_EQ(counted.rows[0], 3);
    EXPECT_EQ(counted.sums[0], 0);
}

TEST(ContributionBounds, RefuseWhatNobodyCanPromise) {
    for (const ContributionBounds& bounds :
         {ContributionBounds{0, 1, 0, 1}, ContributionBounds{1, 0, 0, 1},
          ContributionBounds{kMaxRowsPerPerson + 1, 1, 0, 1},
          ContributionBounds{1, kMaxGroupsPerPerson + 1, 0, 1}, ContributionBounds{1, 1, 2, 1},
          ContributionBounds{1, 1, -kMaxMeasure - 1, 1},
          ContributionBounds{1, 1, 0, kMaxMeasure + 1}, ContributionBounds{1, 1, kLowest, 0}}) {
        EXPECT_EQ(check_bounds(bounds).error().reason, "rooms.bounds_out_of_range");
    }
    EXPECT_TRUE(check_bounds({1, 1, 5, 5}));
}

TEST(InSteps, RoundsDownAlsoBelowZero) {
    EXPECT_EQ(in_steps(7, 3), 2);
    EXPECT_EQ(in_steps(-7, 3), -3);
    EXPECT_EQ(in_steps(-6, 3), -2);
    EXPECT_EQ(in_steps(kLowest, 1), kLowest);
    EXPECT_EQ(in_steps(Sensitivity{2, 20, 200}, 10), (Sensitivity{2, 4, 2 + 4 + 2}));
}

}  // namespace
}  // namespace altis::cleanroom
