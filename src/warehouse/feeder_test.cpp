#include "warehouse/feeder.h"

#include <gtest/gtest.h>
#include <thread>

#include "warehouse/fake_journal.h"
#include "warehouse/rebuild.h"
#include "warehouse/test_folder.h"

namespace altis::warehouse {
namespace {

const std::string kMarker = "marker-of-one-fan-that-must-not-linger";
constexpr Duration kPatience = seconds(10);

void sell(FakeJournal& journal, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto n = static_cast<std::uint32_t>(journal.durable());
        std::ignore = journal.submit({sale(n % 50 + 1, "cap " + std::to_string(n), n)},
                                     Time{static_cast<std::int64_t>(n) * 1000}, {});
    }
}

// An engine that fails on demand, before or after the real one has committed.
class FaultyEngine final : public Engine {
  public:
    explicit FaultyEngine(Engine& real) : real_(real) {}
    Result<void> create_tables(const Schema& s) override { return real_.create_tables(s); }
    Result<Committed> commit(const Batch& batch) override {
        if (fail_before_-- > 0) return failed();
        auto committed = real_.commit(batch);
        if (fail_after_-- > 0) return failed();
        return committed;
    }
    journal::Offset committed_offset() const override { return real_.committed_offset(); }
    bool has_residue() const override { return real_.has_residue(); }
    Result<void> checkpoint() override { return real_.checkpoint(); }
    Result<void> compact() override {
        if (fail_compact_-- > 0) return failed().map([](const Committed&) {});
        return real_.compact();
    }
    Result<void> clear() override { return real_.clear(); }
    Result<void> close() override { return real_.close(); }
    Result<Rows> run(const Plan& p, Duration d) override { return real_.run(p, d); }
    Result<std::uint64_t> row_count(std::string_view t) override { return real_.row_count(t); }

    std::atomic<int> fail_before_ = 0;
    std::atomic<int> fail_after_ = 0;
    std::atomic<int> fail_compact_ = 0;

  private:
    static Result<Committed> failed() {
        return fail(Code::kUnavailable, "warehouse.disk_full", "the disk is full");
    }
    Engine& real_;
};

class FeederTest : public ::testing::Test {
  protected:
    FeederTest() : projections_(sales_projections()), engine_(std::move(*folder_.open())) {}

    std::unique_ptr<Feeder> feed() { return feed(*engine_); }
    std::unique_ptr<Feeder> feed(Engine& engine) {
        FeederOptions options;
        options.retry_after = milliseconds(20);
        auto feeder = Feeder::start(journal_, engine, projections_, options);
        EXPECT_TRUE(feeder) << feeder.error().message;
        return std::move(*feeder);
    }
    void expect_all(Feeder& feeder) {
        const auto reached = feeder.wait_until(journal_.durable(), kPatience);
        ASSERT_TRUE(reached) << reached.error().message;
        EXPECT_EQ(all_sales(*engine_).size(), journal_.durable());
    }

