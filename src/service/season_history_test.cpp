#include "service/season_history.h"

#include <gtest/gtest.h>

#include "service/result_stories.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::OdfMessage;
using results::ResultStatus;
using results::fixture::free_skate;
using results::fixture::kFreeSkate;

constexpr const char* kFinal = "gpf2025";
const std::string kSakamoto = "1000002";

// What the federation calls the skaters.
std::string federation_id(std::string_view code) {
    return "47" + std::string(code.substr(code.size() - 2));
}

OdfMessage linked(OdfMessage message) {
    for (auto& line : message.results)
        for (auto& member : line.competitor.members)
            member.federation_id = federation_id(member.code);
    return message;
}

// The same skaters at the final of the Grand Prix, each with this free skate.
OdfMessage final_with(const std::string& points) {
    OdfMessage message = linked(free_skate(1, ResultStatus::kOfficial));
    message.competition_code = "GPF2025";
    message.date = message.logical_date = "2025-12-06";
    for (auto& line : message.results) {
        line.result =
            (*Decimal::parse(points) + *Decimal::parse(line.extended[0].value)).to_string();
        line.extended[1].value = points;
    }
    return message;
}

struct Store {
    Bench bench;
    std::unique_ptr<Core> core = bench.open();

    Store() {
        EXPECT_TRUE(open_games(*core));
        EXPECT_TRUE(schedule(*core));
        EXPECT_TRUE(command(*core, [](Turn& turn) -> Result<void> {
            rights::Edition edition;
            edition.id = kFinal;
            edition.name = "Final";
            edition.is_archive = true;
            TRY_VOID(commit(turn, turn.world().rights.open_edition(edition)));
            results::Unit unit = results::fixture::medal_unit(kFreeSkate);
            unit.edition = kFinal;
            return commit(turn, turn.world().results.register_unit(unit));
        }));
    }
    ~Store() { core->stop(); }

    void take(const OdfMessage& message) {
        const auto taken = command(*core, [&](Turn& turn) {
            return commit(turn, turn.world().results.receive(message, turn.now()));
        });
        EXPECT_TRUE(taken) << taken.error().message;
    }
    void say_season(const std::string& editions, const std::string& from = "2025-07-01") {
        const auto rules = codec::parse_json(
            R"({"version":1,"rules":[{"for":"*","values":{"POINTS":{"better":"higher"}}},)"
            R"({"for":"FSKW","season":{"from":")" +
            from + R"(","editions":[)" + editions + "]}}]}");
        EXPECT_TRUE(command(*core, [&](Turn& turn) {
            return commit(turn, turn.world().results.set_rules(kGames, *rules));
        }));
    }
    // The story of Sakamoto's result, and the claim's error where there is none.
    std::string told() {
        std::string said;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            for (const auto& line : turn.world().results.facts({kGames, kFreeSkate})) {
                if (line.competitor != kSakamoto) continue;
                said = result_story(turn.world(), line, "https://app.example.org/unit").story;
                const auto claim = season_best(turn.world(), line, [](const auto& of) {
                    return std::optional(
                        Measured{*Decimal::parse(of.extended.find("FREE")->second), "points"});
                });
                if (!claim) said += " " + claim.error().reason;
            }
        }));
        return said;
    }
};

TEST(SeasonHistory, SaysTheSeasonsBestThatTheStoreProves) {
    Store store;
    store.say_season(R"("gpf2025")");
    store.take(final_with("140.11"));
    store.take(linked(free_skate(1, ResultStatus::kOfficial)));
    EXPECT_EQ(store.told(), "skate_medal_best");
    EXPECT_TRUE(store.core->run(TaskKind::kRead, [&](Turn& turn) {
        for (const auto& line : turn.world().results.facts({kGames, kFreeSkate})) {
            if (line.competitor != kSakamoto) continue;
            const auto told = result_story(turn.world(), line, "https://app.example.org/unit");
            const auto* best = messages::find_fact(told.facts, "best");
            ASSERT_NE(best, nullptr);
            ASSERT_EQ(best->proof.size(), 2U);
            EXPECT_EQ(best->proof[0].source, line.fact_id);
            EXPECT_EQ(best->proof[0].value.to_string(), "147.67");
            EXPECT_EQ(best->proof[1].source, results::fact_id({kFinal, kFreeSkate}, 1));
            EXPECT_EQ(best->proof[1].value.to_string(), "140.11");
            EXPECT_EQ(best->hash.size(), 64U);
        }
    }));
}

TEST(SeasonHistory, SaysNothingThatTheStoreDoesNotProve) {
    const OdfMessage now = linked(free_skate(1, ResultStatus::kOfficial));
    const auto told = [&](const std::string& editions, const std::vector<OdfMessage>& earlier) {
        Store store;
        if (!editions.empty()) store.say_season(editions);
        for (const OdfMessage& message : earlier)
            store.take(message);
        store.take(now);
        return store.told();
    };
    const std::string kOpen = "skate_medal claims.history_incomplete";
    EXPECT_EQ(told("", {final_with("140.11")}), kOpen);                       // no calendar
    EXPECT_EQ(told(R"("gpf2025","ec2026")", {final_with("140.11")}), kOpen);  // one is missing
    EXPECT_EQ(told(R"("gpf2025")", {}), kOpen);                               // has no results yet
    OdfMessage live = final_with("140.11");
    live.status = ResultStatus::kLive;
    EXPECT_EQ(told(R"("gpf2025")", {live}), kOpen);
    OdfMessage unknown = final_with("140.11");
    unknown.results[0].competitor.members[0].federation_id.clear();
    unknown.results[0].competitor.code = unknown.results[0].competitor.members[0].code = "77";
    EXPECT_EQ(told(R"("gpf2025")", {unknown}), kOpen);  // may be anybody
    EXPECT_EQ(told(R"("gpf2025")", {final_with("150.00")}), "skate_medal claims.untrue");
    EXPECT_EQ(told(R"("gpf2025")", {final_with("147.67")}), "skate_medal claims.tied");
    EXPECT_EQ(told("", {}), kOpen);
}

TEST(SeasonHistory, AnOnlyResultIsNoBest) {
    Store store;
    store.say_season("");
    store.take(linked(free_skate(1, ResultStatus::kOfficial)));
    EXPECT_EQ(store.told(), "skate_medal claims.nothing_to_compare");
}

}  // namespace
}  // namespace altis::service
