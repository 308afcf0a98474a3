#include "service/core.h"

#include <algorithm>
#include <future>
#include <gtest/gtest.h>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using fixture::Bench;

// A record that no book knows.
std::vector<journal::Draft> note(std::size_t bytes = 10) {
    return {{"test.noted", "", kNoSubject, std::string(bytes, 'x')}};
}

std::string outcome_of(const Result<void>& outcome) {
    return outcome ? "ok" : outcome.error().reason;
}

Task noting(std::vector<std::string>& answers, std::mutex& mutex) {
    return [&](Turn& turn) {
        turn.commit(note());
        turn.after_durable([&](const Result<void>& outcome) {
            const std::lock_guard lock(mutex);
            answers.push_back(outcome_of(outcome));
        });
    };
}

TEST(Core, AnswersOnlyWhatIsDurableAndReadsWait) {
    Bench bench;
    const auto core = bench.open();
    std::promise<journal::Offset> seen;
    core->post(
        TaskKind::kWrite, [](Turn& turn) { turn.commit(note(1'000'000)); }, [](const Error&) {});
    core->post(
        TaskKind::kRead,
        [&](Turn& turn) {
            turn.after_durable(
                [&](const Result<void>&) { seen.set_value(core->journal().durable()); });
        },
        [](const Error&) {});
    EXPECT_GE(seen.get_future().get(), 1U);
}