    TestFolder folder_;
    FakeJournal journal_;
    Projections projections_;
    std::unique_ptr<Engine> engine_;
};

TEST_F(FeederTest, FollowsTheJournal) {
    sell(journal_, 300);
    const auto feeder = feed();
    expect_all(*feeder);
    sell(journal_, 30'000);
    expect_all(*feeder);
    EXPECT_EQ(feeder->stats().rows, 30'300U);
    EXPECT_EQ(feeder->stats().records, 30'300U);
    EXPECT_EQ(feeder->stats().lag, 0U);
    EXPECT_EQ(feeder->stats().committed, 30'300U);
}

TEST_F(FeederTest, CommitsByAgeWithoutAnybodyWaiting) {
    const auto feeder = feed();
    sell(journal_, 10);
    for (int i = 0; i < 500 && feeder->stats().committed < 10; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(feeder->stats().committed, 10U);
}

TEST_F(FeederTest, CommitsWhatItHasWhenStopped) {
    auto feeder = feed();
    sell(journal_, 100);
    ASSERT_TRUE(feeder->wait_until(100, kPatience));
    sell(journal_, 100);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    feeder->stop();
    feeder->stop();
    EXPECT_EQ(engine_->committed_offset(), all_sales(*engine_).size());
    EXPECT_EQ(reason_of(feeder->wait_until(1000, kPatience)), "warehouse.behind");
    EXPECT_EQ(reason_of(feeder->erase(SubjectId{1})), "warehouse.failed");
    feeder = feed();
    expect_all(*feeder);
}

TEST_F(FeederTest, TellsThatItIsBehind) {
    const auto feeder = feed();
    EXPECT_EQ(reason_of(feeder->wait_until(1, milliseconds(30))), "warehouse.behind");
}

TEST_F(FeederTest, RefusesAJournalThatIsShorterThanTheWarehouse) {
    sell(journal_, 10);
    expect_all(*feed());
    FakeJournal other;
    EXPECT_EQ(reason_of(Feeder::start(other, *engine_, projections_, {})), "warehouse.ahead");
}

TEST_F(FeederTest, GoesOnBehindDamage) {
    sell(journal_, 1000);
    journal_.damage(500);
    const auto feeder = feed();
    ASSERT_TRUE(feeder->wait_until(1000, kPatience));
    EXPECT_EQ(all_sales(*engine_).size(), 999U);
    EXPECT_EQ(feeder->stats().damages, 1U);
    EXPECT_EQ(feeder->stats().last_damage->reason, "journal.damaged");
}

TEST_F(FeederTest, NeitherLosesNorDoublesWhenCommitsFail) {
    FaultyEngine faulty(*engine_);
    sell(journal_, 2000);
    faulty.fail_before_ = 2;
    faulty.fail_after_ = 5;  // stored, but reported as failed
    const auto feeder = feed(faulty);
    for (int i = 0; i < 20; ++i) {
        sell(journal_, 100);
        while (!feeder->wait_until(journal_.durable(), kPatience)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    expect_all(*feeder);
    EXPECT_FALSE(feeder->stats().failure);
}

TEST_F(FeederTest, ReportsWhatKeepsItBack) {
    FaultyEngine faulty(*engine_);
    faulty.fail_before_ = 1'000'000;
    const auto feeder = feed(faulty);
    sell(journal_, 5);
    EXPECT_EQ(reason_of(feeder->wait_until(5, kPatience)), "warehouse.disk_full");
    EXPECT_EQ(feeder->stats().failure->reason, "warehouse.disk_full");
    EXPECT_EQ(reason_of(feeder->erase(SubjectId{40})), "warehouse.disk_full");
    faulty.fail_before_ = 0;
    while (!feeder->wait_until(5, kPatience))
        std::this_thread::yield();
    expect_all(*feeder);
}

TEST_F(FeederTest, ErasesWhileFeeding) {
    const auto feeder = feed();
    std::thread selling([&] { sell(journal_, 60'000); });
    std::ignore = feeder->wait_until(5000, kPatience);
    std::ignore = journal_.submit({sale(9999, kMarker, 1)}, Time{}, {});
    const journal::Offset marked = journal_.durable();
    ASSERT_TRUE(feeder->wait_until(marked, kPatience));
    journal_.destroy_key(SubjectId{9999});
    const auto erased = feeder->erase(SubjectId{9999});
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ(erased->rows, 1U);
    EXPECT_FALSE(folder_.holds(kMarker));
    selling.join();
    ASSERT_TRUE(feeder->wait_until(journal_.durable(), kPatience));
    EXPECT_EQ(all_sales(*engine_).size(), journal_.durable() - 1);
    EXPECT_EQ(feeder->erase(SubjectId{9999})->rows, 0U);
}

TEST_F(FeederTest, ErasesManySubjectsAtOnce) {
    sell(journal_, 5000);
    const auto feeder = feed();
    expect_all(*feeder);
    EXPECT_EQ(feeder->erase({SubjectId{3}, SubjectId{4}, SubjectId{4444}})->rows, 200U);
    EXPECT_EQ(feeder->erase(std::vector<SubjectId>{})->rows, 0U);
    EXPECT_EQ(all_sales(*engine_).size(), 4800U);
}

// A reader may have unsealed records before the key was destroyed; their rows must not come late.
TEST_F(FeederTest, DropsRowsThatWereOnTheirWay) {
    sell(journal_, 10);
    const auto feeder = feed();
    ASSERT_TRUE(feeder->erase(SubjectId{9999}));
    std::ignore = journal_.submit({sale(9999, kMarker, 1)}, Time{}, {});
    ASSERT_TRUE(feeder->wait_until(11, kPatience));
    EXPECT_EQ(all_sales(*engine_).size(), 10U);
    EXPECT_FALSE(folder_.holds(kMarker));
}

TEST_F(FeederTest, ErasesWhatTheJournalSaysIsErased) {
    sell(journal_, 1000);
    std::ignore = journal_.submit({sale(9999, kMarker, 1)}, Time{}, {});
    FaultyEngine faulty(*engine_);
    {
        const auto feeder = feed(faulty);
        expect_all(*feeder);
        faulty.fail_compact_ = 1'000'000;  // as if killed between deleting and compacting
        std::ignore = journal_.submit({{"fans.erased", "", kNoSubject, "9999"}}, Time{}, {});
        while (engine_->committed_offset() < journal_.durable())
            std::this_thread::yield();
    }
    EXPECT_TRUE(engine_->has_residue());
    EXPECT_TRUE(folder_.holds(kMarker));
    const auto feeder = feed();
    for (int i = 0; i < 500 && engine_->has_residue(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_FALSE(folder_.holds(kMarker));
    EXPECT_EQ(all_sales(*engine_).size(), 1000U);
}

TEST_F(FeederTest, RebuildingGivesTheSameRows) {
    sell(journal_, 5000);
    Rows fed;
    {
        const auto feeder = feed();
        ASSERT_TRUE(feeder->wait_until(2500, kPatience));
        journal_.destroy_key(SubjectId{7});
        ASSERT_TRUE(feeder->erase(SubjectId{7}));
        ASSERT_TRUE(feeder->wait_until(5000, kPatience));
        fed = all_sales(*engine_);
        EXPECT_EQ(fed.size(), 4900U);
    }
    journal::Offset done = 0;
    const auto reader = journal_.read(1);
    const auto rebuilt = rebuild(*engine_, **reader, projections_, 5000,
                                 [&](journal::Offset at, journal::Offset last) {
                                     EXPECT_LE(at, last);
                                     done = at;
                                 });
    ASSERT_TRUE(rebuilt) << rebuilt.error().message;
    EXPECT_EQ(rebuilt->rows, 4900U);
    EXPECT_EQ(rebuilt->records, 5000U);
    EXPECT_EQ(done, 5000U);
    EXPECT_EQ(all_sales(*engine_), fed);
    EXPECT_EQ(engine_->committed_offset(), 5000U);
}

TEST_F(FeederTest, RebuildingAnEmptyOrDamagedJournalWorks) {
    const auto nothing = [](journal::Offset, journal::Offset) {};
    ASSERT_TRUE(rebuild(*engine_, **journal_.read(1), projections_, 0, nothing));
    EXPECT_EQ(all_sales(*engine_).size(), 0U);
    sell(journal_, 100);
    journal_.damage(100);
    const auto rebuilt = rebuild(*engine_, **journal_.read(1), projections_, 100, nothing);
    ASSERT_TRUE(rebuilt);
    EXPECT_EQ(rebuilt->damages, 1U);
    EXPECT_EQ(all_sales(*engine_).size(), 99U);
}

}  // namespace
}  // namespace altis::warehouse
