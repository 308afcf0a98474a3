#include "service/snapshot_pace.h"

#include <gtest/gtest.h>

namespace altis::service {
namespace {

TEST(SnapshotPace, SmallStatesAreStoredByRecordsAlone) {
    SnapshotPace pace(1'000);
    EXPECT_FALSE(pace.is_due(999));
    EXPECT_TRUE(pace.is_due(1'000));
    pace.taken(1'000, kSmallStateBytes);
    EXPECT_FALSE(pace.is_due(1'999));
    EXPECT_TRUE(pace.is_due(2'000));
}

TEST(SnapshotPace, LargeOnesWaitUntilTheJournalHasGrown) {
    SnapshotPace pace(1'000);
    pace.taken(1'000, kSmallStateBytes + 500);
    pace.add_bytes(500 * kJournalPerState - 1);
    EXPECT_FALSE(pace.is_due(1'000'000));
    pace.add_bytes(1);
    EXPECT_TRUE(pace.is_due(1'000'000));
    EXPECT_FALSE(pace.is_due(1'999)) << "few large records";
    pace.taken(1'000'000, kSmallStateBytes + 500);
    EXPECT_FALSE(pace.is_due(2'000'000));
}

// However large the state, what is stored stays a bounded part of what is journalled.
TEST(SnapshotPace, StoringCostsEachRecordTheSame) {
    SnapshotPace pace(100'000);
    std::uint64_t stored = 0;
    constexpr std::uint64_t kRecordBytes = 600;
    constexpr std::uint64_t kStatePerRecord = 100;
    constexpr std::uint64_t kRecords = 100'000'000;
    for (std::uint64_t record = 10'000; record <= kRecords; record += 10'000) {
        pace.add_bytes(10'000 * kRecordBytes);
        if (!pace.is_due(record)) continue;
        stored += record * kStatePerRecord;
        pace.taken(record, record * kStatePerRecord);
    }
    // Beside the last state, a part of the journal, and what was stored while states were small.
    EXPECT_LT(stored, kRecords * (kStatePerRecord + kRecordBytes / kJournalPerState) + (4U << 30));
}

}  // namespace
}  // namespace altis::service
