#include "service/dispatcher.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kLiu = "1000001";
const std::string kSakamoto = "1000002";
const std::string kNakai = "1000003";

results::OdfMessage noted(std::int64_t version, ResultStatus status) {
    auto message = free_skate(version, status);
    message.note = "Corrected";
    return message;
}

// A core with its dispatcher; `streams` are new after each start, as in a process.
struct Running {
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;

    explicit Running(Bench& bench) : core(bench.open()) {
        secrets = read_secrets(core->vault()).value();
        dispatcher = std::move(*Dispatcher::create(streams, secrets));
    }
    ~Running() { core->stop(); }

    void bring_in(const std::vector<std::string>& events, Time now) {
        ASSERT_TRUE(bring(*core, secrets, batch_of(events), now));
    }
    void resume() {
        ASSERT_TRUE(core->run(TaskKind::kRead, [this](Turn& turn) { dispatcher->wake(turn); }));
    }
};

// Every message in the journal: by trigger and user, the facts it was sent with.
using Sent = std::multimap<std::pair<std::string, std::string>, std::string>;

Sent sent_messages(Core& core) {
    Sent sent;
    std::map<std::string, std::string> competitors;
    const auto reader = core.journal().read(1).value();
    journal::Record record;
    while (reader->next(record).value()) {
        if (record.type != "messages.sent") continue;
        const auto json = codec::parse_json(record.payload).value();
        const std::string plan(json["plan"].as_string());
        const auto first = plan.find('#');
        const auto second = plan.find('#', first + 1);
        sent.emplace(std::pair(plan.substr(0, first), std::string(json["user"].as_string())),
                     plan.substr(first + 1, second - first - 1));
    }
    return sent;
}

std::vector<std::string> everybody(int fans) {
    std::vector<std::string> events;
    for (int i = 0; i < fans; ++i) {
        const std::string user = "fan-" + std::to_string(i);
        for (const std::string& one : fan_events(user, i % 2 == 0 ? kLiu : kSakamoto))
            events.push_back(one);
    }
    return events;
}

TEST(Dispatcher, TellsConsentingFollowersOfTheCohortOnceTheBestRankedSkater) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    auto events = fan_events("both", kNakai);
    events.push_back(event("f2", "both", "Athlete Followed", R"("athlete":"1000002")"));
    for (const std::string& one : fan_events("refused", kLiu))
        events.push_back(one);
    events.push_back(consent("c2", "refused", false));
    events.push_back(event("f3", "elsewhere", "Athlete Followed", R"("athlete":"1000001")"));
    events.push_back(consent("c3", "elsewhere", true));
    now.bring_in(events, bench.clock.now());

    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kLive)));
    ASSERT_TRUE(all_sent(*now.core));
    EXPECT_TRUE(sent_messages(*now.core).empty());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(2, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*now.core));
    const Sent sent = sent_messages(*now.core);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent.begin()->first.second, "both");
    EXPECT_EQ(sent.begin()->second, kSakamoto);
}

TEST(Dispatcher, ACorrectionDoesNotRepeatTheMessage) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    now.bring_in(everybody(10), bench.clock.now());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*now.core));
    ASSERT_EQ(sent_messages(*now.core).size(), 10U);
    now.bring_in(fan_events("late", kLiu), bench.clock.now());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, noted(2, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*now.core));
    EXPECT_EQ(sent_messages(*now.core).size(), 10U);
}

TEST(Dispatcher, ACorrectionWhileSendingGoesToThoseNotYetReached) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    constexpr int kFans = 1'500;  // more than one chunk per skater
    now.bring_in(everybody(kFans), bench.clock.now());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, noted(2, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*now.core));
    const Sent sent = sent_messages(*now.core);
    EXPECT_EQ(sent.size(), static_cast<std::size_t>(kFans));
    for (auto it = sent.begin(); it != sent.end(); ++it)
        EXPECT_EQ(sent.count(it->first), 1U);
}

