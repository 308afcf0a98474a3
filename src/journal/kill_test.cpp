// kill -9 at random moments. The program starts itself as a writer that reports every acknowledged
// offset over a pipe; the test kills it, opens the journal again and compares.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string_view>
#include <thread>
#include <unistd.h>

#include "base/test_effort.h"
#include "journal/test_journal.h"
#include "platform/process.h"

namespace altis::journal {
namespace {

constexpr std::string_view kWriterFlag = "--journal-writer";
const int kKills = test_effort(200, 40);
const Time kNow = civil_date(2026, 2, 19);

Options writer_options() {
    Options options;
    options.segment_bytes = 64U << 10;
    return options;
}

std::string payload_of(Offset offset) {
    return std::to_string(offset) + std::string(offset % 300, '.');
}

Result<std::unique_ptr<crypto::Vault>> open_vault(const std::string& folder) {
    static platform::SystemRandom random;
    return crypto::Vault::open(platform::real_file_system(), folder + "/vault", random);
}

// Groups of one to four records until killed.
int write_until_killed(const std::string& folder) {
    auto vault = open_vault(folder);
    if (!vault) return 2;
    auto journal =
        Journal::open(platform::real_file_system(), folder + "/journal", **vault, writer_options());
    if (!journal) return 3;
    const auto report = [](const Result<Stored>& stored) {
        if (!stored) _exit(4);
        const std::string line = std::to_string(stored->last_offset) + "\n";
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(5);
    };
    while (true) {
        Offset offset = (*journal)->last_submitted();
        std::vector<Draft> drafts;
        for (Offset size = offset % 4 + 1; size > 0; --size) {
            const SubjectId subject{static_cast<std::uint32_t>(++offset % 3)};
            drafts.push_back(note(payload_of(offset), subject));
        }
        if (!(*journal)->submit(std::move(drafts), kNow, report)) return 6;
        if (offset % 16 == 0) (*journal)->wait_past(offset - 40, seconds(5));
    }
}

class KillTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "altis-kill-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        ASSERT_TRUE(open_vault(folder_));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    // The last offset that the writer reported before it was killed, `delay` after its start (which
    // may hit it while it opens and recovers) or after its first report.
    enum class Since { kStart, kFirstReport };
    Offset run_and_kill(Since since, std::chrono::microseconds delay) {
        platform::ProcessOptions options;
        options.program = platform::this_program();
        options.arguments = {std::string(kWriterFlag), folder_};
        options.output = platform::ProcessOutput::kPipe;
        const auto writer = platform::Process::spawn(options);
        if (!writer) ADD_FAILURE() << writer.error().message;
        if (!writer) return 0;
        std::string tail;
        if (since == Since::kFirstReport) tail = (*writer)->read_output(64).value();
        std::thread killer([&] {
            std::this_thread::sleep_for(delay);
            (*writer)->kill(SIGKILL);
        });
        while (true) {
            const auto part = (*writer)->read_output(64U << 10);
            if (!part || part->empty()) break;
            tail += *part;
            if (tail.size() > 64) tail.erase(0, tail.size() - 64);
        }
        killer.join();
        EXPECT_EQ((*writer)->wait(seconds(10)), 128 + SIGKILL);
        return last_line(tail);
    }

    // Lines are written by single calls, so only whole ones are in the pipe.
    static Offset last_line(std::string text) {
        if (text.empty()) return 0;
        text.pop_back();
        const std::size_t before = text.rfind('\n');
        return std::strtoull(text.c_str() + (before == std::string::npos ? 0 : before + 1), nullptr,
                             10);
    }

    // Reads from `checked` on; gives the last offset there is.
    Offset reopen_and_check(Offset checked, Offset acknowledged) {
        const auto vault = open_vault(folder_);
        if (!vault) ADD_FAILURE() << vault.error().message;
        const auto journal = Journal::open(platform::real_file_system(), folder_ + "/journal",
                                           **vault, writer_options());
        if (!journal) ADD_FAILURE() << journal.error().message;
        if (!journal) return 0;
        const Offset last = (*journal)->durable();
        EXPECT_GE(last, acknowledged) << "an acknowledged record is lost";
        const auto reader = (*journal)->read(checked + 1);
        Offset expected = checked;
        Record record;
        while (reader.value()->next(record).value()) {
            EXPECT_EQ(record.offset, ++expected);
            EXPECT_EQ(record.payload, payload_of(expected));
        }
        EXPECT_EQ(expected, last);
        return last;
    }

    std::string folder_;
};

TEST_F(KillTest, ManyKillsLoseAndDoubleNothing) {
    platform::SeededRandom random(200);
    Offset last = 0;
    int kills_while_writing = 0;
    for (int kill = 0; kill < kKills; ++kill) {
        const bool is_early = random.chance(0.4);
        const auto delay = std::chrono::microseconds(random.below(is_early ? 30'000 : 12'000));
        const Offset acknowledged =
            run_and_kill(is_early ? Since::kStart : Since::kFirstReport, delay);
        if (acknowledged > 0) ++kills_while_writing;
        last = reopen_and_check(last, acknowledged);
        ASSERT_FALSE(testing::Test::HasFailure()) << "kill " << kill;
    }
    EXPECT_GT(kills_while_writing, kKills / 4);
    EXPECT_GT(last, 1000U);
    std::printf("%d kills, %d while writing, %llu records\n", kKills, kills_while_writing,
                static_cast<unsigned long long>(last));
    const auto verification =
        verify(platform::real_file_system(), folder_ + "/journal", nullptr, {});
    ASSERT_TRUE(verification);
    EXPECT_TRUE(verification->intact());
    EXPECT_EQ(verification->records, last);
    EXPECT_EQ(reopen_and_check(0, last), last);
}

}  // namespace
}  // namespace altis::journal

int main(int argc, char** argv) {
    if (argc == 3 && argv[1] == altis::journal::kWriterFlag)
        return altis::journal::write_until_killed(argv[2]);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
