#include "warehouse/parquet.h"

#include <fstream>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace altis::warehouse
