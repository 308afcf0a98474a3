#include "service/dispatcher.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

#include "service/decision_letter.h"
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

// The id of the user's message about the unit of these tests.
std::string message_id(Running& now, const std::string& user) {
    std::string id;
    EXPECT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto fan =
            turn.world().fans.find_fan(fans::user_fingerprint(now.secrets.ingest, user));
        id = messages::message_id(now.secrets.message_ids,
                                  "results/owg2026/" + std::string(results::fixture::kFreeSkate),
                                  fan);
    }));
    return id;
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
    auto batch = fans::parse_batch(body, source, bench.clock.now()).value();
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

// ---- reasons, held people, corrections ----------------------------------------------------------

const std::string kTrigger = "results/owg2026/" + std::string(results::fixture::kFreeSkate);
const std::string kScope = "owg2026/FSK";

fans::FanId fan_called(Turn& turn, const Secrets& secrets, const std::string& user) {
    return turn.world().fans.find_fan(fans::user_fingerprint(secrets.ingest, user));
}

Result<void> wish(Running& now, const std::string& user, const messages::SpoilerWish& wanted) {
    return command(*now.core, [&](Turn& turn) -> Result<void> {
        const auto fan = fan_called(turn, now.secrets, user);
        TRY_VOID(turn.commit(turn.world().preferences.set_spoiler(fan, wanted)));
        now.dispatcher->ask_again(turn, turn.world().fans.subjects(fan));
        return {};
    });
}

Result<void> prefer(Running& now, const std::string& user, const messages::Preferences& wanted) {
    return command(*now.core, [&](Turn& turn) -> Result<void> {
        const auto fan = fan_called(turn, now.secrets, user);
        return commit(turn, turn.world().preferences.set(fan, wanted));
    });
}

std::string letter_reason(Running& now, const std::string& user) {
    std::string reason;
    EXPECT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto letter = decision_letter(turn.world(), kTrigger,
                                            fan_called(turn, now.secrets, user), turn.now());
        reason = letter["reason"].as_string();
    }));
    return reason;
}

std::uint64_t sent_count(Running& now) {
    std::uint64_t count = 0;
    EXPECT_TRUE(
        now.core->run(TaskKind::kRead, [&](Turn& turn) { count = turn.world().messages.sent(); }));
    return count;
}

void start_games(Running& now, int fans) {
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(schedule(*now.core));
    now.bring_in(everybody(fans), results::fixture::now());
}