TEST(Core, ActionsRunInTheOrderOfTheirTurns) {
    Bench bench;
    const auto core = bench.open();
    std::vector<int> order;
    for (int i = 0; i < 200; ++i) {
        core->post(
            TaskKind::kWrite,
            [&order, i](Turn& turn) {
                turn.commit(note());
                turn.after_durable([&order, i](const Result<void>&) { order.push_back(i); });
            },
            [](const Error&) {});
    }
    core->stop();
    ASSERT_EQ(order.size(), 200U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(Core, AFailedSyncStopsEverythingAndNoSuccessIsAnswered) {
    Bench bench;
    const auto core = bench.open();
    ASSERT_TRUE(core->run(TaskKind::kWrite, [](Turn& turn) { turn.commit(note()); }));
    const journal::Offset durable = core->journal().durable();
    bench.files.stop_at_call(1);
    std::mutex mutex;
    std::vector<std::string> answers;
    std::vector<std::string> refusals;
    for (int i = 0; i < 20; ++i) {
        core->post(TaskKind::kWrite, noting(answers, mutex), [&](const Error& error) {
            const std::lock_guard lock(mutex);
            refusals.push_back(error.reason);
        });
    }
    EXPECT_EQ(outcome_of(core->run(TaskKind::kRead, [](Turn&) {})), "journal.failed");
    EXPECT_EQ(outcome_of(core->run(TaskKind::kWrite, [](Turn&) { FAIL(); })), "journal.failed");
    EXPECT_TRUE(core->failed());
    core->stop();
    EXPECT_EQ(answers.size() + refusals.size(), 20U);
    for (const auto* texts : {&answers, &refusals}) {
        for (const std::string& text : *texts)
            EXPECT_EQ(text, "journal.failed");
    }
    EXPECT_EQ(core->journal().durable(), durable);
}

TEST(Core, AFullDiskRefusesWritesBeforeAnythingChangesAndRecovers) {
    Bench bench;
    const auto core = bench.open();
    ASSERT_TRUE(core->run(TaskKind::kRead, [](Turn&) {}));
    bench.files.set_quota_bytes(0);
    std::string reason = "ok";
    for (int i = 0; i < 100 && reason == "ok"; ++i) {
        reason =
            outcome_of(core->run(TaskKind::kWrite, [](Turn& turn) { turn.commit(note(100'000)); }));
    }
    EXPECT_EQ(reason, "journal.disk_full");
    EXPECT_FALSE(core->failed());
    bool ran = false;
    EXPECT_EQ(outcome_of(core->run(TaskKind::kWrite, [&](Turn&) { ran = true; })),
              "journal.disk_full");
    EXPECT_FALSE(ran);
    EXPECT_EQ(outcome_of(core->run(TaskKind::kRead, [](Turn&) {})), "ok");

    bench.files.set_quota_bytes(UINT64_MAX);
    for (int i = 0; i < 40 && reason != "ok"; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        reason = outcome_of(core->run(TaskKind::kWrite, [](Turn& turn) { turn.commit(note()); }));
    }
    EXPECT_EQ(reason, "ok");
}

TEST(Core, AFollowUpWaitsForSpaceInsteadOfBeingLost) {
    Bench bench;
    const auto core = bench.open();
    ASSERT_TRUE(core->run(TaskKind::kRead, [](Turn&) {}));
    std::promise<void> follow_up;
    std::promise<void> reading;
    std::promise<std::string> refusal;
    // Filling the journal and the follow-ups are one turn after another, nothing in between.
    bench.files.set_quota_bytes(0);
    while (core->run(TaskKind::kWrite, [](Turn& turn) { turn.commit(note(100'000)); })) {
    }
    ASSERT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
        turn.then(TaskKind::kWrite, [&](Turn& next) {
            next.commit(note());
            follow_up.set_value();
        });
        turn.then(TaskKind::kRead, [&](Turn&) { reading.set_value(); });
        turn.then(
            TaskKind::kWrite, [](Turn&) { FAIL(); },
            [&](const Error& error) { refusal.set_value(error.reason); });
    }));
    EXPECT_EQ(refusal.get_future().get(), "journal.disk_full");  // who wants to know is told
    reading.get_future().get();                                  // needs no space
    auto done = follow_up.get_future();
    EXPECT_EQ(done.wait_for(std::chrono::milliseconds(700)), std::future_status::timeout);
    bench.files.set_quota_bytes(UINT64_MAX);
    EXPECT_EQ(done.wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST(Core, AFullQueueRefusesPostsButTakesFollowUps) {
    Bench bench;
    const auto core = bench.open();
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    std::promise<void> holding;
    std::atomic<int> followed = 0;
    core->post(
        TaskKind::kRead,
        [&](Turn& turn) {
            turn.then(TaskKind::kRead, [&](Turn&) { ++followed; });
            holding.set_value();
            opened.wait();
        },
        [](const Error&) {});
    holding.get_future().wait();
    std::size_t refused = 0;
    std::string reason;
    for (std::size_t i = 0; i < kMaxQueuedTasks + 5; ++i) {
        core->post(
            TaskKind::kRead, [](Turn&) {},
            [&](const Error& error) {
                ++refused;
                reason = error.reason;
            });
    }
    EXPECT_EQ(refused, 5U);
    EXPECT_EQ(reason, "core.overloaded");
    std::atomic<std::size_t> waited = 0;
    const auto count = [&](const Error&) { ++refused; };
    for (std::size_t i = kMaxQueuedTasks; i < kMaxSpooledTasks + 3; ++i) {
        core->post(TaskKind::kRead, [&](Turn&) { ++waited; }, count, WhenBusy::kWait);
    }
    EXPECT_EQ(refused, 5U + 3U);
    gate.set_value();
    core->stop();
    EXPECT_EQ(followed.load(), 1);
    EXPECT_EQ(waited.load(), kMaxSpooledTasks - kMaxQueuedTasks);
}

TEST(Core, StopFinishesQueuedTasksAndWhatFollows) {
    Bench bench;
    const auto core = bench.open();
    int steps = 0;
    std::function<void(Turn&)> step = [&](Turn& turn) {
        turn.commit(note());
        if (++steps < 50) turn.then(TaskKind::kWrite, step);
    };
    core->post(TaskKind::kWrite, step, [](const Error&) {});
    core->stop();
    EXPECT_EQ(steps, 50);
    EXPECT_EQ(core->journal().durable(), 50U);
    std::string reason;
    core->post(TaskKind::kRead, [](Turn&) {}, [&](const Error& error) { reason = error.reason; });
    EXPECT_EQ(reason, "core.stopping");
    core->stop();
}

TEST(Core, ACommandLargerThanTheJournalTakesIsRefusedAlone) {
    Bench bench;
    const auto core = bench.open();
    const auto add = [&](std::size_t bytes) {
        return fixture::command(*core, [bytes](Turn& turn) {
            const journal::Decision decision = note(bytes);
            return fixture::commit(turn, decision);
        });
    };
    EXPECT_EQ(outcome_of(add(fixture::kSegmentBytes)), "core.command_too_large");
    EXPECT_EQ(outcome_of(add(journal::kMaxPayloadBytes + 1)), "core.command_too_large");
    EXPECT_EQ(outcome_of(add(10)), "ok");
}

void add_notes(Core& core, int count) {
    for (int i = 0; i < count; ++i)
        ASSERT_TRUE(core.run(TaskKind::kWrite, [](Turn& turn) { turn.commit(note()); }));
}

// Whether this becomes the only snapshot.
bool comes(Bench& bench, const std::string& name) {
    for (int i = 0; i < 5'000; ++i) {
        const auto names = bench.files.list(fixture::kData + "/snapshots").value();
        if (names == std::vector<std::string>{name}) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

TEST(Core, SnapshotsComeByThemselvesAndAfterAKilledStart) {
    Bench bench;
    {
        auto core = bench.try_open(20).value();
        add_notes(*core, 20);
        ASSERT_TRUE(comes(bench, "snapshot-20"));
        add_notes(*core, 25);
        ASSERT_TRUE(comes(bench, "snapshot-40"));
        bench.cut_power(core);
    }
    // The tail of before the crash counts: fifteen more records are enough for the next one.
    auto core = bench.try_open(20).value();
    add_notes(*core, 14);
    EXPECT_EQ(bench.files.list(fixture::kData + "/snapshots").value().front(), "snapshot-40");
    add_notes(*core, 3);
    EXPECT_TRUE(comes(bench, "snapshot-60"));
}

// A disk on which snapshots wait for a gate.
class GatedFiles final : public platform::FileSystem {
  public:
    GatedFiles(platform::FileSystem& files, std::shared_future<void> gate)
        : files_(files), gate_(std::move(gate)) {}
    Result<std::unique_ptr<platform::File>> open(const std::string& path,
                                                 platform::OpenMode mode) override {
        if (path.find("/snapshots/") != std::string::npos) gate_.wait();
        return files_.open(path, mode);
    }
    Result<void> create_directories(const std::string& path) override {
        return files_.create_directories(path);
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        return files_.list(path);
    }
    Result<bool> exists(const std::string& path) override { return files_.exists(path); }
    Result<void> rename(const std::string& from, const std::string& to) override {
        return files_.rename(from, to);
    }
    Result<void> remove(const std::string& path) override { return files_.remove(path); }
    Result<void> sync_directory(const std::string& path) override {
        return files_.sync_directory(path);
    }
    Result<std::unique_ptr<platform::FileLock>> lock(const std::string& path) override {
        return files_.lock(path);
    }

  private:
    platform::FileSystem& files_;
    std::shared_future<void> gate_;
};

TEST(Core, ASnapshotUnderWayHoldsNobodyUpAndLaterOnesShareTheNext) {
    Bench bench;
    std::promise<void> gate;
    GatedFiles files(bench.files, gate.get_future().share());
    CoreOptions options;
    options.directory = fixture::kData;
    options.journal_segment_bytes = fixture::kSegmentBytes;
    const auto core = Core::open({files, bench.clock, bench.random}, options).value();
    add_notes(*core, 1);
    std::vector<std::string> done;  // by the core thread
    const auto ask = [&](const std::string& name) {
        return core->run(TaskKind::kRead, [&core, &done, name](Turn&) {
            core->snapshot([&done, name](const Result<void>& outcome) {
                done.push_back(name + " " + outcome_of(outcome));
            });
        });
    };
    ASSERT_TRUE(ask("first"));
    add_notes(*core, 1);  // decided and durable while the snapshot waits for the disk
    ASSERT_TRUE(ask("second"));
    ASSERT_TRUE(ask("third"));
    ASSERT_TRUE(core->run(TaskKind::kRead, [&](Turn&) { EXPECT_TRUE(done.empty()); }));
    gate.set_value();
    // Of two records: one that was taken before the second was asked for would not do.
    EXPECT_TRUE(comes(bench, "snapshot-2"));
    core->stop();
    EXPECT_EQ(done, (std::vector<std::string>{"first ok", "second ok", "third ok"}));
}

TEST(Core, WhoAskedForASnapshotIsToldThatItFailed) {
    Bench bench;
    const auto core = bench.open();
    add_notes(*core, 1);
    ASSERT_TRUE(fixture::snapshot_of(*core));
    add_notes(*core, 1);
    bench.files.set_quota_bytes(0);  // no file can grow
    EXPECT_NE(outcome_of(fixture::snapshot_of(*core)), "ok");
    EXPECT_EQ(bench.files.list(fixture::kData + "/snapshots").value().front(), "snapshot-1");
    bench.files.set_quota_bytes(UINT64_MAX);
    ASSERT_TRUE(fixture::snapshot_of(*core));
    EXPECT_TRUE(comes(bench, "snapshot-2"));
}

}  // namespace
}  // namespace altis::service
