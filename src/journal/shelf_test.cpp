#include "journal/shelf.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck.h>

#include "journal/test_journal.h"

namespace altis::journal {
namespace {

const Time kNow = civil_date(2026, 2, 19);
const std::string kShelfDirectory = "/data/snapshots";

// Counts what was noted per topic, and how much of it is about somebody who is still known.
class TallyBook final : public Book {
  public:
    explicit TallyBook(std::string name) : name_(std::move(name)) {}
    std::string_view name() const override { return name_; }
    void apply(const Record& record) override {
        if (record.erased) return;
        ++counts_[std::string(record.payload)];
        chain_ = chain_ * 31 + record.offset;
    }
    void save(ByteWriter& out) const override {
        out.put(chain_);
        out.put(static_cast<std::uint32_t>(counts_.size()));
        for (const auto& [text, count] : counts_) {
            out.put_text(text);
            out.put(count);
        }
    }
    Result<void> load(ByteReader& in) override {
        counts_.clear();
        chain_ = in.get<std::uint64_t>();
        const auto size = in.get<std::uint32_t>();
        for (std::uint32_t i = 0; in.ok() && i < size; ++i) {
            const std::string text(in.get_text());
            counts_[text] = in.get<std::uint64_t>();
        }
        return {};
    }
    std::uint64_t count(const std::string& text) const {
        const auto found = counts_.find(text);
        return found == counts_.end() ? 0 : found->second;
    }

  private:
    std::string name_;
    std::map<std::string, std::uint64_t> counts_;
    std::uint64_t chain_ = 0;
};

// A journal, two books and a shelf; can be closed and opened again like a process.
class House {
  public:
    House(platform::FileSystem& files, crypto::Vault& vault)
        : journal_(must_open(files, vault)),
          shelf_(files, kShelfDirectory, vault, random_, {&first_, &second_}),
          restored_(shelf_.restore(*journal_)) {}

    void append(const std::string& payload, SubjectId subject = kNoSubject) {
        const Offset last = journal_->append(one(payload, subject), kNow).value();
        const auto reader = journal_->read(last);
        Record record;
        ALTIS_ASSERT(reader.value()->next(record).value());
        shelf_.apply(record);
    }
    Shelf& shelf() { return shelf_; }
    TallyBook& book() { return first_; }
    const Result<void>& restored() const { return restored_; }

  private:
    platform::SystemRandom random_;
    std::unique_ptr<Journal> journal_;
    TallyBook first_{"first"};
    TallyBook second_{"second"};
    Shelf shelf_;
    Result<void> restored_;
};

std::vector<std::string> snapshots(platform::FileSystem& files) {
    return files.list(kShelfDirectory).value();
}

TEST(Shelf, ReplayGivesTheLiveState) {
    rc::check("replay = live, and snapshot + tail = full replay", [] {
        platform::FaultyFileSystem files;
        TestVault vault;
        const auto notes =
            *rc::gen::container<std::vector<std::pair<std::uint8_t, std::uint8_t>>>(rc::gen::pair(
                rc::gen::inRange<std::uint8_t>(0, 5), rc::gen::inRange<std::uint8_t>(0, 4)));
        const auto snapshot_at = *rc::gen::inRange<std::size_t>(0, notes.size() + 1);
        crypto::Digest live;
        SubjectId next_subject;
        {
            House house(files, *vault);
            for (std::size_t i = 0; i < notes.size(); ++i) {
                if (i == snapshot_at) RC_ASSERT(house.shelf().snapshot().has_value());
                house.append(std::to_string(notes[i].first), SubjectId{notes[i].second});
            }
            live = house.shelf().state_hash();
            next_subject = house.shelf().next_subject();
        }
        {
            House house(files, *vault);
            RC_ASSERT(house.restored().has_value());
            RC_ASSERT(house.shelf().applied() == notes.size());
            RC_ASSERT(house.shelf().state_hash() == live);
            RC_ASSERT(house.shelf().next_subject() == next_subject);
        }
        for (const std::string& name : snapshots(files))
            RC_ASSERT(files.remove(kShelfDirectory + "/" + name).has_value());
        House house(files, *vault);
        RC_ASSERT(house.shelf().applied() == notes.size());
        RC_ASSERT(house.shelf().state_hash() == live);
    });
}

TEST(Shelf, ASnapshotIsUsed) {
    platform::FaultyFileSystem files;
    TestVault vault;
    {
        House house(files, *vault);
        house.append("a", SubjectId{5});
        ASSERT_TRUE(house.shelf().snapshot());
    }
    ASSERT_TRUE(vault->destroy(SubjectId{5}));
    House house(files, *vault);
    EXPECT_EQ(house.book().count("a"), 1U) << "a replay would not know it any more";
    EXPECT_EQ(house.shelf().next_subject(), SubjectId{6});
}

TEST(Shelf, OneBookIsReadBesideTheShelf) {
    platform::FaultyFileSystem files;
    TestVault vault;
    House house(files, *vault);
    const auto load = [&](TallyBook& book, Offset last) {
        return load_snapshot(files, kShelfDirectory, *vault, book, last);
    };
    TallyBook second("second");
    EXPECT_EQ(load(second, 9), 0U) << "there is none yet";
    house.append("a");
    house.append("a");
    ASSERT_TRUE(house.shelf().snapshot());
    house.append("a");
    EXPECT_EQ(load(second, 1), 0U) << "it is of a later record";
    EXPECT_EQ(load(second, 2), 2U);
    EXPECT_EQ(second.count("a"), 2U);
    TallyBook stranger("third");
    EXPECT_EQ(load(stranger, 9), 0U);
    ASSERT_TRUE(vault->rotate("snapshot-key-0"));
    ASSERT_TRUE(vault->rotate("snapshot-key-1"));
    EXPECT_EQ(load(second, 9), 0U) << "nobody can read it any more";
}

TEST(Shelf, AnOlderSnapshotBecomesUnreadable) {
    platform::FaultyFileSystem files;
    TestVault vault;
    std::string older;
    {
        House house(files, *vault);
        house.append("a", SubjectId{1});
        ASSERT_TRUE(house.shelf().snapshot());
        older = platform::read_file(files, kShelfDirectory + "/snapshot-1").value();
        EXPECT_EQ(older.find("first"), std::string::npos) << "it is sealed";
        house.append("b");
        ASSERT_TRUE(house.shelf().snapshot());
        EXPECT_EQ(snapshots(files), std::vector<std::string>{"snapshot-2"});
    }
    ASSERT_TRUE(vault->destroy(SubjectId{1}));
    // Somebody brings the older one back and the newer one is lost.
    put_file(files, kShelfDirectory + "/snapshot-1", older);
    ASSERT_TRUE(files.remove(kShelfDirectory + "/snapshot-2"));
    House house(files, *vault);
    ASSERT_TRUE(house.restored());
    EXPECT_EQ(house.book().count("a"), 0U);
    EXPECT_EQ(house.book().count("b"), 1U);
    EXPECT_EQ(snapshots(files), std::vector<std::string>{"snapshot-1.damaged"});
}

TEST(Shelf, EveryFlippedByteOfASnapshotIsSetAside) {
    platform::FaultyFileSystem files;
    TestVault vault;
    crypto::Digest live;
    {
        House house(files, *vault);
        for (const char* text : {"a", "b", "a"})
            house.append(text);
        ASSERT_TRUE(house.shelf().snapshot());
        live = house.shelf().state_hash();
    }
    const std::string path = kShelfDirectory + "/snapshot-3";
    const std::string whole = platform::read_file(files, path).value();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 4);
        put_file(files, path, at % 2 == 0 ? flipped : whole.substr(0, at));
        House house(files, *vault);
        EXPECT_TRUE(house.restored());
        EXPECT_EQ(house.shelf().state_hash(), live);
        EXPECT_EQ(snapshots(files), std::vector<std::string>{"snapshot-3.damaged"});
    }
}

