#include "service/channel_sender.h"

#include <gtest/gtest.h>
#include <map>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using channels::Address;
using channels::Channel;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kLiu = "1000001";

// Takes what comes and answers by plan; a stranger to the core's threads.
class PlannedCarrier final : public Carrier {
  public:
    bool has(Channel channel) const override { return channel != Channel::kApns; }

    void carry(const channels::Subscription& to, const channels::Notice& notice, Time /*now*/,
               Done done) override {
        Carried answer{Outcome::kAccepted, {}};
        {
            const std::lock_guard lock(mutex_);
            taken_.emplace_back(to.address.target, notice);
            auto& plan = plans_[to.address.target];
            if (!plan.empty()) {
                answer = plan.front();
                plan.erase(plan.begin());
            }
            if (is_silent_) return;
        }
        done(answer);
    }
    void stop() override {}

    void plan(const std::string& target, std::vector<Carried> answers) {
        const std::lock_guard lock(mutex_);
        plans_[target] = std::move(answers);
    }
    void fall_silent() { is_silent_ = true; }

    using Taken = std::vector<std::pair<std::string, channels::Notice>>;
    Taken taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }

  private:
    mutable std::mutex mutex_;
    Taken taken_;
    std::map<std::string, std::vector<Carried>> plans_;
    std::atomic<bool> is_silent_ = false;
};

// A core that sends on planned channels.
struct Running {
    PlannedCarrier& carrier;
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<ChannelSender> sender;

    Running(Bench& bench, PlannedCarrier& planned) : carrier(planned), core(bench.open()) {
        secrets = read_secrets(core->vault()).value();
        dispatcher = std::move(*Dispatcher::create(streams, secrets));
        sender = std::make_unique<ChannelSender>(*core, carrier, "Games", milliseconds(1));
        dispatcher->on_decided([this](Turn& turn, std::span<const std::string> decided) {
            sender->expect(turn, decided);
        });
    }
    ~Running() { core->stop(); }

    void bring_fans(int count) {
        std::vector<std::string> events;
        for (int i = 0; i < count; ++i) {
            for (const std::string& one : fan_events("fan-" + std::to_string(i), kLiu))
                events.push_back(one);
        }
        ASSERT_TRUE(bring(*core, secrets, batch_of(events), results::fixture::now()));
    }

    void subscribe(const std::string& user, const Address& address) {
        ASSERT_TRUE(command(*core, [&](Turn& turn) {
            const auto fan =
                turn.world().fans.find_fan(fans::user_fingerprint(secrets.ingest, user));
            return commit(turn, turn.world().subscriptions.add(
                                    channels::subscription_id(secrets.subscriptions, address), fan,
                                    address, channels::Asked::kNotAgain));
        }));
    }

    void publish_official(std::int64_t version = 1) {
        auto message = free_skate(version, ResultStatus::kOfficial);
        message.note = "Corrected";
        ASSERT_TRUE(publish(*core, *dispatcher, message));
    }

    // Until nothing is waiting or under way; the clock goes on meanwhile.
    bool comes_to_rest(Bench& bench) {
        for (int i = 0; i < 2'000; ++i) {
            std::size_t left = 1;
            const auto asked = core->run(TaskKind::kWrite, [&](Turn& turn) {
                sender->wake(turn);
                left = sender->open() + turn.world().messages.pending().size();
            });
            if (!asked || left == 0) return asked.has_value();
            bench.clock.advance(milliseconds(100));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

    std::size_t unsettled() {
        std::size_t count = 0;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            count = turn.world().messages.unsettled(SIZE_MAX).size();
        }));
        return count;
    }
};

Address webhook(const std::string& target) {
    return {Channel::kWebhook, target, "", ""};
}

class ChannelSenderTest : public testing::Test {
  protected:
    void SetUp() override {
        now_ = std::make_unique<Running>(bench_, carrier_);
        ASSERT_TRUE(open_games(*now_->core));
        ASSERT_TRUE(schedule(*now_->core));
    }

    Bench bench_;
    PlannedCarrier carrier_;
    std::unique_ptr<Running> now_;
};

