// The ledger of sending under crashes: a process that plans, decides, hands to a channel and
// settles is killed at every one of its steps, with what was not synced lost or kept; in the end
// everybody has the message once.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "journal/book.h"
#include "messages/messages_book.h"

namespace altis::messages {
namespace {

constexpr std::uint32_t kPeople = 90;
constexpr std::size_t kChunk = 9;
constexpr int kCrashPoints = 500;  // each with both fates of what was not synced

struct Killed {};

// A channel outside: knows a message by its id. What it shows to people survives any crash of ours.
struct Channel {
    std::map<std::string, int> shown;  // by message
    int calls = 0;

    void deliver(const std::string& message) {
        ++calls;
        shown.try_emplace(message, 1);
    }
};

// A disk: what is synced survives; of the rest, all or nothing.
struct Disk {
    std::vector<journal::Draft> records;
    std::size_t synced = 0;
};

class Process {
  public:
    Process(Disk& disk, Channel& channel, int steps_to_live)
        : disk_(disk), channel_(channel), steps_left_(steps_to_live) {
        for (std::size_t i = 0; i < disk_.records.size(); ++i)
            apply(i);
        key_.fill(7);
    }

    void run() {
        commit(book_.plan(plan_));
        if (!is_finished()) {
            for (std::uint32_t first = 1; first <= kPeople; first += kChunk)
                commit(book_.send(plan_id(plan_), people(first), key_));
            commit(book_.finish(plan_id(plan_)));
        }
        for (const std::string& message : book_.unsettled(kPeople)) {
            commit(book_.handed(message));
            step();
            channel_.deliver(message);
            step();
            commit(book_.settled(message, Handling::kDelivered));
        }
    }

    const MessagesBook& book() const { return book_; }

  private:
    void step() {
        if (--steps_left_ < 0) throw Killed();
    }

    bool is_finished() const {
        const auto pending = book_.pending();
        return std::ranges::find(pending, plan_id(plan_)) == pending.end();
    }

    static std::vector<Recipient> people(std::uint32_t first) {
        std::vector<Recipient> people;
        for (std::uint32_t i = first; i < first + kChunk; ++i)
            people.push_back({SubjectId{i}, "fan-" + std::to_string(i), "en", "owner"});
        return people;
    }

    // Nothing leaves before it is durable.
    void commit(const journal::Decision& decision) {
        ASSERT_TRUE(decision);
        step();
        for (const journal::Draft& draft : *decision) {
            disk_.records.push_back(draft);
            apply(disk_.records.size() - 1);
        }
        step();
        disk_.synced = disk_.records.size();
    }

    void apply(std::size_t index) {
        const journal::Draft& draft = disk_.records[index];
        book_.apply({index + 1, Time{static_cast<std::int64_t>(index)}, draft.type, draft.topic,
                     draft.subject, draft.payload, false});
    }

    static Plan make_plan() {
        Plan plan;
        plan.trigger = "results/owg2026/FSK";
        plan.unit = "FSK";
        plan.competitor = "1";
        plan.cohort = "all";
        plan.edition = "owg2026";
        plan.fact = "results/owg2026/FSK/1";
        plan.version = 1;
        plan.texts = {{"en", "Silver."}};
        return plan;
    }

    Disk& disk_;
    Channel& channel_;
    int steps_left_;
    MessagesBook book_;
    Plan plan_ = make_plan();
    crypto::Digest key_{};
};

// Runs until the end or the crash; gives true at the end.
bool run(Disk& disk, Channel& channel, int steps_to_live) {
    try {
        Process process(disk, channel, steps_to_live);
        process.run();
        EXPECT_TRUE(process.book().unsettled(1).empty());
        EXPECT_EQ(process.book().sent(), kPeople);
        return true;
    } catch (const Killed&) {
        return false;
    }
}

TEST(SendLedger, AThousandCrashPointsLoseNothingAndDoubleNothing) {
    int crashes = 0;
    for (int point = 0; point < kCrashPoints; ++point) {
        for (const bool keeps_unsynced : {false, true}) {
            Disk disk;
            Channel channel;
            if (!run(disk, channel, point)) {
                ++crashes;
                if (!keeps_unsynced) disk.records.resize(disk.synced);
                disk.synced = disk.records.size();
                ASSERT_TRUE(run(disk, channel, 1'000'000));
            }
            ASSERT_EQ(channel.shown.size(), kPeople) << "killed at step " << point;
            // At most the one message that was on its way is handed twice, under the same id.
            ASSERT_LE(channel.calls, static_cast<int>(kPeople) + 1);
        }
    }
    // The process has at least as many steps as there are points.
    EXPECT_EQ(crashes, 2 * kCrashPoints);
}

}  // namespace
}  // namespace altis::messages
