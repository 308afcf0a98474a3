// A process that feeds is killed at random moments; what is on disk must always be the rows of a
// beginning of the journal, and the committed offset must say of which.
#include <chrono>
#include <gtest/gtest.h>
#include <random>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "warehouse/fake_journal.h"
#include "warehouse/feeder.h"
#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

constexpr std::uint32_t kRecords = 400'000;
constexpr int kRounds = 9;
constexpr std::uint32_t kBlock = 10'000;
constexpr std::uint32_t kLasting = 4'000'000;

// In each block of records every other sale is one fan's, whom the block's last record erases.
void write_journal(FakeJournal& journal) {
    for (std::uint32_t n = 1; n <= kRecords; ++n) {
        const std::uint32_t block = (n - 1) / kBlock + 1;
        journal::Draft draft = sale(n % 2 == 0 ? block : kLasting, "cap " + std::to_string(n), n);
        if (n % kBlock == 0) draft = {"fans.erased", "", kNoSubject, std::to_string(block)};
        std::ignore = journal.submit({std::move(draft)}, Time{n}, {});
    }
}

std::uint64_t rows_up_to(journal::Offset offset) {
    return offset / kBlock * (kBlock / 2) + offset % kBlock;
}

// Writes a byte to `started` when it feeds.
[[noreturn]] void feed_until_killed(const TestFolder& folder, FakeJournal& journal, int started) {
    const Projections projections = sales_projections();
    auto engine = folder.open();
    if (!engine) _exit(2);
    FeederOptions options;
    options.batch_rows = 500;  // many commits to be killed in
    auto feeder = Feeder::start(journal, **engine, projections, options);
    if (!feeder || write(started, "f", 1) != 1) _exit(3);
    while (true)
        std::this_thread::sleep_for(std::chrono::seconds(1));
}

TEST(Kill, OffsetAndRowsStayTogether) {
    FakeJournal journal;
    write_journal(journal);
    const TestFolder folder;
    std::mt19937 random(20260219);
    journal::Offset last = 0;
    for (int round = 0; round < kRounds; ++round) {
        int started[2];
        ASSERT_EQ(pipe(started), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) feed_until_killed(folder, journal, started[1]);
        char byte = 0;
        // Every third child is killed while it opens, the others while they feed.
        if (round % 3 != 2) {
            ASSERT_EQ(read(started[0], &byte, 1), 1);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
        close(started[0]);
        close(started[1]);
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

        const auto engine = folder.open();
        ASSERT_TRUE(engine) << engine.error().message;
        const Projections projections = sales_projections();
        ASSERT_TRUE((*engine)->create_tables(projections.schema()));
        const journal::Offset offset = (*engine)->committed_offset();
        EXPECT_GE(offset, last);
        EXPECT_EQ(*(*engine)->row_count("sales"), rows_up_to(offset)) << "at " << offset;
        last = offset;
    }
    EXPECT_GT(last, 0U);
    EXPECT_LT(last, kRecords) << "too few records to be killed among them";
}

}  // namespace
}  // namespace altis::warehouse
