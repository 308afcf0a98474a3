#include "codec/zip.h"

#include <gtest/gtest.h>

#include "codec/mutations.h"

namespace altis::codec {
namespace {

constexpr std::size_t kLimit = 1'000;

// "a.lef" with eight times "<LENEX/>", made by Python's zipfile.
const std::string kArchive(
    "\x50\x4b\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x53\x5c\x86\xbe\xcf\xc5\x0d\x00\x00\x00\x40"
    "\x00\x00\x00\x05\x00\x00\x00\x61\x2e\x6c\x65\x66\xb3\xf1\x71\xf5\x73\x8d\xd0\xb7\xb3\x21\x93"
    "\x06\x00\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00\x00\x00\x53\x5c\x86\xbe\xcf\xc5\x0d"
    "\x00\x00\x00\x40\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00"
    "\x00\x00\x61\x2e\x6c\x65\x66\x50\x4b\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x33\x00\x00\x00"
    "\x30\x00\x00\x00\x00\x00",
    121);
const std::string kText = "<LENEX/><LENEX/><LENEX/><LENEX/><LENEX/><LENEX/><LENEX/><LENEX/>";

constexpr std::size_t kDirectory = 0x30;
constexpr std::size_t kEnd = 0x30 + 0x33;

std::string reason_of(const std::string& bytes, std::size_t limit = kLimit) {
    const auto text = unzip_one(bytes, limit);
    return text ? "" : text.error().reason;
}

std::string with(std::initializer_list<std::pair<std::size_t, char>> changes) {
    std::string bytes = kArchive;
    for (const auto& [at, value] : changes)
        bytes[at] = value;
    return bytes;
}

TEST(Zip, ReadsTheOneFile) {
    EXPECT_TRUE(looks_like_zip(kArchive));
    EXPECT_FALSE(looks_like_zip("<LENEX/>"));
    EXPECT_EQ(unzip_one(kArchive, kText.size()), kText);
    std::string commented = kArchive + "comment";
    commented[kEnd + 20] = 7;
    EXPECT_EQ(unzip_one(commented, kLimit), kText);
}

TEST(Zip, ABombIsRefusedByWhatItStatesAndByWhatItHolds) {
    EXPECT_EQ(reason_of(kArchive, kText.size() - 1), "zip.too_large");
    // It states 63 bytes and holds 64, or the other way round.
    EXPECT_EQ(reason_of(with({{22, 63}, {kDirectory + 24, 63}})), "zip.malformed");
    EXPECT_EQ(reason_of(with({{22, 65}, {kDirectory + 24, 65}})), "zip.malformed");
}

TEST(Zip, NamesWhatItDoesNotRead) {
    EXPECT_EQ(reason_of(with({{kEnd + 8, 2}, {kEnd + 10, 2}})), "zip.not_one_file");
    EXPECT_EQ(reason_of(with({{kEnd + 8, 0}, {kEnd + 10, 0}})), "zip.not_one_file");
    EXPECT_EQ(reason_of(with({{kEnd + 8, 2}})), "zip.unsupported") << "several disks";
    EXPECT_EQ(reason_of(with({{6, 1}, {kDirectory + 8, 1}})), "zip.unsupported") << "encrypted";
    EXPECT_EQ(reason_of(with({{8, 12}, {kDirectory + 10, 12}})), "zip.unsupported") << "bzip2";
    EXPECT_EQ(reason_of(with({{kDirectory + 20, '\xff'},
                              {kDirectory + 21, '\xff'},
                              {kDirectory + 22, '\xff'},
                              {kDirectory + 23, '\xff'}})),
              "zip.unsupported")
        << "zip64";
}

TEST(Zip, EveryCutAndEveryChangedByteThatMattersIsNoticed) {
    for (std::size_t bytes = 0; bytes < kArchive.size(); ++bytes)
        EXPECT_NE(reason_of(kArchive.substr(0, bytes)), "") << bytes;
    EXPECT_EQ(reason_of(kArchive + "x"), "zip.malformed");
    EXPECT_EQ(reason_of(with({{30, 'b'}})), "zip.malformed") << "another name in the directory";
    EXPECT_EQ(reason_of(with({{14, 0}, {kDirectory + 16, 0}})), "zip.malformed") << "the checksum";
    Mutator mutator(4);
    for (int i = 0; i < kMutations; ++i) {
        const auto text = unzip_one(mutator.mutate(kArchive, kArchive), kLimit);
        ASSERT_TRUE(!text || *text == kText);
    }
}

}  // namespace
}  // namespace altis::codec
