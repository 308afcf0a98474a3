#include "service/story_job.h"

#include <gtest/gtest.h>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::ResultStatus;

const std::string kLiu = "1000001";
const std::string kNobody = "1000009";

struct Running {
    Bench bench;
    std::unique_ptr<Core> core = bench.open();
    Secrets secrets = read_secrets(core->vault()).value();
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher = std::move(*Dispatcher::create(streams, secrets));

    ~Running() { core->stop(); }

    void begin() {
        ASSERT_TRUE(open_games(*core));
        ASSERT_TRUE(schedule(*core));
        std::vector<std::string> events;
        const auto add = [&events](std::vector<std::string> more) {
            for (std::string& one : more)
                events.push_back(std::move(one));
        };
        add(fan_events("follower", kLiu));
        add(fan_events("stranger", kNobody));
        add(fan_events("refused", kLiu));
        add({consent("no", "refused", false)});
        add(fan_events("kin", kNobody));
        add({event("s-kin", "kin", "Sport Followed", R"("sport":"GAR")")});
        ASSERT_TRUE(bring(*core, secrets, batch_of(events), bench.clock.now()));
        ASSERT_TRUE(
            publish(*core, *dispatcher, results::fixture::free_skate(1, ResultStatus::kOfficial)));
        ASSERT_TRUE(all_sent(*core));
    }

    void go_to(const char* time) { bench.clock.advance(*parse_rfc3339(time) - bench.clock.now()); }

    // Plans and sends the stories of today; gives the texts by user.
    std::map<std::string, std::string> stories() {
        journal::Offset before = 0;
        EXPECT_TRUE(core->run(TaskKind::kWrite, [&](Turn& turn) {
            before = core->journal().durable();
            dispatcher->tell_stories(turn);
        }));
        bool is_choosing = true;
        while (is_choosing) {
            EXPECT_TRUE(core->run(TaskKind::kRead,
                                  [&](Turn&) { is_choosing = dispatcher->is_choosing_stories(); }));
        }
        EXPECT_TRUE(all_sent(*core));
        std::map<std::string, std::string> told;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            const auto reader = core->journal().read(before + 1).value();
            journal::Record record;
            while (reader->next(record).value()) {
                if (record.type != "messages.sent") continue;
                const auto json =
                    codec::parse_json(message_event(turn.world().messages, record.payload).data)
                        .value();
                told.emplace(json["user"].as_string(), json["text"].as_string());
            }
        }));
        return told;
    }
};

TEST(StoryJob, TellsMedalsOfTheArchiveOnTheirDayToWhomTheyConcern) {
    Running now;
    now.begin();
    now.go_to("2026-04-18T10:00:00Z");
    EXPECT_TRUE(now.stories().empty());
    now.go_to("2026-04-19T10:00:00Z");
    const auto told = now.stories();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told.at("follower"),
              "2 months ago: Alysa LIU, gold, Final. Watch it again: https://app.example.org/unit");
    EXPECT_TRUE(told.contains("kin"));  // gymnastics is judged, too
    EXPECT_TRUE(now.stories().empty());
    now.go_to("2027-02-19T10:00:00Z");
    EXPECT_TRUE(now.stories().at("follower").starts_with("1 year ago: Alysa"));
    now.go_to("2028-04-19T10:00:00Z");
    EXPECT_TRUE(now.stories().at("follower").starts_with("2 years and 2 months ago: Alysa"));
}

TEST(StoryJob, TellsWhoQualifiedToThoseWhoLikeTheSportAndDoNotFollowTheAthlete) {
    Running now;
    now.begin();
    const std::string code = "FSKWSINGLES-----------SFNL000100--";
    auto unit = results::fixture::medal_unit(code);
    unit.name = "Semifinal";
    unit.medals = results::MedalUnit::kNone;
    ASSERT_TRUE(command(*now.core, [&](Turn& turn) {
        return commit(turn, turn.world().results.register_unit(unit));
    }));
    auto message = results::fixture::free_skate(1, ResultStatus::kOfficial);
    message.document_code = code;
    for (auto& line : message.results)
        line.qualification = line.rank == 1 ? "Q" : "";
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, message));
    ASSERT_TRUE(all_sent(*now.core));
    now.go_to("2026-02-21T10:00:00Z");
    const auto told = now.stories();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.at("kin").starts_with("Alysa LIU: qualified, Semifinal. ")) << told.at("kin");
    now.go_to("2026-02-28T10:00:00Z");
    EXPECT_TRUE(now.stories().empty());  // no news any more
}

}  // namespace
}  // namespace altis::service
