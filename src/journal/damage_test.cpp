// Everything that can be wrong with the bytes of a journal is found, named, and read past.
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "journal/chain_walk.h"
#include "journal/hash_tree.h"
#include "journal/layout.h"
#include "journal/test_journal.h"

namespace altis::journal {
namespace {

const Time kNow = civil_date(2026, 2, 19);
using FileContents = std::map<std::string, std::string>;

// The files of a journal, held in memory so that damaged copies can be laid out quickly.
class DamageTest : public testing::Test {
  protected:
    // Five batches of three records; all in one segment, closed cleanly.
    void write_small_log() {
        platform::FaultyFileSystem files;
        {
            auto journal = must_open(files, *vault_);
            for (int batch = 0; batch < 5; ++batch) {
                std::vector<Draft> drafts;
                for (int i = 0; i < 3; ++i)
                    drafts.push_back(note("record " + std::to_string(batch * 3 + i + 1),
                                          SubjectId{static_cast<std::uint32_t>(i)}));
                ASSERT_TRUE(journal->append(std::move(drafts), kNow));
            }
        }
        original_ = contents(files);
        const std::string& segment = original_.at("00000001.seg");
        used_bytes_ = segment.find_last_not_of('\0') + 1;
        std::uint64_t at = kSegmentHeaderBytes;
        while (at < used_bytes_) {
            batches_.push_back(at);
            const auto header = std::string_view(segment).substr(at, kBatchHeaderBytes);
            at += decode_batch_header(header)->batch_bytes;
        }
        used_bytes_ = at;
        ASSERT_EQ(batches_.size(), 5U);
    }

    static FileContents contents(platform::FileSystem& files) {
        FileContents all;
        const auto names = files.list(kTestDirectory).value();
        for (const std::string& name : names)
            all[name] = platform::read_file(files, path_in_journal(name)).value();
        return all;
    }

    static void lay_out(platform::FileSystem& files, const FileContents& all) {
        ASSERT_TRUE(files.create_directories(kTestDirectory));
        for (const auto& [name, bytes] : all)
            put_file(files, path_in_journal(name), bytes);
    }

    // Verifies a copy of the log where the file `name` holds `bytes`.
    Verification verify_with(const std::string& name, const std::string& bytes) {
        platform::FaultyFileSystem files;
        FileContents all = original_;
        all[name] = bytes;
        lay_out(files, all);
        return verify_closed(files);
    }

    Result<std::unique_ptr<Journal>> open_with(platform::FileSystem& files, const std::string& name,
                                               const std::string& bytes) {
        FileContents all = original_;
        all[name] = bytes;
        lay_out(files, all);
        return open_journal(files, *vault_);
    }

    std::string flipped(const std::string& name, std::uint64_t at) const {
        std::string bytes = original_.at(name);
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        return bytes;
    }

    // The zeros of a segment are all alike: every 61st is tried.
    bool is_dull(const std::string& name, std::uint64_t at) const {
        const std::uint64_t used = name == "00000001.seg" ? used_bytes_ : 0;
        const bool is_empty_part = (at > 1040 && at < kSegmentHeaderBytes - 8) ||
                                   (at >= kSegmentHeaderBytes + 8 && at > used + 16);
        return name.ends_with(".seg") && is_empty_part && at % 61 != 0;
    }

    // Bytes behind the last batch, and in the start of a spare segment, look like the beginning of
    // something that was never finished: opening cuts them, and nothing is lost.
    bool looks_torn(const std::string& name, std::uint64_t at) const {
        if (name == "00000001.seg") return at >= used_bytes_;
        return name == "00000002.seg" && at >= kLabelBytes && at < kLabelBytes + kStartBytes;
    }

