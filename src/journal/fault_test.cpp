// The journal on a disk that fails: nothing acknowledged is lost, nothing is doubled, groups stay
// whole.
#include <chrono>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

#include "journal/test_journal.h"

namespace altis::journal {
namespace {

const Time kNow = civil_date(2026, 2, 19);
constexpr int kGroups = 12;

struct Played {
    Offset acknowledged = 0;  // last offset of the last group that was acknowledged
    bool failed = false;
};

std::string payload_of(Offset offset) {
    // Big enough that the scenario takes three segments.
    return "record " + std::to_string(offset) + std::string(900, '.');
}

// Opens the journal and appends groups of three records until something fails.
Played play(platform::FileSystem& files, crypto::Vault& vault) {
    Played played;
    const auto journal = open_journal(files, vault);
    if (!journal) return {0, true};
    for (int group = 0; group < kGroups; ++group) {
        const Offset first = (*journal)->last_submitted() + 1;
        const auto appended =
            (*journal)->append({note(payload_of(first)), note(payload_of(first + 1), SubjectId{3}),
                                note(payload_of(first + 2))},
                               kNow);
        if (!appended) {
            played.failed = true;
            continue;  // every later one must fail as well, and must not be stored
        }
        EXPECT_EQ(*appended, first + 2);
        EXPECT_FALSE(played.failed) << "accepted after a failure";
        played.acknowledged = *appended;
    }
    return played;
}

// Opens again on a healthy disk and checks what is there.
enum class Next { kWrite, kLeave };
void check(platform::FileSystem& files, crypto::Vault& vault, const Played& played,
           Next next = Next::kWrite) {
    const auto journal = open_journal(files, vault);
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_GE((*journal)->durable(), played.acknowledged);
    const ReadAll all = read_all(*(*journal)->read(1).value());
    EXPECT_TRUE(all.damages.empty());
    EXPECT_EQ(all.records.size(), (*journal)->durable());
    EXPECT_EQ(all.records.size() % 3, 0U) << "a group was torn";
    for (std::size_t i = 0; i < all.records.size(); ++i) {
        EXPECT_EQ(all.records[i].offset, i + 1);
        EXPECT_EQ(all.records[i].payload, payload_of(i + 1));
    }
    if (next == Next::kLeave) return;
    EXPECT_TRUE((*journal)->append(one("on"), kNow));
}

std::uint64_t calls_of_a_play(crypto::Vault& vault) {
    platform::FaultyFileSystem files;
    EXPECT_FALSE(play(files, vault).failed);
    return files.changing_calls();
}

TEST(Fault, PowerLossAtEveryCallLosesNothingAcknowledged) {
    TestVault vault;
    const std::uint64_t calls = calls_of_a_play(*vault);
    ASSERT_GT(calls, 40U);
    const auto styles = {platform::CrashStyle::kDropUnsynced, platform::CrashStyle::kTearAtByte,
                         platform::CrashStyle::kScatterSectors};
    for (const auto style : styles)
        for (std::uint64_t nth = 1; nth <= calls; ++nth)
            for (std::uint64_t seed = 0; seed < 3; ++seed) {
                SCOPED_TRACE(testing::Message() << "call " << nth << " seed " << seed);
                platform::FaultyFileSystem files;
                files.stop_at_call(nth);
                const Played played = play(files, *vault);
                files.crash(style, seed);
                check(files, *vault, played);
                ASSERT_FALSE(testing::Test::HasFailure());
            }
}

TEST(Fault, OneFailingCallIsSurvivedOrStopsTheJournal) {
    TestVault vault;
    const std::uint64_t calls = calls_of_a_play(*vault);
    for (std::uint64_t nth = 1; nth <= calls; ++nth) {
        SCOPED_TRACE(testing::Message() << "call " << nth);
        platform::FaultyFileSystem files;
        files.fail_call(nth);
        const Played played = play(files, *vault);
        if (files.changing_calls() < nth) continue;  // this play shared more syncs: no call failed
        check(files, *vault, played, Next::kLeave);  // restarted without a power loss
        files.crash();
        check(files, *vault, played);  // and after one
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(Fault, EveryFailingSyncIsNeverCalledDurable) {
    TestVault vault;
    std::uint64_t syncs = 0;
    {
        platform::FaultyFileSystem files;
        play(files, *vault);
        syncs = files.syncs();
    }
    for (std::uint64_t nth = 1; nth <= syncs; ++nth) {
        SCOPED_TRACE(testing::Message() << "sync " << nth);
        platform::FaultyFileSystem files;
        files.fail_sync(nth);
        const Played played = play(files, *vault);
        files.crash();
        check(files, *vault, played);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(Fault, AFailingDiskStopsTheJournalAndTellsEverybody) {
    TestVault vault;
    platform::FaultyFileSystem files;
    std::vector<std::string> answers;
    {
        const auto journal = must_open(files, *vault);
        ASSERT_TRUE(journal->append(one("a"), kNow));
        files.stop_at_call(1);
        const auto keep = [&](const Result<Stored>& answer) {
            answers.push_back(answer ? "durable" : answer.error().reason);
        };
        for (int i = 0; i < 5; ++i)
            (void)journal->submit(one("b"), kNow, keep);
        EXPECT_FALSE(journal->wait_past(1, milliseconds(100)));
        EXPECT_EQ(journal->append(one("c"), kNow).error().reason, "journal.failed");
        EXPECT_EQ(journal->durable(), 1U);
        EXPECT_EQ(journal->room(1), 0U);
        EXPECT_EQ(read_all(*journal->read(1).value()).records.size(), 1U);
    }
    EXPECT_FALSE(answers.empty());
    for (const std::string& answer : answers)
        EXPECT_TRUE(answer == "journal.failed") << answer;
}

TEST(Fault, AFullDiskRefusesAndRecovers) {
    TestVault vault;
    platform::FaultyFileSystem files;
    files.set_quota_bytes(2 * kSmallSegmentBytes + 4000);
    Offset accepted = 0;
    {
        const auto journal = must_open(files, *vault);
        std::string reason;
        for (int i = 0; i < 100 && reason.empty(); ++i) {
            const auto appended = journal->append(one(payload_of(accepted + 1)), kNow);
            if (appended) accepted = *appended;
            if (!appended) reason = appended.error().reason;
        }
        EXPECT_EQ(reason, "journal.disk_full");
        EXPECT_GT(accepted, 15U);
        EXPECT_EQ(journal->durable(), accepted);
        EXPECT_LT(journal->room(kSmallSegmentBytes), 2000U);
        EXPECT_EQ(read_all(*journal->read(1).value()).records.size(), accepted);

        files.set_quota_bytes(10 * kSmallSegmentBytes);
        std::this_thread::sleep_for(std::chrono::milliseconds(600));  // no retry before 500 ms
        EXPECT_GT(journal->room(kSmallSegmentBytes), 10'000U);
        EXPECT_EQ(journal->append(one(payload_of(accepted + 1)), kNow).value(), accepted + 1);
    }
    const Verification verification = verify_closed(files);
    EXPECT_TRUE(verification.intact());
    EXPECT_EQ(verification.last_offset, accepted + 1);
}

TEST(Fault, EveryQuotaLeavesAGoodJournal) {
    TestVault vault;
    for (std::uint64_t quota = 0; quota < 4 * kSmallSegmentBytes; quota += 1500) {
        SCOPED_TRACE(testing::Message() << "quota " << quota);
        platform::FaultyFileSystem files;
        files.set_quota_bytes(quota);
        const Played played = play(files, *vault);
        files.crash();
        files.set_quota_bytes(1U << 30);
        check(files, *vault, played);
    }
}

}  // namespace
}  // namespace altis::journal
