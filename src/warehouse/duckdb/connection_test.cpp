#include "warehouse/duckdb/connection.h"

#include <gtest/gtest.h>

#include "warehouse/test_folder.h"

namespace altis::warehouse::duckdb {
namespace {

class ConnectionTest : public ::testing::Test {
  protected:
    void SetUp() override {
        platform::FileSystem& files = platform::real_file_system();
        ASSERT_TRUE(files.create_directories(folder_.file("")));
        auto database = Database::open(folder_.file("a.duckdb"), {2, 256, folder_.file("spill")});
        ASSERT_TRUE(database) << database.error().message;
        database_.emplace(std::move(*database));
        auto connection = database_->connect();
        ASSERT_TRUE(connection);
        connection_.emplace(std::move(*connection));
    }
    std::string run(const std::string& sql) { return reason_of(connection_->execute(sql)); }

    TestFolder folder_;
    std::optional<Database> database_;
    std::optional<Connection> connection_;
};

TEST_F(ConnectionTest, ReachesNothingOutsideItsFile) {
    EXPECT_EQ(run("SELECT 1"), "ok");
    for (const std::string& sql :
         {std::string("SELECT * FROM read_text('/etc/passwd')"), std::string("FROM glob('/*')"),
          "COPY (SELECT 1) TO '" + folder_.file("out.csv") + "'",
          "ATTACH '" + folder_.file("b.duckdb") + "' AS b", std::string("INSTALL httpfs"),
          std::string("LOAD httpfs"), std::string("SET threads = 1"),
          std::string("SET enable_external_access = true"),
          std::string("SET lock_configuration = false"), std::string("RESET memory_limit")}) {
        EXPECT_EQ(run(sql), "warehouse.failed") << sql;
    }
}

TEST_F(ConnectionTest, TellsNothingOfCells) {
    const auto failed = connection_->execute("SELECT CAST('fan-1 lives in Cortina' AS INTEGER)");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message.find("Cortina"), std::string::npos);
}

TEST_F(ConnectionTest, GivesUpWhatDoesNotFitIntoMemory) {
    const Statement statement{"SELECT len(list(range)) FROM range(50000000)", {}};
    const auto rows = connection_->query(statement, {{"n", Type::kInteger}}, kNoDeadline);
    EXPECT_EQ(reason_of(rows), "warehouse.out_of_memory");
    EXPECT_EQ(run("SELECT 1"), "ok");
}

}  // namespace
}  // namespace altis::warehouse::duckdb
