#include "platform/file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <string>

namespace altis::platform {
namespace {

class RealFiles : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "altis-file-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    FileSystem& files_ = real_file_system();
    std::string folder_;
};

TEST_F(RealFiles, WritesAndReadsAtOffsets) {
    auto file = files_.open(folder_ + "/a", OpenMode::kCreateNew);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(10, "hello"));
    ASSERT_TRUE((*file)->sync());
    EXPECT_EQ((*file)->size().value(), 15U);
    EXPECT_EQ((*file)->read_at(10, 100).value(), "hello");
    EXPECT_EQ((*file)->read_at(0, 2).value(), std::string(2, '\0'));
    EXPECT_EQ((*file)->read_at(99, 2).value(), "");
    ASSERT_TRUE((*file)->truncate(12));
    EXPECT_EQ((*file)->read_at(10, 100).value(), "he");
}

TEST_F(RealFiles, WritesWholePagesBesideOtherBytes) {
    auto file = files_.open(folder_ + "/unfinished", OpenMode::kCreateNew);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, std::string(3 * kPageBytes, 'x')));
    PageBuffer pages;
    pages.append("new ");
    pages.append("bytes");
    pages.pad();
    ASSERT_EQ(pages.bytes().size(), kPageBytes);
    ASSERT_TRUE((*file)->write_pages(kPageBytes, pages));
    EXPECT_EQ((*file)->read_at(kPageBytes - 1, 10).value(), "xnew bytes");
    EXPECT_EQ((*file)->read_at(2 * kPageBytes - 1, 2).value(), std::string("\0x", 2));

    ASSERT_TRUE(files_.rename(folder_ + "/unfinished", folder_ + "/a"));
    pages.clear();
    pages.append(std::string(2 * kPageBytes, 'y'));
    ASSERT_TRUE((*file)->write_pages(kPageBytes, pages));
    ASSERT_TRUE((*file)->sync());
    EXPECT_EQ(read_file(files_, folder_ + "/a").value(),
              std::string(kPageBytes, 'x') + std::string(2 * kPageBytes, 'y'));
}

TEST_F(RealFiles, NamesWhatIsWrong) {
    EXPECT_EQ(files_.open(folder_ + "/none", OpenMode::kRead).error().reason, "file.not_found");
    EXPECT_EQ(files_.list(folder_ + "/none").error().reason, "file.not_found");
    ASSERT_TRUE(files_.open(folder_ + "/a", OpenMode::kCreateNew));
    EXPECT_EQ(files_.open(folder_ + "/a", OpenMode::kCreateNew).error().reason, "file.failed");
    EXPECT_EQ(files_.create_directories(folder_ + "/a/b").error().code, Code::kUnavailable);
}

TEST_F(RealFiles, FullDeviceIsDiskFull) {
    const auto device = files_.open("/dev/full", OpenMode::kReadWrite);
    if (!device) GTEST_SKIP() << "no /dev/full here";
    EXPECT_EQ((*device)->write_at(0, "x").error().reason, "file.disk_full");
}

TEST_F(RealFiles, CreatesListsRenamesRemoves) {
    ASSERT_TRUE(files_.create_directories(folder_ + "/x/y"));
    ASSERT_TRUE(files_.create_directories(folder_ + "/x/y"));
    ASSERT_TRUE(write_file_atomically(files_, folder_ + "/x/b", "1"));
    ASSERT_TRUE(files_.rename(folder_ + "/x/b", folder_ + "/x/a"));
    EXPECT_EQ(files_.list(folder_ + "/x").value(), (std::vector<std::string>{"a", "y"}));
    ASSERT_TRUE(files_.remove(folder_ + "/x/a"));
    EXPECT_FALSE(files_.exists(folder_ + "/x/a").value());
    EXPECT_TRUE(files_.exists(folder_ + "/x/y").value());
    EXPECT_TRUE(files_.sync_directory(folder_ + "/x"));
}

TEST_F(RealFiles, AtomicWriteReplacesTheWholeFile) {
    ASSERT_TRUE(write_file_atomically(files_, folder_ + "/a", "a long first version"));
    ASSERT_TRUE(write_file_atomically(files_, folder_ + "/a", "short"));
    EXPECT_EQ(read_file(files_, folder_ + "/a").value(), "short");
    EXPECT_EQ(files_.list(folder_).value().size(), 1U);
}

TEST_F(RealFiles, LockIsExclusiveUntilReleased) {
    auto first = files_.lock(folder_ + "/lock");
    ASSERT_TRUE(first);
    EXPECT_EQ(files_.lock(folder_ + "/lock").error().reason, "file.locked");
    first->reset();
    EXPECT_TRUE(files_.lock(folder_ + "/lock"));
}

}  // namespace
}  // namespace altis::platform
