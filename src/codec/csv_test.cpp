#include "codec/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "codec/mutations.h"
#include "codec/text.h"

namespace altis::codec {
namespace {

using Row = std::vector<std::string>;

// Header and rows; what fails stands as a row with its reason.
std::vector<Row> rows_of(std::string_view text) {
    auto reader = CsvReader::create(text);
    if (!reader) return {{reader.error().reason}};
    std::vector<Row> rows = {reader->columns()};
    Row fields;
    while (true) {
        const auto more = reader->next(fields);
        if (!more) {
            rows.push_back({more.error().reason});
        } else if (*more) {
            rows.push_back(fields);
        } else {
            return rows;
        }
    }
}

TEST(Csv, ReadsEveryFormOfLineEnd) {
    const std::vector<Row> expected = {{"a", "b"}, {"1", "2"}, {"3", ""}};
    for (const char* text :
         {"a,b\n1,2\n3,\n", "a,b\r\n1,2\r\n3,\r\n", "a,b\n1,2\n3,", "a,b\r\n1,2\r\n3,\r",
          "\xEF\xBB\xBF"
          "a,b\n1,2\n3,\n",
          "a,b\n\n1,2\r\n\r\n3,\n\n"}) {
        EXPECT_EQ(rows_of(text), expected) << text;
    }
}

TEST(Csv, ReadsQuotedFields) {
    EXPECT_EQ(rows_of("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\n"),
              (std::vector<Row>{{"a", "b"}, {"1,5", "say \"hi\""}, {"two\r\nlines", ""}}));
}

TEST(Csv, EmptyLinesOfOneColumnAreValues) {
    EXPECT_EQ(rows_of("a\n\nx\n"), (std::vector<Row>{{"a"}, {""}, {"x"}}));
}

TEST(Csv, GoodRowsAroundBadOnesStillCount) {
    EXPECT_EQ(rows_of("a,b\n1\n2,3\n4,5,6\nx\"y,1\n\"q\"z,1\nv\rw,1\n7,\xff\n8,9\n\"open,1\n2,3"),
              (std::vector<Row>{{"a", "b"},
                                {"csv.malformed"},
                                {"2", "3"},
                                {"csv.malformed"},
                                {"csv.malformed"},
                                {"csv.malformed"},
                                {"csv.malformed"},
                                {"csv.malformed"},
                                {"8", "9"},
                                {"csv.malformed"}}));
}

TEST(Csv, RefusesBadHeaders) {
    EXPECT_EQ(rows_of(""), (std::vector<Row>{{"csv.empty"}}));
    EXPECT_EQ(rows_of("\xEF\xBB\xBF\r\n\n"), (std::vector<Row>{{"csv.empty"}}));
    EXPECT_EQ(rows_of("a,b,a\n1,2,3\n"), (std::vector<Row>{{"csv.duplicate_column"}}));
    EXPECT_EQ(rows_of("a,\"b\n1,2\n"), (std::vector<Row>{{"csv.malformed"}}));
    EXPECT_EQ(rows_of("a,\xff\n"), (std::vector<Row>{{"csv.malformed"}}));
    std::string wide = "c0";
    for (std::size_t i = 1; i <= kMaxCsvColumns; ++i)
        wide += ",c" + std::to_string(i);
    EXPECT_EQ(rows_of(wide), (std::vector<Row>{{"csv.malformed"}}));
}

TEST(Csv, MissingColumnIsNamedWithThoseThatExist) {
    const auto reader = *CsvReader::create("email,area\n");
    EXPECT_EQ(reader.column("area"), 1U);
    const auto missing = reader.column("customer");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().reason, "csv.column_missing");
    EXPECT_EQ(missing.error().message, "the CSV has no column 'customer'; it has email, area");
}

TEST(Csv, CountsLinesThroughQuotesAndBlanks) {
    auto reader = *CsvReader::create("a,b\n\n\"1\n1\",2\n3\n4,5\n");
    Row fields;
    ASSERT_TRUE(reader.next(fields));
    EXPECT_EQ(reader.line(), 3U);
    const auto bad = reader.next(fields);
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().message.find("line 5 "), std::string::npos) << bad.error().message;
    ASSERT_TRUE(reader.next(fields));
    EXPECT_EQ(reader.line(), 6U);
}

TEST(Csv, WhatIsWrittenIsRead) {
    const auto letters =
        rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' '));
    EXPECT_TRUE(rc::check([&] {
        const auto table = *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
            rc::gen::pair(letters, letters));
        std::string text = "a,b\r\n";
        std::vector<Row> expected = {{"a", "b"}};
        for (const auto& [first, second] : table) {
            text += csv_field(first) + "," + csv_field(second) + "\r\n";
            expected.push_back({first, second});
        }
        RC_ASSERT(rows_of(text) == expected);
    }));
}

TEST(Csv, SurvivesMutations) {
    for_each_mutation({"a,b\n1,2\n3,\n",
                       "\xEF\xBB\xBF"
                       "a,b\r\n\"x \"\"y\"\"\",\"1\r\n2\"\r\n",
                       "a\n\né\n"},
                      [](const std::string& text) {
                          auto reader = CsvReader::create(text);
                          if (!reader) return;
                          Row fields;
                          for (std::size_t rows = 0;; ++rows) {
                              ASSERT_LE(rows, text.size());
                              const auto more = reader->next(fields);
                              if (more && !*more) return;
                              if (!more) continue;
                              ASSERT_EQ(fields.size(), reader->columns().size());
                              ASSERT_TRUE(is_utf8(fields[0]));
                          }
                      });
}

TEST(Csv, SpreadsheetsFindNoFormula) {
    EXPECT_EQ(spreadsheet_field("=1+1"), "'=1+1");
    EXPECT_EQ(spreadsheet_field("@sum(a,b)"), "\"'@sum(a,b)\"");
    EXPECT_EQ(spreadsheet_field("-3"), "'-3");
    EXPECT_EQ(spreadsheet_field("fan-1"), "fan-1");
    EXPECT_EQ(spreadsheet_field(""), "");
}

}  // namespace
}  // namespace altis::codec
