#include "service/live_feed.h"

#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "results/feed/feed_fixture.h"

namespace altis::service {
namespace {

using codec::Json;
using results::feed::UnitNews;
using results::feed::View;
namespace fixture = results::feed::fixture;

class LiveFeedTest : public testing::Test {
  protected:
    static View view_of(std::string unit, Duration delay = {}) {
        return {"owg2026", {std::move(unit)}, {rights::FeedField::kResults}, delay};
    }

    Result<std::string> open(const View& view) {
        std::promise<Result<std::string>> promise;
        feed_.open(view, [&](Result<std::string> name) { promise.set_value(std::move(name)); });
        return promise.get_future().get();
    }

    Result<Json> unit(const View& view) {
        std::promise<Result<Json>> promise;
        feed_.unit(view, std::string(fixture::kUnits[0]),
                   [&](Result<Json> got) { promise.set_value(std::move(got)); });
        return promise.get_future().get();
    }

    void publish(std::int64_t version) {
        fixture::Random random(static_cast<std::uint64_t>(version));
        UnitNews news{std::string(fixture::kUnits[0]), "owg2026", clock_.now(),
                      fixture::random_result(random, fixture::kUnits[0], version)};
        news.result.set("status", "LIVE");
        feed_.publish(std::move(news));
    }

    static bool comes_true(const server::StreamPass& ended) {
        for (int i = 0; i < 500 && !ended; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return ended;
    }

    // "delay unit-version@seq", counted from the first change of each view on.
    std::vector<std::string> told() {
        const std::scoped_lock lock(told_mutex_);
        return told_;
    }

    platform::SystemClock clock_;
    server::StreamHub streams_;
    std::mutex told_mutex_;
    std::vector<std::string> told_;
    std::map<std::string, std::uint64_t> first_;
    LiveFeed feed_{streams_, clock_, [this](const results::feed::Tellings& tellings) {
                       const std::scoped_lock lock(told_mutex_);
                       for (const results::feed::Telling& item : tellings.items) {
                           const auto first = first_.try_emplace(tellings.view.key(), item.seq);
                           told_.push_back(std::to_string(tellings.view.delay.us) + " " +
                                           std::to_string(item.version) + "@" +
                                           std::to_string(item.seq - first.first->second));
                       }
                   }};
};

TEST_F(LiveFeedTest, EqualViewsShareAStreamAndOthersDoNot) {
    const auto one = open(view_of("FSK"));
    ASSERT_TRUE(one);
    EXPECT_EQ(*open(view_of("FSK")), *one);
    const auto other = open(view_of("CUR"));
    ASSERT_TRUE(other);
    EXPECT_NE(*other, *one);
    const std::uint64_t before = streams_.last_id(*one);
    const std::uint64_t other_before = streams_.last_id(*other);
    publish(1);
    publish(2);
    EXPECT_EQ((*unit(view_of("FSK")))["version"].as_int(), 2);
    EXPECT_EQ(streams_.last_id(*one), before + 2) << "numbers without a gap";
    EXPECT_EQ(streams_.last_id(*other), other_before) << "not its unit";
    EXPECT_EQ(unit(view_of("CUR")).error().reason, "feed.unknown_unit");
}

TEST_F(LiveFeedTest, ADelayIsWaitedForByAThreadThatNobodyWakes) {
    const View late = view_of("FSK", milliseconds(300));
    const auto stream = open(late);
    ASSERT_TRUE(stream);
    const std::uint64_t before = streams_.last_id(*stream);
    const Time begin = clock_.now();
    publish(1);
    EXPECT_EQ(unit(late).error().reason, "feed.unknown_unit");
    for (int i = 0; i < 500 && streams_.last_id(*stream) == before; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(streams_.last_id(*stream), before + 1);
    EXPECT_GE((clock_.now() - begin).us, 300'000);
    EXPECT_EQ((*unit(late))["version"].as_int(), 1);
}

TEST_F(LiveFeedTest, SaysWhatEachViewTold) {
    publish(1);
    ASSERT_TRUE(open(view_of("FSK")));
    ASSERT_TRUE(open(view_of("CUR")));
    ASSERT_TRUE(open(view_of("FSK", seconds(3'600))));
    publish(2);
    publish(2);  // no difference, so no change
    publish(3);
    ASSERT_TRUE(unit(view_of("FSK")));
    EXPECT_EQ(told(), (std::vector<std::string>{"0 1@0", "0 2@1", "0 3@2"}));
}

TEST_F(LiveFeedTest, APassEndsWithItsGrantOrWhenItIsRevoked) {
    const auto first = feed_.pass("app", clock_.now() + days(1));
    EXPECT_EQ(feed_.pass("app", clock_.now() + days(1)), first);
    EXPECT_FALSE(*first);
    feed_.revoke("app");
    EXPECT_TRUE(*first);
    const auto second = feed_.pass("app", clock_.now() + milliseconds(200));
    EXPECT_NE(second, first);
    EXPECT_FALSE(*second);
    EXPECT_TRUE(comes_true(*second));
}

TEST_F(LiveFeedTest, ALongerPassOfTheSameKeyProlongsNothing) {
    const auto first = feed_.pass("app", clock_.now() + milliseconds(200));
    EXPECT_EQ(feed_.pass("app", clock_.now() + days(1)), first);
    EXPECT_FALSE(*first);
    EXPECT_TRUE(comes_true(*first));
}

TEST_F(LiveFeedTest, OnlySoManyViewsAreFed) {
    for (std::size_t i = 0; i < kMaxFeedViews; ++i)
        ASSERT_TRUE(open(view_of("FSK", milliseconds(static_cast<std::int64_t>(i)))));
    EXPECT_EQ(open(view_of("CUR")).error().reason, "feed.too_many_views");
    EXPECT_TRUE(open(view_of("FSK"))) << "one that is there";
}

}  // namespace
}  // namespace altis::service
