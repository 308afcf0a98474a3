#include "journal/tail.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "journal/test_journal.h"

namespace altis::journal {
namespace {

bool same(const KeptRecord& one, const KeptRecord& other) {
    return one.offset == other.offset && one.type == other.type && one.topic == other.topic &&
           one.payload == other.payload && one.subject == other.subject &&
           one.erased == other.erased && one.time.us == other.time.us;
}

void extend(std::vector<KeptRecord>& kept, ReadAll&& more) {
    EXPECT_TRUE(more.damages.empty());
    kept.insert(kept.end(), more.records.begin(), more.records.end());
}

RC_GTEST_PROP(TailTest, AFollowerSeesTheSameInMemoryAsOnDisk, ()) {
    platform::FaultyFileSystem files;
    TestVault vault;
    std::vector<KeptRecord> followed;
    {
        const auto journal = must_open(files, *vault);
        const auto reader = std::move(*journal->read(1));
        const auto groups = *rc::gen::inRange(1, 20);
        for (int i = 0; i < groups; ++i) {
            std::vector<Draft> drafts;
            const auto count = *rc::gen::inRange(1, 6);
            for (int k = 0; k < count; ++k) {
                const auto subject = SubjectId{*rc::gen::inRange<std::uint32_t>(0, 3)};
                drafts.push_back(note(std::to_string(i) + "/" + std::to_string(k), subject));
            }
            RC_ASSERT(journal->append(std::move(drafts), Time{i}).has_value());
            if (*rc::gen::inRange(0, 3) == 0) extend(followed, read_all(*reader));
        }
        extend(followed, read_all(*reader));
    }
    const ReadAll stored = read_closed(files, &*vault);
    RC_ASSERT(stored.damages.empty());
    RC_ASSERT(stored.records.size() == followed.size());
    RC_ASSERT(std::equal(followed.begin(), followed.end(), stored.records.begin(), same));
}

TEST(TailTest, AnErasedSubjectComesOutErasedThoughItIsInMemory) {
    platform::FaultyFileSystem files;
    TestVault vault;
    const auto journal = must_open(files, *vault);
    const auto reader = std::move(*journal->read(1));
    ASSERT_TRUE(journal->append({note("one", SubjectId{1}), note("two", SubjectId{2})}, Time{}));
    ASSERT_TRUE(vault->destroy(SubjectId{1}));
    const ReadAll all = read_all(*reader);
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_TRUE(all.records[0].erased);
    EXPECT_EQ(all.records[0].payload, "");
    EXPECT_EQ(all.records[1].payload, "two");
}

TEST(TailTest, AFollowerThatFallsBehindReadsTheRestFromTheDisk) {
    platform::FaultyFileSystem files;
    TestVault vault;
    Options options;
    options.segment_bytes = 16U << 20;
    auto journal = Journal::open(files, kTestDirectory, *vault, options);
    ASSERT_TRUE(journal);
    const auto reader = std::move(*(*journal)->read(1));
    constexpr std::size_t kPayload = 1U << 20;
    constexpr Offset kRecords = kMaxTailBytes / kPayload + 8;
    for (Offset i = 1; i <= kRecords; ++i)
        ASSERT_TRUE((*journal)->append(one(std::string(kPayload, static_cast<char>(i))), Time{}));
    const ReadAll all = read_all(*reader);
    EXPECT_TRUE(all.damages.empty());
    ASSERT_EQ(all.records.size(), kRecords);
    for (const KeptRecord& record : all.records)
        EXPECT_EQ(record.payload, std::string(kPayload, static_cast<char>(record.offset)));
}

TEST(TailTest, TakesTheBatchThatHoldsTheRecord) {
    const auto batch = [](Offset last, std::size_t drafts) {
        Group group;
        group.drafts.resize(drafts);
        group.last_offset = last;
        group.bytes = 1;
        return std::make_shared<const std::vector<Group>>(1, std::move(group));
    };
    Tail tail;
    EXPECT_EQ(tail.take(1), nullptr);
    tail.add(batch(4, 4));
    tail.add(batch(6, 2));
    tail.add(batch(9, 3));
    const RecentBatch found = tail.take(6);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->back().last_offset, 6U);
    EXPECT_EQ(tail.take(3), nullptr);  // given up with those before
    EXPECT_EQ(tail.take(10), nullptr);
    EXPECT_EQ(tail.take(9), nullptr);
}

}  // namespace
}  // namespace altis::journal
