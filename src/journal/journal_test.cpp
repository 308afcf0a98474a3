#include "journal/journal.h"

#include <atomic>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <thread>

#include "journal/test_journal.h"

namespace altis::journal {
namespace {

const Time kNow = civil_date(2026, 2, 19);

class JournalTest : public testing::Test {
  protected:
    platform::FaultyFileSystem files_;
    TestVault vault_;
};

TEST_F(JournalTest, KeepsWhatWasAppended) {
    auto journal = must_open(files_, *vault_);
    EXPECT_EQ(journal->durable(), 0U);
    EXPECT_EQ(journal->append({note("a"), note("b")}, kNow).value(), 2U);
    EXPECT_EQ(journal->append(one("c"), kNow + seconds(1)).value(), 3U);
    EXPECT_EQ(journal->durable(), 3U);
    EXPECT_EQ(journal->last_submitted(), 3U);

    const ReadAll all = read_all(*journal->read(1).value());
    EXPECT_EQ(all.payloads(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(all.records[0].offset, 1U);
    EXPECT_EQ(all.records[0].type, "test.noted");
    EXPECT_EQ(all.records[0].topic, "topic");
    EXPECT_EQ(all.records[2].time, kNow + seconds(1));
    EXPECT_EQ(read_all(*journal->read(3).value()).payloads(), std::vector<std::string>{"c"});
    EXPECT_TRUE(read_all(*journal->read(4).value()).records.empty());
}

TEST_F(JournalTest, GoesOnAfterReopening) {
    Head head;
    {
        auto journal = must_open(files_, *vault_);
        ASSERT_TRUE(journal->append(one("a"), kNow));
        head = journal->head();
    }
    auto journal = must_open(files_, *vault_);
    EXPECT_EQ(journal->recovery().last_offset, 1U);
    EXPECT_EQ(journal->recovery().cut_bytes, 0U);
    EXPECT_EQ(journal->head().hash, head.hash);
    EXPECT_TRUE(is_signed_by(journal->head(), journal->public_key()));
    head.offset = 2;
    EXPECT_FALSE(is_signed_by(head, journal->public_key()));
    EXPECT_EQ(journal->append(one("b"), kNow).value(), 2U);
    EXPECT_EQ(read_all(*journal->read(1).value()).payloads(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(JournalTest, FillsManySegmentsAndReadsThemBack) {
    constexpr int kRecords = 200;
    {
        auto journal = must_open(files_, *vault_);
        for (int i = 0; i < kRecords; ++i) {
            const std::string payload = std::to_string(i) + std::string(1000, 'x');
            ASSERT_TRUE(journal->append(one(payload), kNow));
        }
        EXPECT_EQ(read_all(*journal->read(1).value()).records.size(), kRecords);
        EXPECT_EQ(read_all(*journal->read(150).value()).records.front().offset, 150U);
    }
    const Verification verification = verify_closed(files_);
    EXPECT_TRUE(verification.intact()) << verification.damages.front().what;
    EXPECT_EQ(verification.records, kRecords);
    EXPECT_EQ(verification.batches, kRecords);
    EXPECT_EQ(verification.last_offset, kRecords);
    auto journal = must_open(files_, *vault_);
    EXPECT_GT(journal->recovery().segments, 13U);
    EXPECT_EQ(journal->append(one("last"), kNow).value(), kRecords + 1);
    EXPECT_EQ(verification.torn_bytes, 0U);
}

TEST_F(JournalTest, SealsWhatIsAboutSomebodyAndForgetsIt) {
    const SubjectId fan{7};
    {
        auto journal = must_open(files_, *vault_);
        ASSERT_TRUE(journal->append({note("secret-of-fan-7", fan), note("open")}, kNow));
        const ReadAll all = read_all(*journal->read(1).value());
        EXPECT_EQ(all.payloads(), (std::vector<std::string>{"secret-of-fan-7", "open"}));
        EXPECT_EQ(all.records[0].subject, fan);
        ASSERT_TRUE(vault_->destroy(fan));
        const ReadAll after = read_all(*journal->read(1).value());
        EXPECT_EQ(after.payloads(), (std::vector<std::string>{"", "open"}));
        EXPECT_TRUE(after.records[0].erased);
        EXPECT_FALSE(after.records[1].erased);
        ASSERT_TRUE(journal->append(one("too late", fan), kNow)) << "the record stays, erased";
    }
    const std::string bytes = platform::read_file(files_, path_in_journal("00000001.seg")).value();
    EXPECT_EQ(bytes.find("secret-of-fan-7"), std::string::npos);
    EXPECT_EQ(bytes.find("too late"), std::string::npos);
    const ReadAll all = read_closed(files_, &*vault_);
    EXPECT_TRUE(all.damages.empty());
    EXPECT_TRUE(all.records.at(2).erased);
    EXPECT_TRUE(verify_closed(files_).intact());
}

TEST_F(JournalTest, WithoutAVaultSealedPayloadsAreErased) {
    ASSERT_TRUE(must_open(files_, *vault_)->append({note("a", SubjectId{1}), note("b")}, kNow));
    const ReadAll all = read_closed(files_, nullptr);
    EXPECT_EQ(all.payloads(), (std::vector<std::string>{"", "b"}));
    EXPECT_TRUE(all.records[0].erased);
}

TEST_F(JournalTest, RefusesDraftsBeyondItsLimits) {
    auto journal = must_open(files_, *vault_);
    const auto refused = [&](std::vector<Draft> drafts) {
        return journal->append(std::move(drafts), kNow).error().reason;
    };
    EXPECT_EQ(refused({}), "journal.draft_invalid");
    EXPECT_EQ(refused({{"", "", kNoSubject, ""}}), "journal.draft_invalid");
    EXPECT_EQ(refused({{"Fans.Event", "", kNoSubject, ""}}), "journal.draft_invalid");
    EXPECT_EQ(refused({{std::string(65, 'a'), "", kNoSubject, ""}}), "journal.draft_invalid");
    EXPECT_EQ(refused({{"a", std::string(257, 't'), kNoSubject, ""}}), "journal.draft_invalid");
    EXPECT_EQ(refused(one(std::string(kMaxPayloadBytes + 1, 'x'))), "journal.draft_invalid");
    EXPECT_EQ(refused(one(std::string(kSmallSegmentBytes, 'x'))), "journal.draft_invalid");
    EXPECT_EQ(refused(one("x", SubjectId{crypto::kMaxSubjects})), "vault.subject_out_of_range");
    EXPECT_EQ(journal->last_submitted(), 0U);

    const std::size_t biggest = kSmallSegmentBytes - 4096 - 168 - 24 - 10 - 5;
    EXPECT_EQ(refused(one(std::string(biggest + 1, 'x'))), "journal.draft_invalid");
    EXPECT_EQ(journal->append(one(std::string(biggest, 'x')), kNow).value(), 1U);
    EXPECT_EQ(journal->append({{std::string(64, 'a'), std::string(256, 't'), kNoSubject, ""}}, kNow)
                  .value(),
              2U);
}

TEST_F(JournalTest, ChecksItsOptions) {
    for (const std::uint64_t bytes : {0ULL, 4096ULL, 100'000ULL, 8ULL << 30}) {
        Options options;
        options.segment_bytes = bytes;
        EXPECT_EQ(Journal::open(files_, kTestDirectory, *vault_, options).error().reason,
                  "journal.options_invalid");
    }
}

TEST_F(JournalTest, OneProcessOneVault) {
    {
        auto journal = must_open(files_, *vault_);
        ASSERT_TRUE(journal->append(one("a"), kNow));
        EXPECT_EQ(open_journal(files_, *vault_).error().reason, "journal.in_use");
    }
    TestVault other;
    EXPECT_EQ(open_journal(files_, *other).error().reason, "journal.wrong_key");
    EXPECT_TRUE(open_journal(files_, *vault_));
}

TEST_F(JournalTest, SegmentsOfOtherSizeMayFollow) {
    ASSERT_TRUE(must_open(files_, *vault_)->append(one("a"), kNow));
    Options options;
    options.segment_bytes = 64U << 10;
    {
        auto journal = Journal::open(files_, kTestDirectory, *vault_, options);
        ASSERT_TRUE(journal) << journal.error().message;
        EXPECT_EQ((*journal)->append(one(std::string(50'000, 'b')), kNow).value(), 2U);
    }
    EXPECT_TRUE(verify_closed(files_).intact());
    EXPECT_EQ(read_closed(files_, &*vault_).records.size(), 2U);
}

TEST_F(JournalTest, VerifyKnowsTheExpectedKey) {
    crypto::PublicKey key;
    {
        auto journal = must_open(files_, *vault_);
        ASSERT_TRUE(journal->append(one("a"), kNow));
        key = journal->public_key();
    }
    std::uint64_t done = 0;
    std::uint64_t in_all = 0;
    const auto progress = [&](std::uint64_t d, std::uint64_t a) { done = d, in_all = a; };
    EXPECT_TRUE(verify(files_, kTestDirectory, &key, progress).value().intact());
    EXPECT_EQ(done, in_all);
    EXPECT_GE(in_all, kSmallSegmentBytes);
    key[0] ^= 1;
    EXPECT_FALSE(verify(files_, kTestDirectory, &key, {}).value().intact());
    EXPECT_EQ(verify(files_, "/nowhere", nullptr, {}).error().reason, "file.not_found");
}

TEST_F(JournalTest, ThirtyTwoWritersShareBatchesAndKeepOrder) {
    constexpr int kThreads = 32;
    constexpr int kGroups = 100;
    std::vector<Offset> answered;  // on the commit thread alone
    std::atomic<int> wrong = 0;
    {
        auto journal = must_open(files_, *vault_);
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t)
            threads.emplace_back([&, t] {
                for (int g = 0; g < kGroups; ++g) {
                    const std::string name = std::to_string(t) + "/" + std::to_string(g);
                    const auto last = journal->submit({note(name + "/0"), note(name + "/1")}, kNow,
                                                      [&](const Result<Stored>& stored) {
                                                          answered.push_back(stored->last_offset);
                                                      });
                    if (!last) ++wrong;
                    if (g % 10 == 9 && !journal->wait_past(*last - 1, seconds(10))) ++wrong;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
    }
    EXPECT_EQ(wrong, 0);
    ASSERT_EQ(answered.size(), kThreads * kGroups);
    for (std::size_t i = 0; i < answered.size(); ++i)
        EXPECT_EQ(answered[i], 2 * (i + 1));

    const ReadAll all = read_closed(files_, nullptr);
    ASSERT_EQ(all.records.size(), 2 * kThreads * kGroups);
    std::vector<int> next_group(kThreads, 0);
    for (std::size_t i = 0; i < all.records.size(); i += 2) {
        const std::string& payload = all.records[i].payload;
        const int thread = std::stoi(payload);
        const std::string name = std::to_string(thread) + "/" +
                                 std::to_string(next_group[static_cast<std::size_t>(thread)]++);
        EXPECT_EQ(payload, name + "/0") << "each writer's groups keep their order";
        EXPECT_EQ(all.records[i + 1].payload, name + "/1") << "a group stays together";
    }
    const Verification verification = verify_closed(files_);
    EXPECT_TRUE(verification.intact());
    EXPECT_LT(verification.batches, kThreads * kGroups) << "commits were shared";
}

TEST_F(JournalTest, ReadersFollowWhileItIsWritten) {
    constexpr Offset kRecords = 3000;
    auto journal = must_open(files_, *vault_);
    std::vector<std::thread> readers;
    std::atomic<int> wrong = 0;
    for (int r = 0; r < 3; ++r)
        readers.emplace_back([&] {
            auto reader = std::move(*journal->read(1));
            Offset expected = 1;
            while (expected <= kRecords) {
                Record record;
                const auto found = reader->next(record);
                if (!found) ++wrong, expected = kRecords + 1;
                if (found && !*found) journal->wait_past(expected - 1, milliseconds(100));
                if (!found || !*found) continue;
                const bool is_right = record.offset == expected &&
                                      record.offset <= journal->durable() &&
                                      record.payload == std::to_string(expected);
                if (!is_right) ++wrong;
                ++expected;
            }
        });
    for (Offset i = 1; i <= kRecords; ++i) {
        const SubjectId subject{static_cast<std::uint32_t>(i % 3)};
        ASSERT_TRUE(journal->submit(one(std::to_string(i), subject), kNow, {}));
        if (i % 7 == 0) journal->wait_past(i - 1, seconds(10));
    }
    for (std::thread& reader : readers)
        reader.join();
    EXPECT_EQ(wrong, 0);
}

TEST_F(JournalTest, LingerGathersCompany) {
    Options options = small_segments();
    options.linger = milliseconds(20);
    {
        auto journal = std::move(*Journal::open(files_, kTestDirectory, *vault_, options));
        for (int i = 0; i < 10; ++i)
            ASSERT_TRUE(journal->submit(one("x"), kNow, {}));
        EXPECT_FALSE(journal->wait_past(10, milliseconds(1)));
        EXPECT_TRUE(journal->wait_past(9, seconds(10)));
    }
    EXPECT_EQ(verify_closed(files_).batches, 1U);
}

TEST_F(JournalTest, CommandsMayBeSubmittedFromACallback) {
    std::vector<Offset> answered;
    {
        auto journal = must_open(files_, *vault_);
        ASSERT_TRUE(journal->submit(one("a"), kNow, [&](const Result<Stored>& first) {
            answered.push_back(first->last_offset);
            (void)journal->submit(one("b"), kNow, [&](const Result<Stored>& second) {
                answered.push_back(second->last_offset);
            });
        }));
        journal->wait_past(1, seconds(10));
    }
    EXPECT_EQ(answered, (std::vector<Offset>{1, 2}));
}

}  // namespace
}  // namespace altis::journal
