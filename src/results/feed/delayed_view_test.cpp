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

// One unit of a view with ODF's conflation, by a clock that the test moves.
struct Conflated {
    Random random{8};
    View view{"owg2026", {""}, {rights::FeedField::kResults}, {}, milliseconds(250)};
    NewsLog log;
    DelayedView told{view, log, kStart, 0};

    SharedNews news(std::int64_t version, std::int64_t after_ms, std::string_view edition,
                    std::string_view unit = fixture::kUnits[0]) {
        UnitNews made{std::string(unit), std::string(edition), kStart + milliseconds(after_ms), {}};
        made.result = fixture::random_result(random, unit, version);
        made.result.set("status", "LIVE");
        return std::make_shared<const UnitNews>(std::move(made));
    }
    void come(std::int64_t version, std::int64_t after_ms,
              std::string_view unit = fixture::kUnits[0]) {
        told.expect(news(version, after_ms, "owg2026", unit));
    }
    // Versions that are told at this moment.
    std::vector<std::int64_t> at(std::int64_t after_ms) {
        std::vector<std::int64_t> versions;
        for (const Message& message : told.advance(kStart + milliseconds(after_ms)))
            versions.push_back(parsed(message)["version"].as_int());
        return versions;
    }
    std::int64_t due_ms() const {
        const auto due = told.next_due();
        return due ? (*due - kStart).us / 1'000 : -1;
    }
};

using Versions = std::vector<std::int64_t>;

TEST(Conflation, OfAUnitNothingComesTwiceWithinAQuarterSecondAndTheLastIsTold) {
    Conflated view;
    view.come(1, 0);
    EXPECT_EQ(view.at(0), Versions{1}) << "the first does not wait";
    view.come(2, 10);
    EXPECT_EQ(view.at(10), Versions{});
    EXPECT_EQ(view.due_ms(), 250);
    view.come(3, 100);
    view.come(4, 249);
    EXPECT_EQ(view.at(249), Versions{});
    EXPECT_EQ(view.at(250), Versions{4}) << "one for three";
    EXPECT_EQ(view.due_ms(), -1);
    view.come(5, 499);
    EXPECT_EQ(view.at(499), Versions{});
    EXPECT_EQ(view.at(510), Versions{5});
    view.come(6, 760);
    EXPECT_EQ(view.at(760), Versions{6}) << "a quarter second after what was told";
}

TEST(Conflation, OtherUnitsAndOtherGamesAreNotHeldNorReplaced) {
    Conflated view;
    view.come(1, 0);
    EXPECT_EQ(view.at(0), Versions{1});
    view.come(2, 10);
    view.come(7, 10, fixture::kUnits[1]);
    view.told.expect(view.news(9, 20, "og2024"));
    EXPECT_EQ(view.at(20), Versions{7});
    EXPECT_EQ(view.at(250), Versions{2});
}

TEST(Conflation, AWithdrawalIsTheLastStateToo) {
    Conflated view;
    view.come(1, 0);
    view.at(0);
    view.come(2, 10);
    view.told.expect(std::make_shared<const UnitNews>(
        UnitNews{std::string(fixture::kUnits[0]), "owg2026", kStart + milliseconds(20), {}}));
    const auto messages = view.told.advance(kStart + milliseconds(250));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages.front().type, "withdrawn");
}

TEST(Conflation, WhoeverFollowsHasTheTruthInTheEnd) {
    for (std::uint64_t seed = 1; seed <= test_effort(40U, 10U); ++seed) {
        Random random(seed);
        NewsLog log;
        const View view{"owg2026", {""}, fixture::random_fields(random), {}, milliseconds(250)};
        DelayedView conflated(view, log, kStart, 0);
        Follower follower;
        for (const Message& message : conflated.state().whole())
            follower.take(message.json);
        std::vector<SharedNews> all;
        std::map<std::string, Time> last;
        Time now = kStart;
        const auto advance = [&] {
            for (const Message& message : conflated.advance(now)) {
                const auto known = last.find(message.unit);
                EXPECT_TRUE(known == last.end() || now - known->second >= milliseconds(250));
                last.insert_or_assign(message.unit, now);
                follower.take(message.json);
            }
        };
        for (int i = 0; i < 200; ++i) {
            now = now + milliseconds(pick(random, 60));
            advance();
            all.push_back(random_news(random, now, i));
            conflated.expect(all.back());
            advance();
        }
        now = now + milliseconds(250);
        advance();
        EXPECT_FALSE(conflated.next_due());
        EXPECT_EQ(follower.problem, "");
        auto shown = truth(all, view, now);
        std::erase_if(shown, [](const auto& entry) { return entry.second.is_null(); });
        EXPECT_EQ(follower.documents, shown);
    }
}

}  // namespace
}  // namespace altis::results::feed
