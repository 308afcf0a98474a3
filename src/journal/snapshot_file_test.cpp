#include "journal/snapshot_file.h"

#include <gtest/gtest.h>
#include <vector>

#include "crypto/vault.h"

namespace altis::journal {
namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kSealedPiece = kSnapshotPieceBytes + crypto::kSealOverhead;
const crypto::Digest kKey = crypto::sha256("key");

// Bytes that no packing makes smaller.
std::string dense(std::size_t size) {
    std::string bytes(size, '\0');
    platform::SeededRandom random(7);
    random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
    return bytes;
}

std::string packed(std::string_view content, std::size_t step, Offset offset = 5) {
    platform::SeededRandom random(offset);
    std::string file;
    SnapshotPacker packer({offset, 1, content.size()}, kKey, random, [&](std::string_view bytes) {
        file.append(bytes);
        return Result<void>();
    });
    for (; !content.empty(); content.remove_prefix(std::min(step, content.size())))
        EXPECT_TRUE(packer.add(content.substr(0, step)));
    EXPECT_TRUE(packer.finish());
    return file;
}

std::string reason(std::string_view file) {
    const auto content = unpack_snapshot(file, kKey);
    return content ? "" : content.error().reason;
}

// The header and the sealed pieces.
std::vector<std::string> taken_apart(std::string_view file) {
    std::vector<std::string> parts{std::string(file.substr(0, kHeaderBytes))};
    for (file.remove_prefix(kHeaderBytes); !file.empty();
         file.remove_prefix(std::min(kSealedPiece, file.size())))
        parts.emplace_back(file.substr(0, kSealedPiece));
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string file;
    for (const std::string& part : parts)
        file += part;
    return file;
}

TEST(SnapshotFile, GivesBackWhatWasAdded) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, 3 * kSnapshotPieceBytes}) {
        const std::string content = dense(size) + std::string(size, 'x');
        const std::string file = packed(content, 70'001);
        ASSERT_EQ(reason(file), "") << size;
        EXPECT_TRUE(*unpack_snapshot(file, kKey) == content);
        EXPECT_EQ(read_snapshot_header(file)->unpacked_bytes, content.size());
        EXPECT_EQ(packed(content, 1U << 30).size(), file.size());
    }
}

TEST(SnapshotFile, PiecesStandOnlyWhereTheyWereSealed) {
    const std::string content = dense(3 * kSnapshotPieceBytes);
    const auto parts = taken_apart(packed(content, content.size()));
    ASSERT_EQ(parts.size(), 5U) << "a header and, with the frame's own bytes, four pieces";
    const auto other = taken_apart(packed(content, content.size(), 6));

    auto swapped = parts;
    std::swap(swapped[1], swapped[2]);
    auto without_last = parts;
    without_last.pop_back();
    auto without_middle = parts;
    without_middle.erase(without_middle.begin() + 2);
    auto twice = parts;
    twice.push_back(parts.back());
    auto of_another = parts;
    of_another[2] = other[2];
    auto empty = parts;
    empty.resize(1);
    for (const auto& changed : {swapped, without_last, without_middle, twice, of_another, empty})
        EXPECT_EQ(reason(joined(changed)), "vault.forged");
    EXPECT_EQ(reason(joined(parts)), "");
}

TEST(SnapshotFile, EveryPieceIsGuarded) {
    const std::string file = packed(dense(2 * kSnapshotPieceBytes), 1U << 30);
    for (std::size_t at = kHeaderBytes; at < file.size(); at += kSealedPiece / 3) {
        std::string flipped = file;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        EXPECT_EQ(reason(flipped), "vault.forged") << at;
        EXPECT_EQ(reason(file.substr(0, at)), "vault.forged") << at;
    }
}

TEST(SnapshotFile, WhatTheSinkFailsWithEndsThePacking) {
    platform::SeededRandom random(1);
    const std::string content = dense(2 * kSnapshotPieceBytes);
    const auto full = [](std::string_view) -> Result<void> {
        return fail(Code::kUnavailable, "file.disk_full", "the disk is full");
    };
    SnapshotPacker packer({1, 0, content.size()}, kKey, random, full);
    EXPECT_EQ(packer.add(content).error().reason, "file.disk_full");
}

TEST(SnapshotFile, TooLargeStatesAreRefused) {
    platform::SeededRandom random(1);
    SnapshotPacker packer({1, 0, kMaxSnapshotBytes + 1}, kKey, random,
                          [](std::string_view) { return Result<void>(); });
    EXPECT_EQ(packer.add("x").error().reason, "snapshot.too_large");
}

}  // namespace
}  // namespace altis::journal
