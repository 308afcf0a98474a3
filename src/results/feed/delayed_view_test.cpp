#include "results/feed/delayed_view.h"

#include <gtest/gtest.h>

#include "base/test_effort.h"
#include "results/feed/feed_fixture.h"

namespace altis::results::feed {
namespace {

using fixture::Follower;
using fixture::parsed;
using fixture::pick;
using fixture::Random;

const Time kStart = civil_date(2026, 2, 19);

SharedNews random_news(Random& random, Time at, std::int64_t version) {
    const auto unit = fixture::kUnits[static_cast<std::size_t>(pick(random, 4))];
    UnitNews news{std::string(unit), "owg2026", at, {}};
    if (pick(random, 8) != 0) {
        news.result = fixture::random_result(random, unit, version);
        news.result.set("status", "LIVE");
    }
    return std::make_shared<const UnitNews>(std::move(news));
}

// Documents of the state at a moment, from all news ever: what a view of that delay may show.
std::map<std::string, codec::Json, std::less<>> truth(const std::vector<SharedNews>& all,
                                                      const View& view, Time then) {
    std::map<std::string, codec::Json, std::less<>> documents;
    for (const SharedNews& news : all) {
        if (news->at > then || !view.covers(news->edition, news->unit)) continue;
        documents.erase(news->unit);
        if (!news->result.is_null()) documents[news->unit] = document_of(news->result, view.fields);
    }
    return documents;
}

TEST(DelayedView, NobodySeesAnythingBeforeItsTimeNorMissesItThen) {
    for (std::uint64_t seed = 1; seed <= test_effort(150U, 20U); ++seed) {
        Random random(seed);
        NewsLog log;
        const View view{
            "owg2026", {"FSK"}, fixture::random_fields(random), seconds(pick(random, 4) * 10)};
        log.keep(seconds(30));
        std::vector<SharedNews> all;
        std::optional<DelayedView> delayed;
        Follower follower;
        Time now = kStart;
        const int opened_at = pick(random, 60);
        for (int i = 0; i < 100; ++i) {
            now = now + milliseconds(pick(random, 3'000));
            const auto news = random_news(random, now, i);
            all.push_back(news);
            log.add(news);
            if (i == opened_at) {
                delayed.emplace(view, log, now, 0);
                for (const Message& message : delayed->state().whole())
                    follower.take(message.json);
            } else if (delayed) {
                delayed->expect(news);
            }
            if (!delayed) continue;
            now = now + milliseconds(pick(random, 3'000));
            for (const Message& message : delayed->advance(now))
                follower.take(message.json);
            ASSERT_EQ(follower.documents, truth(all, view, now - view.delay)) << "seed " << seed;
            ASSERT_GT(delayed->next_due().value_or(now + days(1)), now);
        }
        EXPECT_EQ(follower.problem, "");
    }
}

TEST(DelayedView, TheSameCodeInOtherGamesIsAnotherUnit) {
    Random random(2);
    NewsLog log;
    for (const char* edition : {"owg2022", "owg2026"}) {
        UnitNews news{std::string(fixture::kUnits[0]), edition, kStart,
                      fixture::random_result(random, fixture::kUnits[0], 1)};
        news.result.set("status", "OFFICIAL");
        news.result.set("edition", edition);
        log.add(std::make_shared<const UnitNews>(news));
    }
    for (const char* edition : {"owg2022", "owg2026"}) {
        const View view{edition, {""}, {rights::FeedField::kResults}, {}};
        const DelayedView shown(view, log, kStart + seconds(1), 0);
        EXPECT_EQ(shown.state().unit(fixture::kUnits[0])["document"]["edition"].as_string(),
                  edition);
    }
}

TEST(DelayedView, AUnitWhoseEarlierStateIsUnknownWaits) {
    Random random(1);
    NewsLog log;  // keeps only the newest
    log.add(random_news(random, kStart, 1));
    UnitNews last{std::string(fixture::kUnits[0]), "owg2026", kStart + seconds(100),
                  fixture::random_result(random, fixture::kUnits[0], 2)};
    last.result.set("status", "OFFICIAL");
    log.add(std::make_shared<const UnitNews>(last));
    log.keep(seconds(30));
    const View view{"owg2026", {"FSKW"}, {rights::FeedField::kResults}, seconds(30)};
    DelayedView delayed(view, log, kStart + seconds(110), 0);
    EXPECT_EQ(*delayed.next_due(), kStart + seconds(130));
    EXPECT_TRUE(delayed.advance(kStart + seconds(129)).empty());
    EXPECT_TRUE(delayed.state().unit(last.unit).is_null());
    EXPECT_EQ(delayed.advance(kStart + seconds(130)).size(), 1U);
    EXPECT_FALSE(delayed.next_due());
    EXPECT_EQ(delayed.state().unit(last.unit)["at"].as_string(), format_rfc3339(last.at));
}

}  // namespace
}  // namespace altis::results::feed
