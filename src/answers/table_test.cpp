#include "answers/table.h"

#include <gtest/gtest.h>

namespace altis::answers {
namespace {

TEST(Table, ReadsNumbersAtTheBeginning) {
    EXPECT_EQ(leading_number("1,332"), Decimal(1332, 0));
    EXPECT_EQ(leading_number("+28.5"), Decimal(285, 1));
    EXPECT_EQ(leading_number("2:03:59"), Decimal(7439, 0));
    EXPECT_EQ(leading_number("13.29 PB"), Decimal(1329, 2));
    EXPECT_EQ(leading_number("4x100"), std::nullopt);
    EXPECT_EQ(leading_number("DNF"), std::nullopt);
    EXPECT_EQ(leading_number("99999999999999999999"), std::nullopt);
    EXPECT_EQ(leading_number("1:1:1:1"), std::nullopt);
    EXPECT_EQ(leading_number("0.123456789"), std::nullopt);
    EXPECT_EQ(leading_number("12345678901.5"), std::nullopt);
}

TEST(Table, GuessesKindsAndLeavesOutTotals) {
    const auto table = table_from_texts(
        "Games", {"Rank", "Nation", "Gold", "Total"},
        {{"1", "Norway (NOR)", "3", "4"}, {"2", "Japan (JPN)", "1", "5"}, {"", "Total", "4", "9"}});
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows.size(), 2U);
    EXPECT_EQ(table->columns[0].kind, ColumnKind::kRank);
    EXPECT_EQ(table->columns[1].kind, ColumnKind::kCountry);
    EXPECT_EQ(table->columns[2].kind, ColumnKind::kGold);
    EXPECT_EQ(table->columns[3].kind, ColumnKind::kTotal);
}

TEST(Table, CountsRanksThatAreMissingOnTop) {
    const auto table = table_from_texts("Race", {"Rank", "Athlete", "Time"},
                                        {{"", "Noah Lyles (USA)", "9.79"},
                                         {"", "Kishane Thompson (JAM)", "9.79"},
                                         {"", "Fred Kerley (USA)", "9.81"},
                                         {"4", "Akani Simbine (RSA)", "9.82"}});
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows[2].cells[0].number, Decimal(3, 0));
    ASSERT_EQ(table->columns.size(), 4U);  // the countries in brackets
    EXPECT_EQ(table->columns[3].kind, ColumnKind::kCountry);
    EXPECT_EQ(table->rows[1].cells[3].text, "JAM");
}

TEST(Table, RefusesRowsOfAnotherWidth) {
    EXPECT_EQ(table_from_texts("t", {"a", "b"}, {{"1"}}).error().reason, "answers.table_malformed");
    EXPECT_EQ(table_from_texts("t", {}, {}).error().reason, "answers.table_too_large");
    EXPECT_EQ(table_from_texts("t", {"a"}, {{std::string(2'001, 'x')}}).error().reason,
              "answers.table_malformed");
}

}  // namespace
}  // namespace altis::answers
