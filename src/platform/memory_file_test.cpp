#include "platform/memory_file.h"

#include <fstream>
#include <gtest/gtest.h>

namespace altis::platform {
namespace {

TEST(MemoryFile, HoldsWhatIsWrittenByItsPath) {
    auto file = MemoryFile::create();
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->read().value_or("?"), "");
    const std::string bytes(300'000, '\x07');
    std::ofstream(file->path(), std::ios::binary) << bytes;
    const MemoryFile moved = std::move(*file);
    EXPECT_EQ(moved.read().value_or("?"), bytes);
}

TEST(MemoryFile, IsReplacedByWhatIsWritten) {
    auto file = MemoryFile::create();
    ASSERT_TRUE(file) << file.error().message;
    for (const std::string& bytes : {std::string(100'000, 'a'), std::string("b"), std::string()}) {
        ASSERT_TRUE(file->write(bytes));
        EXPECT_EQ(file->read().value_or("?"), bytes);
    }
}

}  // namespace
}  // namespace altis::platform
