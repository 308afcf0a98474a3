// Retention by a clock of our own: nobody asks, days go by, and what was too old is gone.
#include "service/retention.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "service/instance.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;

// Stands still until it is told to move; for many threads.
class StandingClock final : public platform::Clock {
  public:
    Time now() override { return Time{us_.load()}; }
    void advance(Duration by) { us_ += by.us; }

  private:
    std::atomic<std::int64_t> us_{results::fixture::now().us};
};

class RetentionTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = "/tmp/altis-retention-XXXXXX";
        folder_ = mkdtemp(name.data());
        start();
        ASSERT_TRUE(open_games(core()));
        read_keys();
    }
    void TearDown() override {
        if (instance_) instance_->stop();
        instance_.reset();
        std::filesystem::remove_all(folder_);
    }

    void read_keys() {
        auto secrets = read_secrets(core().vault());
        ASSERT_TRUE(secrets);
        secrets_ = std::move(*secrets);
    }

    void start() {
        InstanceOptions options;
        options.directory = folder_;
        options.journal_segment_bytes = 4U << 20;
        options.warehouse_memory_mb = 256;
        auto started = Instance::start({platform::real_file_system(), clock_, random_}, options);
        ASSERT_TRUE(started) << started.error().message;
        instance_ = std::move(*started);
    }

    Core& core() { return instance_->core(); }

    void bring_in(const std::vector<std::string>& events) {
        const auto outcome = bring(core(), secrets_, batch_of(events), clock_.now());
        ASSERT_TRUE(outcome) << outcome.error().message;
    }

    static std::string seen(const std::string& id, const std::string& user) {
        return event(id, user, "Content Viewed", R"("kind":"technical_chart","dwell_ms":1000)");
    }
    static std::string bad(const std::string& id, const std::string& user) {
        return event(id, user, "Content Viewed", R"("kind":"news","dwell_ms":-1)");
    }

    Result<void> keep(rights::Retained what, std::uint16_t days) {
        return command(core(), [&](Turn& turn) {
            return commit(turn, turn.world().rights.set_retention({"holder", kGames, what, days}));
        });
    }

    fans::FanCounts counts() {
        fans::FanCounts counts;
        ALTIS_ASSERT(
            core()
                .run(TaskKind::kRead, [&](Turn& turn) { counts = turn.world().fans.counts(); })
                .has_value());
        return counts;
    }

    // Erasures that are over.
    std::uint64_t statements() {
        const auto reader = core().journal().read(1);
        ALTIS_ASSERT(reader.has_value());
        std::uint64_t found = 0;
        journal::Record record;
        while (record.offset < core().journal().durable() && (*reader)->next(record).value())
            found += record.type == "fans.erasure_completed" ? 1 : 0;
        return found;
    }

    // Until `is_so` holds; the look itself comes within a second.
    template <class Condition>
    static bool soon(const Condition& is_so) {
        for (int i = 0; i < 600; ++i) {
            if (is_so()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
        return false;
    }

    std::string folder_;
    StandingClock clock_;
    platform::SystemRandom random_;
    Secrets secrets_;
    std::unique_ptr<Instance> instance_;
};

TEST_F(RetentionTest, DeadLettersEndAfterThirtyDaysThoughNobodySaidSo) {
    bring_in({bad("b-1", "fan-1"), bad("b-2", "fan-2")});
    clock_.advance(days(29));
    bring_in({bad("b-3", "fan-1")});
    EXPECT_EQ(counts().rejected, 3U);
    clock_.advance(days(2));
    ASSERT_TRUE(soon([this] { return counts().rejected == 1; }));
    std::vector<SubjectId> gone;
    ASSERT_TRUE(core().run(TaskKind::kRead, [&](Turn& turn) {
        gone = turn.world().fans.forgotten_letters().members();
    }));
    ASSERT_EQ(gone.size(), 2U);
    EXPECT_TRUE(soon(
        [&] { return !core().vault().is_alive(gone[0]) && !core().vault().is_alive(gone[1]); }));
    EXPECT_EQ(counts().rejected, 1U);
}

TEST_F(RetentionTest, AFanWhoDoesNothingIsForgottenAndAReplayAgrees) {
    bring_in(
        {seen("1", "fan-1"), consent("c", "fan-1", true), seen("2", "fan-2"), bad("b-1", "fan-1")});
    ASSERT_TRUE(keep(rights::Retained::kFanEngagement, 20));
    clock_.advance(days(15));
    bring_in({seen("3", "fan-2")});
    EXPECT_EQ(counts().fans, 2U);
    clock_.advance(days(6));
    ASSERT_TRUE(soon([this] { return statements() == 1; }));
    EXPECT_EQ(counts().fans, 1U);
    EXPECT_EQ(counts().rejected, 0U);
    ASSERT_TRUE(core().run(TaskKind::kRead, [&](Turn& turn) {
        const fans::FansBook& book = turn.world().fans;
        EXPECT_EQ(book.segment(kCohort)->members->size(), 1U);
        EXPECT_EQ(book.find_fan(fans::user_fingerprint(secrets_.ingest, "fan-1")), kNoSubject);
        for (const SubjectId subject : book.forgotten_subjects())
            EXPECT_FALSE(core().vault().is_alive(subject));
    }));
    const crypto::Digest live = state_of(core());
    for (const bool with_snapshot : {true, false}) {
        instance_->stop();
        instance_.reset();
        if (!with_snapshot) std::filesystem::remove_all(folder_ + "/snapshots");
        start();
        EXPECT_EQ(state_of(core()), live);
    }
}

TEST_F(RetentionTest, ManyFansTakeSeveralTurns) {
    std::vector<std::string> events;
    const std::size_t many = kSubjectsForgottenAtOnce + 10;
    for (std::size_t i = 0; i < many; ++i)
        events.push_back(seen("m-" + std::to_string(i), "fan-" + std::to_string(i)));
    bring_in(events);
    ASSERT_TRUE(keep(rights::Retained::kFanEngagement, 1));
    clock_.advance(days(2));
    ASSERT_TRUE(soon([this] { return statements() == 2; }));
    EXPECT_EQ(counts().fans, 0U);
    EXPECT_EQ(counts().forgotten_subjects, many);
}

}  // namespace
}  // namespace altis::service
