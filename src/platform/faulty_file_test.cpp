#include "platform/faulty_file.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace altis::platform {
namespace {

class FaultyFiles : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(files_.create_directories("/d")); }

    std::unique_ptr<File> create(const std::string& path) {
        return std::move(files_.open(path, OpenMode::kCreate).value());
    }
    std::string content(const std::string& path) { return read_file(files_, path).value(); }

    FaultyFileSystem files_;
};

TEST_F(FaultyFiles, CrashDropsUnsyncedBytesAndNames) {
    auto kept = create("/d/kept");
    ASSERT_TRUE(kept->write_at(0, "durable"));
    ASSERT_TRUE(kept->sync());
    ASSERT_TRUE(files_.sync_directory("/d"));
    ASSERT_TRUE(kept->write_at(0, "VOLATILE"));
    ASSERT_TRUE(create("/d/unnamed")->sync());
    files_.crash();
    EXPECT_EQ(content("/d/kept"), "durable");
    EXPECT_FALSE(files_.exists("/d/unnamed").value());
    EXPECT_FALSE(kept->write_at(0, "x")) << "handles die in a crash";
}

TEST_F(FaultyFiles, RenameAndRemoveNeedADirectorySync) {
    ASSERT_TRUE(write_file_atomically(files_, "/d/a", "1"));
    ASSERT_TRUE(files_.rename("/d/a", "/d/b"));
    files_.crash();
    EXPECT_EQ(files_.list("/d").value(), std::vector<std::string>{"a"});
    ASSERT_TRUE(files_.remove("/d/a"));
    ASSERT_TRUE(files_.sync_directory("/d"));
    files_.crash();
    EXPECT_TRUE(files_.list("/d").value().empty());
}

TEST_F(FaultyFiles, TornWriteKeepsAPrefix) {
    bool torn = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        ASSERT_TRUE(write_file_atomically(files_, "/d/a", "........"));
        ASSERT_TRUE(create("/d/a")->write_at(0, "abcdefgh"));
        files_.crash(CrashStyle::kTearAtByte, seed);
        const std::string left = content("/d/a");
        const std::size_t kept = std::min(left.find('.'), left.size());
        EXPECT_EQ(left, std::string("abcdefgh").substr(0, kept) + std::string(8 - kept, '.'));
        torn = torn || (kept > 0 && kept < 8);
    }
    EXPECT_TRUE(torn);
}

TEST_F(FaultyFiles, ScatteredSectorsSurviveOneByOne) {
    ASSERT_TRUE(write_file_atomically(files_, "/d/a", std::string(4096, '.')));
    ASSERT_TRUE(create("/d/a")->write_at(0, std::string(4096, 'x')));
    files_.crash(CrashStyle::kScatterSectors, 1);
    const std::string left = content("/d/a");
    std::size_t survivors = 0;
    for (std::size_t sector = 0; sector < 8; ++sector) {
        const std::string bytes = left.substr(sector * 512, 512);
        EXPECT_EQ(bytes, std::string(512, bytes[0]));
        survivors += bytes[0] == 'x' ? 1 : 0;
    }
    EXPECT_GT(survivors, 0U);
    EXPECT_LT(survivors, 8U);
}

TEST_F(FaultyFiles, FailedSyncLosesBytesForGood) {
    ASSERT_TRUE(write_file_atomically(files_, "/d/a", "old"));
    const auto file = create("/d/a");
    ASSERT_TRUE(file->write_at(0, "new"));
    files_.fail_sync(1);
    EXPECT_EQ(file->sync().error().reason, "file.failed");
    EXPECT_TRUE(file->sync()) << "the system says yes, and lies";
    EXPECT_EQ(content("/d/a"), "new");
    files_.crash();
    EXPECT_EQ(content("/d/a"), "old");
}

TEST_F(FaultyFiles, QuotaGivesDiskFull) {
    files_.set_quota_bytes(10);
    const auto file = create("/d/a");
    ASSERT_TRUE(file->write_at(0, "0123456789"));
    EXPECT_TRUE(file->write_at(0, "overwriting needs no space").error().reason == "file.disk_full");
    EXPECT_TRUE(file->write_at(5, "56789"));
    EXPECT_EQ(files_.open("/d/b", OpenMode::kCreate).error().reason, "file.disk_full");
    EXPECT_EQ(files_.used_bytes(), 10U);
    ASSERT_TRUE(files_.remove("/d/a"));
    EXPECT_TRUE(files_.open("/d/b", OpenMode::kCreate));
}

TEST_F(FaultyFiles, CallsFailWhenTold) {
    const auto file = create("/d/a");
    files_.fail_call(2);
    EXPECT_TRUE(file->write_at(0, "1"));
    EXPECT_FALSE(file->write_at(1, "2345"));
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(content("/d/a"), "123") << "a failed write may be half done";
    files_.stop_at_call(1);
    EXPECT_FALSE(file->sync());
    EXPECT_FALSE(files_.sync_directory("/d"));
    files_.crash();
    EXPECT_TRUE(files_.sync_directory("/d"));
}

TEST_F(FaultyFiles, LocksEndWithACrash) {
    const auto held = files_.lock("/d/lock");
    ASSERT_TRUE(held);
    EXPECT_EQ(files_.lock("/d/lock").error().reason, "file.locked");
    files_.crash();
    EXPECT_TRUE(files_.lock("/d/lock"));
}

}  // namespace
}  // namespace altis::platform
