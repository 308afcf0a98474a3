#include "platform/new_file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "platform/faulty_file.h"

namespace altis::platform {
namespace {

std::string numbered(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + (i + i / 251) % 26);
    return bytes;
}

Result<void> write(FileSystem& files, const std::string& path, std::string_view bytes,
                   std::size_t step) {
    TRY(NewFile file, NewFile::begin(files, path));
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
        TRY_VOID(file.append(bytes.substr(0, step)));
    return file.publish();
}

TEST(NewFile, HasWhateverWasAppended) {
    std::string folder = testing::TempDir() + "altis-new-file-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    FileSystem& files = real_file_system();
    const std::size_t mebibyte = 1U << 20;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kPageBytes, mebibyte - 1,
                                   mebibyte, mebibyte + 1, 3 * mebibyte + 4097}) {
        const std::string bytes = numbered(size);
        for (const std::size_t step : {std::size_t{1000}, std::size_t{4096}, 5 * mebibyte}) {
            ASSERT_TRUE(write(files, folder + "/a", bytes, step));
            EXPECT_TRUE(read_file(files, folder + "/a").value() == bytes) << size << " by " << step;
        }
    }
    EXPECT_EQ(files.list(folder).value(), std::vector<std::string>{"a"});
    std::filesystem::remove_all(folder);
}

TEST(NewFile, IsTheOldOneOrTheNewOneAfterACrash) {
    const std::string before = numbered(5000);
    const std::string after = numbered((2U << 20) + 77);
    bool was_whole = false;
    for (std::uint64_t nth = 1; !was_whole; ++nth) {
        ASSERT_LT(nth, 50U);
        FaultyFileSystem files;
        ASSERT_TRUE(files.create_directories("/d"));
        ASSERT_TRUE(write(files, "/d/a", before, 5000));
        files.stop_at_call(nth);
        was_whole = write(files, "/d/a", after, 100'000).has_value();
        files.crash(CrashStyle::kScatterSectors, nth);
        const std::string found = read_file(files, "/d/a").value();
        EXPECT_TRUE(found == before || found == after) << "call " << nth;
        EXPECT_TRUE(!was_whole || found == after);
        ASSERT_TRUE(write(files, "/d/a", before, 999)) << "over what was left";
        EXPECT_TRUE(read_file(files, "/d/a").value() == before);
    }
}

}  // namespace
}  // namespace altis::platform