// Waits until nothing is pending and nobody is due.
bool all_asked(Running& now) {
    for (int i = 0; i < 2'000; ++i) {
        bool is_done = false;
        if (!now.core->run(TaskKind::kRead, [&](Turn& turn) {
                is_done = turn.world().messages.pending().empty() &&
                          turn.world().messages.due(turn.now()).empty();
            })) {
            return false;
        }
        if (is_done) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

TEST(Dispatcher, EverybodyConsideredHasAReason) {
    Bench bench;
    Running now(bench);
    start_games(now, 8);
    now.bring_in({consent("w", "fan-1", false)}, bench.clock.now());
    messages::Preferences silent;
    silent.daily_cap = 0;
    ASSERT_TRUE(prefer(now, "fan-2", silent));
    messages::Preferences closed;
    closed.refused_channels = messages::kAllChannels;
    ASSERT_TRUE(prefer(now, "fan-3", closed));
    messages::Preferences asleep;  // it is midnight in London
    asleep.zone = "Europe/London";
    ASSERT_TRUE(prefer(now, "fan-4", asleep));
    ASSERT_TRUE(wish(now, "fan-5", {kScope, messages::SpoilerState::kNoResults, {}}));
    ASSERT_TRUE(wish(now, "fan-6",
                     {kScope, messages::SpoilerState::kDelayed, bench.clock.now() + days(1)}));
    now.bring_in({consent("x", "stranger", true)}, bench.clock.now());
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    const std::map<std::string, std::string> expected = {
        {"fan-0", "send"},           {"fan-1", "no_consent"},
        {"fan-2", "cap_reached"},    {"fan-3", "channel_refused"},
        {"fan-4", "too_late"},       {"fan-5", "no_results"},
        {"fan-6", "shielded"},       {"fan-7", "send"},
        {"stranger", "not_relevant"}};
    for (const auto& [user, reason] : expected)
        EXPECT_EQ(letter_reason(now, user), reason) << user;
    EXPECT_EQ(sent_count(now), 3U);  // two results, and the notice for fan-6
}

TEST(Dispatcher, WhoIsHeldIsToldWhenTheTimeHasCome) {
    Bench bench;
    Running now(bench);
    start_games(now, 4);
    messages::Preferences asleep;  // quiet until one hour past midnight
    asleep.zone = "Europe/London";
    asleep.quiet_until = 60;
    ASSERT_TRUE(prefer(now, "fan-1", asleep));
    const Time reveal = bench.clock.now() + days(2);
    ASSERT_TRUE(wish(now, "fan-2", {kScope, messages::SpoilerState::kDelayed, reveal}));
    ASSERT_TRUE(wish(now, "fan-3", {kScope, messages::SpoilerState::kDelayed, reveal}));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(sent_count(now), 3U);  // one result, two notices

    bench.clock.advance(seconds(3'600));
    now.resume();
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(letter_reason(now, "fan-1"), "send");
    EXPECT_EQ(sent_count(now), 4U);

    ASSERT_TRUE(wish(now, "fan-2", {kScope, messages::SpoilerState::kFinished, {}}));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(letter_reason(now, "fan-2"), "send");
    EXPECT_EQ(letter_reason(now, "fan-3"), "shielded");

    bench.clock.advance(days(2));
    now.resume();
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(letter_reason(now, "fan-3"), "send");
    EXPECT_EQ(sent_count(now), 6U);
}

TEST(Dispatcher, WhoWaitsIsToldFirst) {
    Bench bench;
    Running now(bench);
    start_games(now, 600);
    ASSERT_TRUE(wish(now, "fan-599", {kScope, messages::SpoilerState::kLive, {}}));
    messages::Preferences alerted;
    alerted.alerts = {kScope};
    ASSERT_TRUE(prefer(now, "fan-598", alerted));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    std::vector<std::string> users;
    const auto reader = now.core->journal().read(1).value();
    journal::Record record;
    while (reader->next(record).value()) {
        if (record.type != "messages.sent") continue;
        users.emplace_back(codec::parse_json(record.payload).value()["user"].as_string());
    }
    ASSERT_EQ(users.size(), 600U);
    EXPECT_EQ((std::set<std::string>{users[0], users[1]}),
              (std::set<std::string>{"fan-598", "fan-599"}));
}

results::OdfMessage rescored(std::int64_t version) {
    auto message = noted(version, ResultStatus::kOfficial);
    for (auto& value : message.results[0].extended) {  // Liu's free skate
        if (value.code == "FREE") value.value = "149.20";
    }
    message.results[0].result = "225.79";
    return message;
}

TEST(Dispatcher, ACorrectionReachesExactlyWhoGotTheOldFact) {
    Bench bench;
    Running now(bench);
    start_games(now, 40);  // even ones follow Liu
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    const std::string seen = message_id(now, "fan-0");
    ASSERT_TRUE(command(
        *now.core, [&](Turn& turn) { return commit(turn, turn.world().messages.opened(seen)); }));
    now.bring_in(fan_events("late", kLiu), bench.clock.now());
    bench.clock.advance(seconds(60));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, rescored(2)));
    ASSERT_TRUE(all_asked(now));

    std::map<std::string, std::vector<std::string>> plans;  // by user
    const auto reader = now.core->journal().read(1).value();
    journal::Record record;
    while (reader->next(record).value()) {
        if (record.type != "messages.sent") continue;
        const auto json = codec::parse_json(record.payload).value();
        plans[std::string(json["user"].as_string())].emplace_back(json["plan"].as_string());
    }
    ASSERT_EQ(plans.size(), 40U);  // nobody new
    for (const auto& [user, got] : plans) {
        const bool follows_liu = std::stoi(user.substr(4)) % 2 == 0;
        ASSERT_EQ(got.size(), follows_liu ? 2U : 1U) << user;
        if (!follows_liu) continue;
        EXPECT_TRUE(got[1].ends_with(user == "fan-0" ? "#2/correction" : "#2/replacement"))
            << got[1];
    }
    // The same again changes nothing.
    ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
        now.dispatcher->plan(turn, results::UnitKey(kGames, results::fixture::kFreeSkate));
        return {};
    }));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(sent_count(now), 60U);
}

// The text of the user's last message, in English.
std::string last_text(Running& now, const std::string& user) {
    std::string text;
    EXPECT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        const auto reader = now.core->journal().read(1).value();
        journal::Record record;
        while (reader->next(record).value()) {
            if (record.type != "messages.sent") continue;
            const auto json =
                codec::parse_json(message_event(turn.world().messages, record.payload).data)
                    .value();
            if (json["user"].as_string() == user) text = json["text"].as_string();
        }
    }));
    return text;
}