TEST_F(ChannelSenderTest, SendsToEveryAddressAndSettlesOnce) {
    now_->bring_fans(3);
    now_->subscribe("fan-0", webhook("https://a"));
    now_->subscribe("fan-0", webhook("https://b"));
    now_->subscribe("fan-1", {Channel::kApns, "token", "", ""});  // a channel that is off
    carrier_.plan("https://b", {{Outcome::kLater, {}}, {Outcome::kLater, {}}});
    now_->publish_official();
    ASSERT_TRUE(now_->comes_to_rest(bench_));
    const auto taken = carrier_.taken();
    ASSERT_EQ(taken.size(), 4U);  // one at a, three at b
    for (const auto& [target, notice] : taken) {
        EXPECT_EQ(notice.id, taken.front().second.id);
        EXPECT_EQ(notice.title, "Alysa LIU: gold");
        EXPECT_NE(notice.text.find("226.79"), std::string::npos) << notice.text;
        EXPECT_EQ(notice.link, "https://app.example.org/unit");
        EXPECT_GT(notice.lifetime, seconds(5 * 3'600));
    }
    EXPECT_EQ(now_->unsettled(), 1U);  // fan-2, whom the owner's gateway reaches
}

TEST_F(ChannelSenderTest, GivesUpAfterItsAttemptsAndEndsWhatIsGone) {
    now_->bring_fans(2);
    now_->subscribe("fan-0", webhook("https://a"));
    now_->subscribe("fan-1", webhook("https://b"));
    carrier_.plan("https://a", std::vector<Carried>(100, {Outcome::kLater, {}}));
    carrier_.plan("https://b", {{Outcome::kGone, {}}});
    now_->publish_official();
    ASSERT_TRUE(now_->comes_to_rest(bench_));
    EXPECT_EQ(carrier_.taken().size(), static_cast<std::size_t>(kMaxSendAttempts) + 1);
    EXPECT_EQ(now_->unsettled(), 0U);
    ASSERT_TRUE(now_->core->run(TaskKind::kRead, [&](Turn& turn) {
        EXPECT_EQ(turn.world().subscriptions.counts()[static_cast<std::size_t>(Channel::kWebhook)],
                  1U);
    }));
}

TEST_F(ChannelSenderTest, ANewVersionTakesThePlaceOfWhatStillWaits) {
    now_->bring_fans(1);
    now_->subscribe("fan-0", webhook("https://a"));
    carrier_.plan("https://a", {{Outcome::kLater, seconds(60)}});
    now_->publish_official(1);
    ASSERT_TRUE(all_sent(*now_->core));
    while (carrier_.taken().empty())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto message = free_skate(2, ResultStatus::kOfficial);
    message.note = "Corrected";
    for (auto& value : message.results[0].extended) {  // Liu's free skate
        if (value.code == "FREE") value.value = "149.20";
    }
    message.results[0].result = "225.79";
    ASSERT_TRUE(publish(*now_->core, *now_->dispatcher, message));
    ASSERT_TRUE(now_->comes_to_rest(bench_));
    const auto taken = carrier_.taken();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_NE(taken[1].second.text.find("225.79"), std::string::npos) << taken[1].second.text;
    EXPECT_EQ(taken[1].second.topic, taken[0].second.topic);
    EXPECT_NE(taken[1].second.id, taken[0].second.id);
}

TEST_F(ChannelSenderTest, WhatAPowerCutInterruptsIsSentAgainUnderItsId) {
    constexpr int kFans = 50;
    now_->bring_fans(kFans);
    for (int i = 0; i < kFans; ++i)
        now_->subscribe("fan-" + std::to_string(i), webhook("https://" + std::to_string(i)));
    carrier_.fall_silent();
    now_->publish_official();
    ASSERT_TRUE(all_sent(*now_->core));
    while (carrier_.taken().size() < kFans)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::map<std::string, std::string> ids;
    for (const auto& [target, notice] : carrier_.taken())
        ids[target] = notice.id;
    bench_.cut_power(now_);

    PlannedCarrier fresh;
    now_ = std::make_unique<Running>(bench_, fresh);
    ASSERT_TRUE(now_->core->run(TaskKind::kWrite, [this](Turn& turn) {
        now_->sender->resume(turn);
        now_->dispatcher->wake(turn);
    }));
    ASSERT_TRUE(now_->comes_to_rest(bench_));
    EXPECT_EQ(fresh.taken().size(), ids.size());
    for (const auto& [target, notice] : fresh.taken())
        EXPECT_EQ(notice.id, ids[target]) << target;
    EXPECT_EQ(now_->unsettled(), 0U);
    now_.reset();
}

}  // namespace
}  // namespace altis::service
