#include "warehouse/parquet.h"

#include <fstream>
#include <gtest/gtest.h>

#include "warehouse/duckdb/connection.h"
#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

const std::vector<ColumnSpec> kColumns = {
    {"fan", Type::kText}, {"at", Type::kTime}, {"number", Type::kInteger}, {"given", Type::kBool}};

Rows some_rows(int count) {
    Rows rows;
    for (const ColumnSpec& spec : kColumns) {
        rows.names.push_back(spec.name);
        rows.columns.emplace_back(spec.type);
    }
    for (int i = 0; i < count; ++i) {
        rows.columns[0].add_text("fan-" + std::to_string(i) + " \xC3\xA9'\"\n");
        if (i % 3 == 0) {
            rows.columns[1].add_null();
        } else {
            rows.columns[1].add_number(1'770'000'000'123'456 + i);
        }
        rows.columns[2].add_number(INT64_MAX - i);
        rows.columns[3].add_number(i % 2);
    }
    return rows;
}

class ParquetTest : public testing::Test {
  protected:
    std::string stored(const std::string& bytes) const {
        std::ofstream(path(), std::ios::binary) << bytes;
        return path();
    }
    std::string path() const { return folder_.path() + "/rows.parquet"; }
    TestFolder folder_;
};

TEST_F(ParquetTest, WhatIsWrittenIsReadBack) {
    for (const int count : {0, 1, 5'000}) {
        const Rows rows = some_rows(count);
        const auto bytes = write_parquet(rows);
        ASSERT_TRUE(bytes) << bytes.error().message;
        EXPECT_TRUE(bytes->starts_with("PAR1") && bytes->ends_with("PAR1"));
        const auto again = read_parquet(stored(*bytes), kColumns);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, rows) << count;
    }
}

TEST_F(ParquetTest, OtherFilesAreRefused) {
    EXPECT_FALSE(read_parquet(stored("no parquet at all"), kColumns));
    const auto bytes = write_parquet(some_rows(2));
    ASSERT_TRUE(bytes);
    EXPECT_FALSE(read_parquet(stored(bytes->substr(0, bytes->size() / 2)), kColumns));
    EXPECT_FALSE(read_parquet(stored(*bytes), {{"other", Type::kText}}));
}

// All rows of all columns, as lines.
std::string texts_of(ParquetTexts& file) {
    EXPECT_TRUE(file.select(file.columns()));
    std::string lines;
    while (true) {
        const auto rows = file.next();
        EXPECT_TRUE(rows) << rows.error().message;
        if (!rows || rows->size() == 0) return lines;
        for (std::size_t row = 0; row < rows->size(); ++row) {
            for (const Column& column : rows->columns)
                lines += (column.is_null(row) ? "null" : std::string(column.text(row))) + "|";
            lines += "\n";
        }
    }
}

TEST_F(ParquetTest, FilesOfOthersAreReadAsTexts) {
    const std::string file = path();
    auto database = duckdb::Database::open_in_memory(kParquetMemoryMb, file);
    ASSERT_TRUE(database);
    auto connection = database->connect();
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute(
        "COPY (SELECT 'it''s' AS \"a \"\"b\"\"\", 12.50::DECIMAL(9,2) AS d, 7::UTINYINT AS i, "
        "DATE '2026-02-19' AS day, TIMESTAMP '2026-02-19 20:00:00.25' AS t, "
        "make_timestamptz(1770000000000001) AS z, true AS b, NULL::INTEGER AS n) TO '" +
        file + "' (FORMAT parquet, USE_TMP_FILE false)"));
    auto texts = ParquetTexts::open(file);
    ASSERT_TRUE(texts) << texts.error().message;
    EXPECT_EQ(texts->columns().front(), "a \"b\"");
    EXPECT_EQ(texts_of(*texts),
              "it's|12.50|7|2026-02-19T00:00:00.000000Z|2026-02-19T20:00:00.250000Z|"
              "2026-02-02T02:40:00.000001Z|true|null|\n");
    EXPECT_EQ(texts->select({"none"}).error().reason, "parquet.column_missing");
}

TEST_F(ParquetTest, ColumnsThatAreNoTextsAreNamed) {
    const std::string file = path();
    auto database = duckdb::Database::open_in_memory(kParquetMemoryMb, file);
    ASSERT_TRUE(database);
    auto connection = database->connect();
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("COPY (SELECT [1, 2] AS l, '\\x00'::BLOB AS b) TO '" + file +
                                    "' (FORMAT parquet, USE_TMP_FILE false)"));
    auto texts = ParquetTexts::open(file);
    ASSERT_TRUE(texts) << texts.error().message;
    for (const char* name : {"l", "b"})
        EXPECT_EQ(texts->select({name}).error().reason, "parquet.column_type") << name;
    EXPECT_EQ(ParquetTexts::open(stored("PAR1 nothing PAR1")).error().reason, "parquet.unreadable");
}

TEST_F(ParquetTest, ManyRowsAreReadInParts) {
    constexpr int kRows = 10'000;
    const auto bytes = write_parquet(some_rows(kRows));
    ASSERT_TRUE(bytes);
    auto texts = ParquetTexts::open(stored(*bytes));
    ASSERT_TRUE(texts) << texts.error().message;
    ASSERT_TRUE(texts->select({"number", "fan"}));
    std::size_t read = 0;
    std::size_t parts = 0;
    for (auto rows = texts->next(); rows && rows->size() > 0; rows = texts->next()) {
        for (std::size_t row = 0; row < rows->size(); ++row)
            EXPECT_EQ(rows->columns[0].text(row),
                      std::to_string(INT64_MAX - std::int64_t(read + row)));
        read += rows->size();
        ++parts;
    }
    EXPECT_EQ(read, std::size_t{kRows});
    EXPECT_GT(parts, 1U);
}

}  // namespace
}  // namespace altis::warehouse