    TestVault vault_;
    FileContents original_;
    std::uint64_t used_bytes_ = 0;
    std::vector<std::uint64_t> batches_;
};

TEST_F(DamageTest, TheUntouchedLogIsIntact) {
    write_small_log();
    platform::FaultyFileSystem files;
    lay_out(files, original_);
    const Verification verification = verify_closed(files);
    EXPECT_TRUE(verification.intact());
    EXPECT_EQ(verification.torn_bytes, 0U);
    EXPECT_EQ(verification.records, 15U);
}

TEST_F(DamageTest, VerifyFindsEveryFlippedByte) {
    write_small_log();
    for (const auto& [name, bytes] : original_)
        for (std::uint64_t at = 0; at < bytes.size(); ++at) {
            if (is_dull(name, at)) continue;
            const Verification found = verify_with(name, flipped(name, at));
            EXPECT_EQ(found.intact(), looks_torn(name, at)) << name << " byte " << at;
            EXPECT_EQ(found.torn_bytes > 0, looks_torn(name, at)) << name << " byte " << at;
        }
}

TEST_F(DamageTest, VerifyFindsEveryTruncation) {
    write_small_log();
    for (const auto& [name, bytes] : original_)
        for (std::uint64_t size = 0; size < bytes.size(); ++size) {
            if (is_dull(name, size)) continue;
            EXPECT_FALSE(verify_with(name, bytes.substr(0, size)).intact())
                << name << " cut to " << size;
        }
}

TEST_F(DamageTest, OpeningRefusesEveryFlippedByteOfACleanlyClosedLog) {
    write_small_log();
    for (const auto& [name, bytes] : original_)
        for (std::uint64_t at = 0; at < bytes.size(); ++at) {
            if (name == "00000002.seg" && at >= kSegmentHeaderBytes) continue;  // a spare's zeros
            if (is_dull(name, at)) continue;
            platform::FaultyFileSystem files;
            const auto journal = open_with(files, name, flipped(name, at));
            const bool is_refused = !journal && journal.error().reason == "journal.damaged";
            const bool is_mended = journal && looks_torn(name, at) && (*journal)->durable() == 15;
            EXPECT_TRUE(is_refused || is_mended) << name << " byte " << at;
            if (!is_mended) continue;
            EXPECT_EQ((*journal)->recovery().cut_bytes > 0, name == "00000001.seg");
        }
}

TEST_F(DamageTest, MissingFilesAreFound) {
    write_small_log();
    for (const std::string name : {"00000001.seg", "journal.pub"}) {
        platform::FaultyFileSystem files;
        FileContents all = original_;
        all.erase(name);
        lay_out(files, all);
        EXPECT_FALSE(verify_closed(files).intact()) << name;
        const auto journal = open_journal(files, *vault_);
        ASSERT_FALSE(journal) << name;
        EXPECT_EQ(journal.error().reason, "journal.damaged");
    }
}

TEST_F(DamageTest, DamageIsNamedByOffsetFileAndPosition) {
    write_small_log();
    const std::uint64_t at = batches_[3] + kBatchHeaderBytes + 30;  // in the frame of offset 10
    const Verification found = verify_with("00000001.seg", flipped("00000001.seg", at));
    ASSERT_EQ(found.damages.size(), 1U);
    EXPECT_EQ(found.damages[0].first_offset, 10U);
    EXPECT_EQ(found.damages[0].file, "00000001.seg");
    EXPECT_EQ(found.damages[0].position, batches_[3]);
    EXPECT_EQ(found.damages[0].what, "the frame of offset 10 is damaged");
    EXPECT_EQ(found.records, 12U);
    EXPECT_EQ(found.last_offset, 15U);

    platform::FaultyFileSystem files;
    const auto journal = open_with(files, "00000001.seg", flipped("00000001.seg", at));
    ASSERT_FALSE(journal);
    EXPECT_NE(journal.error().message.find("offset 10 (00000001.seg, byte"), std::string::npos)
        << journal.error().message;
}

TEST_F(DamageTest, ADamagedFrameCostsOneRecord) {
    write_small_log();
    platform::FaultyFileSystem files;
    FileContents all = original_;
    all["00000001.seg"] = flipped("00000001.seg", batches_[3] + kBatchHeaderBytes + 30);
    lay_out(files, all);
    const ReadAll read = read_closed(files, &*vault_);
    ASSERT_EQ(read.damages.size(), 1U);
    EXPECT_EQ(read.damages[0].reason, "journal.damaged");
    ASSERT_EQ(read.records.size(), 14U);
    for (const KeptRecord& record : read.records) {
        EXPECT_NE(record.offset, 10U);
        EXPECT_EQ(record.payload, "record " + std::to_string(record.offset));
    }
}

TEST_F(DamageTest, AReaderNeverGivesAWrongRecord) {
    write_small_log();
    for (std::uint64_t at = kSegmentHeaderBytes; at < used_bytes_; ++at) {
        platform::FaultyFileSystem files;
        FileContents all = original_;
        all["00000001.seg"] = flipped("00000001.seg", at);
        lay_out(files, all);
        const ReadAll read = read_closed(files, &*vault_);
        // At most the batch that was hit is lost, and whoever was lost was named.
        EXPECT_GE(read.records.size(), 12U) << at;
        EXPECT_TRUE(read.records.size() == 15 || !read.damages.empty()) << at;
        std::set<Offset> seen;
        for (const KeptRecord& record : read.records) {
            EXPECT_EQ(record.payload, "record " + std::to_string(record.offset)) << at;
            EXPECT_TRUE(seen.insert(record.offset).second) << at;
        }
    }
}

TEST_F(DamageTest, ATornTailIsCutSavedAndReported) {
    write_small_log();
    original_.erase("head");  // as after a crash in the first second
    const std::string& whole = original_.at("00000001.seg");
    const std::uint64_t last = batches_.back();
    for (std::uint64_t kept = 1; last + kept < used_bytes_; ++kept) {
        std::string torn = whole;
        std::fill(torn.begin() + static_cast<std::ptrdiff_t>(last + kept), torn.end(), '\0');
        if (torn == whole) continue;
        const std::uint64_t torn_bytes = torn.find_last_not_of('\0') + 1 - last;
        EXPECT_EQ(verify_with("00000001.seg", torn).torn_bytes, torn_bytes);
        platform::FaultyFileSystem files;
        auto journal = open_with(files, "00000001.seg", torn);
        ASSERT_TRUE(journal) << journal.error().message;
        EXPECT_EQ((*journal)->durable(), 12U);
        const Recovery recovery = (*journal)->recovery();
        EXPECT_EQ(recovery.last_offset, 12U);
        EXPECT_EQ(recovery.cut_bytes, torn_bytes);
        EXPECT_EQ(recovery.cut_saved_as, "cut-13.bin");
        EXPECT_EQ(platform::read_file(files, path_in_journal("cut-13.bin")).value(),
                  torn.substr(last, torn_bytes));
        EXPECT_EQ((*journal)->append(one("after"), kNow).value(), 13U);
        journal->reset();
        EXPECT_TRUE(verify_closed(files).intact());
    }
}

TEST_F(DamageTest, ATornLookingTailThatTheHeadKnowsIsDamage) {
    write_small_log();
    std::string cut = original_.at("00000001.seg");
    std::fill(cut.begin() + static_cast<std::ptrdiff_t>(batches_.back()), cut.end(), '\0');
    EXPECT_FALSE(verify_with("00000001.seg", cut).intact()) << "cut off at a batch";
    platform::FaultyFileSystem files;
    EXPECT_EQ(open_with(files, "00000001.seg", cut).error().reason, "journal.damaged");
}

TEST_F(DamageTest, ASecondCutDoesNotOverwriteTheFirst) {
    write_small_log();
    original_.erase("head");
    original_["cut-13.bin"] = "evidence";
    platform::FaultyFileSystem files;
    std::string torn = original_.at("00000001.seg");
    torn[batches_.back() + 200] ^= 1;
    const auto journal = open_with(files, "00000001.seg", torn);
    ASSERT_TRUE(journal);
    EXPECT_EQ((*journal)->recovery().cut_saved_as, "cut-13-2.bin");
}

TEST_F(DamageTest, AForgedBatchIsFoundByItsSignature) {
    write_small_log();
    original_.erase("head");
    std::string forged = original_.at("00000001.seg");
    // Another payload in the last batch, with every checksum and hash set right.
    const std::uint64_t at = batches_.back();
    std::string_view batch = std::string_view(forged).substr(at, used_bytes_ - at);
    BatchHeader header = *decode_batch_header(batch.substr(0, kBatchHeaderBytes));
    std::string frames;
    Frame frame = *read_frame(batch.substr(kBatchHeaderBytes)).frame;
    frame.payload = "rewritten";
    append_frame(frames, frame);
    header.records = 1;
    frames.resize(padded(frames.size()));
    header.batch_bytes = kBatchHeaderBytes + frames.size();
    header.hash =
        batch_hash(header, frame_hash(std::string_view(frames).substr(0, frame_length(frames))));
    std::string replaced = encode(header) + frames;
    replaced.resize(used_bytes_ + 8 - at);
    forged.replace(at, replaced.size(), replaced);
    const Verification found = verify_with("00000001.seg", forged);
    ASSERT_FALSE(found.intact());
    EXPECT_EQ(found.damages[0].what, "the signature of the batch does not hold");
    platform::FaultyFileSystem files;
    EXPECT_EQ(open_with(files, "00000001.seg", forged).error().reason, "journal.damaged");
}

TEST_F(DamageTest, AJournalOfAnotherVersionIsRefusedByItsName) {
    write_small_log();
    for (const std::uint32_t version : {kFormatVersion - 1, kFormatVersion + 1}) {
        FileContents all = original_;
        std::string& segment = all.at("00000001.seg");
        segment.replace(0, kLabelBytes, encode(SegmentLabel{1, segment.size(), version}));
        platform::FaultyFileSystem files;
        lay_out(files, all);
        const auto opened = open_journal(files, *vault_);
        const auto read = read_files(files, kTestDirectory, nullptr, 1);
        const auto verified = verify(files, kTestDirectory, nullptr, {});
        ASSERT_FALSE(opened || read || verified);
        for (const Error& error : {opened.error(), read.error(), verified.error()}) {
            EXPECT_EQ(error.reason, "journal.version_unsupported");
            EXPECT_NE(error.message.find("version " + std::to_string(version)), std::string::npos);
        }
        EXPECT_EQ(contents(files).at("00000001.seg"), segment) << "nothing is changed";
    }
}

TEST_F(DamageTest, AMissingOrSwappedSegmentIsFoundAndTheRestIsRead) {
    platform::FaultyFileSystem files;
    {
        auto journal = must_open(files, *vault_);
        for (int i = 1; i <= 60; ++i)
            ASSERT_TRUE(
                journal->append(one("record " + std::to_string(i) + std::string(1000, '.')), kNow));
    }
    original_ = contents(files);
    FileContents all = original_;
    all.erase("00000003.seg");
    platform::FaultyFileSystem with_gap;
    lay_out(with_gap, all);
    const Verification found = verify_closed(with_gap);
    ASSERT_FALSE(found.intact());
    EXPECT_EQ(found.damages[0].what, "00000003.seg is missing");
    EXPECT_EQ(open_journal(with_gap, *vault_).error().reason, "journal.damaged");
    const ReadAll read = read_closed(with_gap, nullptr);
    EXPECT_FALSE(read.damages.empty());
    EXPECT_EQ(read.records.back().offset, 60U);
    EXPECT_GT(read.records.size(), 40U);

    all = original_;
    std::swap(all["00000002.seg"], all["00000003.seg"]);
    platform::FaultyFileSystem swapped;
    lay_out(swapped, all);
    EXPECT_FALSE(verify_closed(swapped).intact());
    EXPECT_EQ(open_journal(swapped, *vault_).error().reason, "journal.damaged");
}

// A payload that holds a copy of an earlier batch is no way to plant records.
TEST_F(DamageTest, ABatchInsideAPayloadIsNotFoundBehindDamage) {
    write_small_log();
    platform::FaultyFileSystem files;
    lay_out(files, original_);
    const std::string planted =
        std::string(6, '.') + original_.at("00000001.seg").substr(batches_[0], 1000);
    {
        auto journal = must_open(files, *vault_);
        for (int i = 0; i < 8; ++i)  // one of the eight is aligned
            ASSERT_TRUE(
                journal->append(one(planted.substr(static_cast<std::size_t>(i) % 7)), kNow));
    }
    FileContents all = contents(files);
    std::string& segment = all.at("00000001.seg");
    for (std::uint64_t at = used_bytes_; at + 8 < segment.size(); ++at)
        if (segment.compare(at, 8, "ALTBATCH") == 0 && at % 8 == 0) {
            std::string hit = segment;
            hit[at + 20] ^= 1;
            platform::FaultyFileSystem damaged_files;
            FileContents hit_files = all;
            hit_files["00000001.seg"] = hit;
            lay_out(damaged_files, hit_files);
            std::set<Offset> seen;
            for (const KeptRecord& record : read_closed(damaged_files, &*vault_).records)
                EXPECT_TRUE(seen.insert(record.offset).second);
        }
}

TEST_F(DamageTest, TenThousandMutatedLogsCrashNothing) {
    write_small_log();
    platform::SeededRandom random(20260219);
    int found_or_torn = 0;
    for (int round = 0; round < 10'000; ++round) {
        FileContents all = original_;
        auto chosen = all.begin();
        std::advance(chosen, static_cast<std::ptrdiff_t>(random.below(all.size())));
        if (random.chance(0.7)) chosen = all.find("00000001.seg");
        std::string& bytes = chosen->second;
        const std::uint64_t changes = 1 + random.below(6);
        for (std::uint64_t i = 0; i < changes && !bytes.empty(); ++i) {
            const std::uint64_t reach = std::min<std::uint64_t>(bytes.size(), used_bytes_ + 64);
            const std::uint64_t at = random.below(reach);
            const std::uint64_t from = random.below(reach);
            const std::uint64_t size = random.below(std::min<std::uint64_t>(600, reach - from));
            switch (random.below(5)) {
                case 0:
                    bytes[at] = static_cast<char>(random.next());
                    break;
                case 1:
                    bytes.resize(at);
                    break;
                case 2:
                    bytes.replace(at, size, bytes.substr(from, size));
                    break;
                case 3:
                    bytes.insert(at, bytes.substr(from, size));
                    break;
                default:
                    bytes.erase(at, size);
                    break;
            }
        }
        platform::FaultyFileSystem files;
        lay_out(files, all);
        const Verification verification = verify_closed(files);
        if (!verification.intact() || verification.torn_bytes > 0) ++found_or_torn;
        const ReadAll read = read_closed(files, &*vault_);
        EXPECT_LE(read.records.size(), 15U);
    }
    EXPECT_GT(found_or_torn, 8'000);
}

}  // namespace
}  // namespace altis::journal