TEST(Dispatcher, AProtestStopsWhatIsNotYetSent) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    now.bring_in(everybody(1'500), bench.clock.now());
    ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
        for (const auto& message :
             {free_skate(1, ResultStatus::kOfficial), noted(2, ResultStatus::kProtested)}) {
            TRY_VOID(turn.commit(turn.world().results.receive(message, turn.now())));
            now.dispatcher->plan(turn, results::fixture::in_games(message.document_code));
        }
        return {};
    }));
    ASSERT_TRUE(all_sent(*now.core));
    EXPECT_TRUE(sent_messages(*now.core).empty());
}

TEST(Dispatcher, HonoursAWithdrawalBetweenPlanAndSend) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    now.bring_in(everybody(600), bench.clock.now());
    const fans::Source source{"holder", kGames, "key-1", &now.secrets.ingest};
    const std::string body = batch_of({consent("w", "fan-598", false)});
    const auto batch = fans::parse_batch(body, source, bench.clock.now()).value();
    // Queued right behind the publication: after the first chunk of the list at the latest.
    ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
        TRY_VOID(turn.commit(
            turn.world().results.receive(free_skate(1, ResultStatus::kOfficial), turn.now())));
        now.dispatcher->plan(turn, results::UnitKey(kGames, results::fixture::kFreeSkate));
        IngestOutcome outcome;
        ingest(turn, source, batch, now.secrets, outcome);
        return {};
    }));
    ASSERT_TRUE(all_sent(*now.core));
    const Sent sent = sent_messages(*now.core);
    EXPECT_EQ(sent.size(), 599U);
    EXPECT_EQ(
        sent.count({"results/owg2026/" + std::string(results::fixture::kFreeSkate), "fan-598"}),
        0U);
}

TEST(Dispatcher, OnlyWhoOwnsTheFansOrIsGrantedMessagesReachesThem) {
    Bench bench;
    Running now(bench);
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    ASSERT_TRUE(command(*now.core, [](Turn& turn) -> Result<void> {
        auto campaign = *turn.world().campaigns.campaign("caps");
        campaign.id = "a-foreign-one";
        campaign.organisation = "airline";
        campaign.audience = "others";
        TRY_VOID(turn.commit(turn.world().fans.decide_segment("others", fans::SegmentKind::kCohort,
                                                              "dwell(technical_chart) > 0")));
        return commit(turn, turn.world().campaigns.open_campaign(campaign));
    }));
    now.bring_in(everybody(4), bench.clock.now());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*now.core));
    ASSERT_TRUE(now.core->run(TaskKind::kRead, [](Turn& turn) {
        EXPECT_EQ(turn.world().messages.sent(), 4U);
        const auto& book = turn.world().messages;
        EXPECT_EQ(book.sent("results/owg2026/" + std::string(results::fixture::kFreeSkate) +
                            "#1000001#chart-readers#1"),
                  2U);
    }));
}

// A crash at random moments of sending: after each restart it goes on, and in the end every fan has
// exactly one message.
TEST(Dispatcher, ExactlyOneMessagePerFanUnderCrashes) {
    constexpr int kFans = 1'200;
    platform::SeededRandom dice(7);
    for (int round = 0; round < 6; ++round) {
        Bench bench;
        {
            Running now(bench);
            ASSERT_TRUE(open_games(*now.core));
            ASSERT_TRUE(schedule(*now.core));
            now.bring_in(everybody(kFans), bench.clock.now());
            bench.files.stop_at_call(1 + dice.below(25));
            static_cast<void>(
                publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
            static_cast<void>(all_sent(*now.core));
            bench.files.stop_at_call(1);
        }
        bench.files.crash(platform::CrashStyle::kTearAtByte, dice.next());
        Running again(bench);
        again.resume();
        const auto published =
            publish(*again.core, *again.dispatcher, free_skate(1, ResultStatus::kOfficial));
        ASSERT_TRUE(published) << published.error().message;
        ASSERT_TRUE(all_sent(*again.core));
        const Sent sent = sent_messages(*again.core);
        EXPECT_EQ(sent.size(), static_cast<std::size_t>(kFans)) << "round " << round;
        for (const auto& [whom, competitor] : sent)
            EXPECT_EQ(sent.count(whom), 1U);
    }
}

}  // namespace
}  // namespace altis::service