TEST(Shelf, ACrashWhileTakingASnapshotLeavesOneReadable) {
    TestVault vault;
    for (std::uint64_t nth = 1; nth < 14; ++nth) {
        platform::FaultyFileSystem files;
        crypto::Digest live;
        {
            House house(files, *vault);
            house.append("a", SubjectId{9});
            ASSERT_TRUE(house.shelf().snapshot());
            house.append("b");
            live = house.shelf().state_hash();
            files.stop_at_call(nth);
            (void)house.shelf().snapshot();
        }
        files.crash(platform::CrashStyle::kTearAtByte, nth);
        House house(files, *vault);
        ASSERT_TRUE(house.restored()) << house.restored().error().message;
        EXPECT_EQ(house.shelf().state_hash(), live) << "call " << nth;
        ASSERT_TRUE(house.shelf().snapshot());
        const auto names = snapshots(files);
        EXPECT_EQ(names.size(), 1U) << "nothing unfinished stays, call " << nth;
        EXPECT_TRUE(
            std::none_of(names.begin(), names.end(),
                         [](const std::string& name) { return name.ends_with(".damaged"); }))
            << "call " << nth;
    }
}

TEST(Shelf, ASnapshotAheadOfTheJournalIsAnError) {
    platform::FaultyFileSystem files;
    TestVault vault;
    {
        House house(files, *vault);
        house.append("a");
        ASSERT_TRUE(house.shelf().snapshot());
    }
    for (const char* name : {"head", "00000001.seg", "00000002.seg", "journal.pub"})
        (void)files.remove(path_in_journal(name));
    House house(files, *vault);
    EXPECT_EQ(house.restored().error().reason, "journal.snapshot_ahead");
}

TEST(Shelf, ASnapshotOfOtherBooksIsSetAside) {
    platform::FaultyFileSystem files;
    TestVault vault;
    platform::SystemRandom random;
    {
        House house(files, *vault);
        house.append("a");
        ASSERT_TRUE(house.shelf().snapshot());
    }
    TallyBook book("renamed");
    Shelf shelf(files, kShelfDirectory, *vault, random, {&book});
    const auto journal = must_open(files, *vault);
    ASSERT_TRUE(shelf.restore(*journal));
    EXPECT_EQ(book.count("a"), 1U);
    EXPECT_EQ(shelf.applied(), 1U);
}

}  // namespace
}  // namespace altis::journal