TEST(Dispatcher, ACorrectionNamesTheOldFigureAndAWithdrawalNamesNone) {
    Bench bench;
    Running now(bench);
    start_games(now, 2);
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    const std::string seen = message_id(now, "fan-0");
    ASSERT_TRUE(command(
        *now.core, [&](Turn& turn) { return commit(turn, turn.world().messages.opened(seen)); }));
    bench.clock.advance(seconds(60));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, rescored(2)));
    ASSERT_TRUE(all_asked(now));
    const std::string corrected = last_text(now, "fan-0");
    EXPECT_NE(corrected.find("149.20 (earlier: 150.20)"), std::string::npos) << corrected;

    bench.clock.advance(seconds(60));
    auto disqualified = rescored(3);
    disqualified.results[0].irm = "DSQ";
    disqualified.results[0].rank = 0;
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, disqualified));
    ASSERT_TRUE(all_asked(now));
    const std::string withdrawn = last_text(now, "fan-0");
    EXPECT_NE(withdrawn.find("no longer stands"), std::string::npos) << withdrawn;
    EXPECT_EQ(last_text(now, "fan-1").find("no longer"), std::string::npos);
    EXPECT_EQ(sent_count(now), 4U);
}

TEST(Dispatcher, AResultThatAVersionLeavesOutIsTakenBackOnceAndMayComeBack) {
    Bench bench;
    Running now(bench);
    start_games(now, 2);
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    bench.clock.advance(seconds(60));
    auto without = noted(2, ResultStatus::kOfficial);
    without.results.erase(without.results.begin());
    for (auto& line : without.results)
        --line.rank;
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, without));
    ASSERT_TRUE(all_asked(now));
    const std::string withdrawn = last_text(now, "fan-0");
    EXPECT_NE(withdrawn.find("LIU"), std::string::npos) << withdrawn;
    EXPECT_NE(withdrawn.find("no longer stands"), std::string::npos) << withdrawn;
    EXPECT_EQ(last_text(now, "fan-1").find("no longer"), std::string::npos);
    const std::size_t sent = sent_count(now);

    bench.clock.advance(seconds(60));
    without.version = 3;
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, without));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(sent_count(now), sent);  // said already

    bench.clock.advance(seconds(60));
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, noted(4, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    EXPECT_NE(last_text(now, "fan-0").find("150.20"), std::string::npos);
}

TEST(Dispatcher, AnEventOfTheFanRevealsToo) {
    Bench bench;
    Running now(bench);
    start_games(now, 2);
    const auto say = [&](const std::string& id, const std::string& properties) {
        now.bring_in({event(id, "fan-0", "Spoiler State Set", properties)}, bench.clock.now());
    };
    say("s-1", R"("scope":"owg2026/FSK","state":"delayed","until":"2999-01-01T00:00:00Z")");
    say("s-2", R"("scope":"owg2026/FSK","state":"nonsense")");  // changes nothing
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(letter_reason(now, "fan-0"), "shielded");
    say("s-3", R"("scope":"owg2026/FSK","state":"finished")");
    now.resume();
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(letter_reason(now, "fan-0"), "send");
}

TEST(Dispatcher, ACorrectionReversesWhatWasBookedOnTheOldMessage) {
    Bench bench;
    Running now(bench);
    start_games(now, 4);
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_asked(now));
    for (const std::string user : {"fan-0", "fan-1"}) {  // of Liu, of Sakamoto
        now.bring_in(
            {event("o-" + user, user, "Order Completed",
                   R"("order_id":"order-)" + user + R"(","currency":"USD","total":"35.00",)" +
                       R"("message_id":")" + message_id(now, user) + "\"")},
            bench.clock.now());
    }
    const auto balance = [&](const std::string& account) {
        std::int64_t amount = 0;
        EXPECT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
            const auto& balances = turn.world().ledger.balances();
            const auto found = balances.find({account, "USD"});
            amount = found == balances.end() ? 0 : found->second;
            EXPECT_TRUE(turn.world().ledger.balanced());
        }));
        return amount;
    };
    ASSERT_EQ(balance("airline/share"), -700);
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, rescored(2)));
    ASSERT_TRUE(all_asked(now));
    EXPECT_EQ(balance("airline/share"), -350);
    EXPECT_EQ(balance("holder/receivable"), 7'000);
    ASSERT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        std::size_t corrections = 0;
        for (const auto& [id, entry] : turn.world().ledger.entries()) {
            if (entry.reason != "correction") continue;
            ++corrections;
            EXPECT_NE(id.find(kTrigger + "/2"), std::string::npos) << id;
        }
        EXPECT_EQ(corrections, 2U);
    }));
}

}  // namespace
}  // namespace altis::service
