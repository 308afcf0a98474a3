// The systems together over a journal that fails: nothing acknowledged is lost, nothing is doubled,
// and every way back to the state gives the same state.
#include <functional>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/test_effort.h"
#include "cleanroom/rooms_book.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kSkater = "1000001";

struct Running {
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;

    explicit Running(std::unique_ptr<Core> opened) : core(std::move(opened)) {}

    // Reading the secrets writes them in a new folder.
    Result<void> begin() {
        TRY(secrets, read_secrets(core->vault()));
        TRY(dispatcher, Dispatcher::create(streams, secrets));
        return {};
    }
};

Result<void> bring_in(Running& now, const std::vector<std::string>& events) {
    TRY_VOID(bring(*now.core, now.secrets, batch_of(events), results::fixture::now()));
    return {};
}

crypto::Fingerprint user(const Running& now, std::string_view id) {
    return fans::user_fingerprint(now.secrets.ingest, id);
}

std::string message_of(Running& now, std::string_view id) {
    std::string message;
    static_cast<void>(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        const SubjectId fan = turn.world().fans.find_fan(user(now, id));
        message = messages::message_id(
            now.secrets.message_ids, "results/owg2026/" + std::string(results::fixture::kFreeSkate),
            fan);
    }));
    return message;
}

// The core's part of an erasure, as the flow does it.
Result<void> erase(Running& now, std::string_view id) {
    std::vector<SubjectId> doomed;
    const auto decided = command(*now.core, [&](Turn& turn) -> Result<void> {
        TRY(auto decision, turn.world().fans.decide_forget(user(now, id)));
        doomed = decision.subjects;
        turn.commit(std::move(decision.drafts));
        for (const SubjectId subject : doomed) {
            TRY_VOID(turn.commit(turn.world().rights.forget(subject)));
            TRY_VOID(turn.commit(turn.world().campaigns.forget(subject)));
            TRY_VOID(turn.commit(turn.world().messages.forget(subject)));
        }
        return {};
    });
    if (!decided) return decided;
    for (const SubjectId subject : doomed)
        TRY_VOID(now.core->vault().destroy(subject));
    return snapshot_of(*now.core);
}

Result<void> hold_room(Running& now) {
    return command(*now.core, [&](Turn& turn) -> Result<void> {
        const World& world = turn.world();
        cleanroom::Dataset customers;
        customers.schema.key_column = "email";
        customers.rows = customers.people = 2;
        customers.commitment = "aa";
        customers.file = "f1";
        customers.treasury = world.rights.organisation("airline")->treasury;
        TRY_VOID(turn.commit(world.treasury.import_dataset("airline", "customers", customers)));
        cleanroom::Room room;
        room.id = "flights";
        room.owners = {{"left", {"holder", "segment:" + std::string(kCohort)}, 2'000'000, {}},
                       {"right", {"airline", "customers"}, 2'000'000, {}}};
        room.templates = {"overlap"};
        room.edition = kGames;
        room.purpose = "clean_room";
        room.minimum_group = 50;
        room.askers = room.receivers = {"airline"};
        room.until = turn.now() + days(100);
        if (world.rooms.room("flights") == nullptr) {
            TRY_VOID(turn.commit(world.rooms.propose(room, "airline", turn.now())));
        }
        TRY_VOID(turn.commit(world.rooms.approve("flights", "holder", turn.now())));
        TRY_VOID(turn.commit(world.rooms.approve("flights", "airline", turn.now())));
        const cleanroom::Question question{"flights", "airline", "overlap", {}, 400'000};
        cleanroom::Schema schema;
        schema.key_column = "email";
        TRY(const auto* entry, world.rooms.askable("flights", "airline", turn.now()));
        TRY(const auto prepared,
            cleanroom::prepare(entry->room, question,
                               std::vector{&std::as_const(schema), &std::as_const(schema)}));
        TRY(auto asked, world.rooms.ask(*entry, question, prepared, {"aa", "bb"}, turn.now()));
        turn.commit(std::move(asked.drafts));
        return {};
    });
}

Result<void> buy(Running& now, const std::string& who, const std::string& order) {
    return bring_in(now,
                    {event("b-" + order, who, "Order Completed",
                           R"("order_id":")" + order + R"(","currency":"USD","total":"35.00",)" +
                               R"("message_id":")" + message_of(now, who) + R"(")")});
}

Result<void> issue_key(Running& now) {
    const auto issued = command(*now.core, [](Turn& turn) {
        rights::ApiKey key;
        key.id = "app";
        key.organisation = "holder";
        key.edition = kGames;
        key.scopes = {"ingest"};
        key.secret_hash = std::string(64, 'a');
        return commit(turn, turn.world().rights.issue_key(key));
    });
    // A key is never issued twice: who asks again has it.
    if (!issued && issued.error().reason == "rights.exists") return {};
    return issued;
}

std::vector<std::string> three_fans() {
    std::vector<std::string> events;
    for (const char* fan : {"fan-1", "fan-2", "fan-3"}) {
        for (const std::string& one : fan_events(fan, kSkater))
            events.push_back(one);
    }
    // A device that turns out to be fan-2's.
    events.push_back(R"({"type":"track","messageId":"d1","anonymousId":"device",)"
                     R"("event":"Content Viewed","properties":{"kind":"replay","dwell_ms":5}})");
    events.push_back(R"({"type":"identify","messageId":"d2","anonymousId":"device",)"
                     R"("userId":"fan-2","traits":{"email":"b@example.org"}})");
    return events;
}

// One step after another; each may be repeated, and then changes nothing.
using Step = std::function<Result<void>(Running&)>;
std::vector<Step> story() {
    return {
        [](Running& now) { return open_games(*now.core); },
        [](Running& now) { return issue_key(now); },
        [](Running& now) { return bring_in(now, three_fans()); },
        [](Running& now) { return hold_room(now); },
        [](Running& now) { return schedule(*now.core); },
        [](Running& now) -> Result<void> {
            TRY_VOID(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
            if (all_sent(*now.core)) return {};
            return fail(Code::kUnavailable, "test.not_sent", "the messages were not sent");
        },
        [](Running& now) { return buy(now, "fan-1", "order-1"); },
        [](Running& now) -> Result<void> {
            const auto done = erase(now, "fan-3");
            if (!done && done.error().reason == "fans.unknown_fan") return {};
            return done;
        }};
}

// Plays the story until a step fails; gives how many were acknowledged.
std::size_t play(Running& now) {
    std::size_t done = 0;
    for (const Step& step : story()) {
        if (!step(now)) return done;
        ++done;
    }
    return done;
}

void expect_the_end(Running& now) {
    ASSERT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        const World& world = turn.world();
        EXPECT_EQ(world.fans.counts().fans, 2U);
        EXPECT_EQ(world.fans.find_fan(user(now, "fan-3")), kNoSubject);
        EXPECT_EQ(world.messages.sent(), 2U);
        EXPECT_EQ(world.campaigns.attributed_sales(), 1U);
        EXPECT_EQ(world.ledger.entries().size(), 1U);
        EXPECT_TRUE(world.ledger.balanced());
        EXPECT_EQ(world.rooms.ledger().spent({"airline", "customers"}), 400'000);
        EXPECT_FALSE(
            world.results.medals(results::fixture::in_games(results::fixture::kFreeSkate)).empty());
        for (const SubjectId gone : world.fans.forgotten_subjects())
            EXPECT_FALSE(now.core->vault().is_alive(gone));
    }));
}

void check_ways_back(Bench& bench) {
    crypto::Digest live{};
    {
        const auto core = bench.open();
        live = state_of(*core);
    }
    EXPECT_EQ(state_of(*bench.open()), live) << "after a snapshot";
    bench.drop_snapshots();
    EXPECT_EQ(state_of(*bench.open()), live) << "after a full replay";
}

// What was acknowledged is there: doing it again writes nothing. Then the story goes on to its end.
void check_after_crash(Bench& bench, std::size_t acknowledged) {
    check_ways_back(bench);
    Running again(bench.open());
    ASSERT_TRUE(again.begin());
    const auto steps = story();
    bool is_fan_3_gone = false;  // then her events are new ones
    ASSERT_TRUE(again.core->run(TaskKind::kRead, [&](Turn& turn) {
        is_fan_3_gone = !turn.world().fans.forgotten_subjects().empty();
    }));
    for (std::size_t i = 0; i < acknowledged; ++i) {
        const journal::Offset before = again.core->journal().last_submitted();
        const auto repeated = steps[i](again);
        ASSERT_TRUE(repeated) << "step " << i << ": " << repeated.error().message;
        if (is_fan_3_gone && i >= 2) continue;
        EXPECT_EQ(again.core->journal().last_submitted(), before) << "step " << i;
    }
    ASSERT_TRUE(
        again.core->run(TaskKind::kRead, [&](Turn& turn) { again.dispatcher->wake(turn); }));
    const std::size_t done = play(again);
    ASSERT_EQ(done, steps.size());
    expect_the_end(again);
}

TEST(Flows, TheStoryEndsAsPlannedAndEveryWayBackGivesItsState) {
    Bench bench;
    {
        Running now(bench.open());
        ASSERT_TRUE(now.begin());
        ASSERT_EQ(play(now), story().size());
        expect_the_end(now);
    }
    check_ways_back(bench);
}

TEST(Flows, ACrashAtEveryCallLosesNothingAcknowledgedAndDoublesNothing) {
    std::uint64_t calls = 0;
    {
        Bench bench;
        Running now(bench.open());
        ASSERT_TRUE(now.begin());
        ASSERT_EQ(play(now), story().size());
        now.core->stop();
        calls = bench.files.changing_calls();
    }
    const platform::CrashStyle styles[] = {platform::CrashStyle::kDropUnsynced,
                                           platform::CrashStyle::kTearAtByte,
                                           platform::CrashStyle::kScatterSectors};
    const std::uint64_t stride = test_effort(1, 7);  // 7: the styles still take turns
    for (std::uint64_t call = 1; call <= calls; call += stride) {
        SCOPED_TRACE(testing::Message() << "call " << call << " of " << calls);
        Bench bench;
        std::size_t acknowledged = 0;
        bench.files.stop_at_call(call);
        if (auto core = bench.try_open()) {
            Running now(std::move(*core));
            if (now.begin()) acknowledged = play(now);
            bench.files.stop_at_call(1);  // also where all of the story came through
        }
        bench.files.crash(styles[call % 3], call);
        check_after_crash(bench, acknowledged);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(Flows, AnInterruptedErasureIsFinishedByTheNextStart) {
    Bench bench;
    SubjectId doomed = kNoSubject;
    std::string old_snapshot;
    {
        Running now(bench.open());
        ASSERT_TRUE(now.begin());
        ASSERT_GE(play(now), 7U);
        ASSERT_TRUE(snapshot_of(*now.core));
        old_snapshot = bench.files.list(kData + "/snapshots").value().front();
        // The record alone becomes durable, then the power goes.
        ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
            TRY(auto decision, turn.world().fans.decide_forget(user(now, "fan-1")));
            doomed = decision.subjects.front();
            turn.commit(std::move(decision.drafts));
            return {};
        }));
        EXPECT_TRUE(now.core->vault().is_alive(doomed));
        bench.cut_power(now.core);
    }
    const auto core = bench.open();
    EXPECT_FALSE(core->vault().is_alive(doomed));
    const auto names = bench.files.list(kData + "/snapshots").value();
    ASSERT_EQ(names.size(), 1U);
    EXPECT_NE(names.front(), old_snapshot);
}

TEST(Flows, AnInterruptedErasureIsFinishedOnAFullDiskToo) {
    Bench bench;
    SubjectId doomed = kNoSubject;
    {
        Running now(bench.open());
        ASSERT_TRUE(now.begin());
        ASSERT_GE(play(now), 7U);
        ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
            TRY(auto decision, turn.world().fans.decide_forget(user(now, "fan-1")));
            doomed = decision.subjects.front();
            turn.commit(std::move(decision.drafts));
            return {};
        }));
        bench.cut_power(now.core);
    }
    bench.files.set_quota_bytes(0);
    EXPECT_FALSE(bench.open()->vault().is_alive(doomed));
}

TEST(Flows, ABatchLargerThanATurnTakesSeveral) {
    Bench bench;
    Running now(bench.open());
    ASSERT_TRUE(now.begin());
    ASSERT_TRUE(open_games(*now.core));
    std::vector<std::string> events;
    for (int i = 0; i < 10'000; ++i)
        events.push_back(consent("m" + std::to_string(i), "fan-1", i % 2 == 0));
    const auto outcome = bring(*now.core, now.secrets, batch_of(events), bench.clock.now());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->accepted, 10'000U);
    const auto again = bring(*now.core, now.secrets, batch_of(events), bench.clock.now());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->duplicate, 10'000U);
}

TEST(Flows, ConsentFollowsTheFanThroughLinksInAnyOrder) {
    Bench bench;
    Running now(bench.open());
    ASSERT_TRUE(now.begin());
    ASSERT_TRUE(open_games(*now.core));
    const auto allows = [&](std::string_view id) {
        bool allowed = false;
        EXPECT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
            allowed = turn.world().has_consent(turn.world().fans.find_fan(user(now, id)),
                                               rights::Purpose::kMessages, kGames);
        }));
        return allowed;
    };
    // The number of an event is also its second.
    const auto decide = [](int second, const std::string& whom, bool given) {
        return R"({"type":"track","messageId":")" + std::to_string(second) + R"(",)" + whom +
               R"(,"timestamp":"2026-02-19T20:00:0)" + std::to_string(second) +
               R"(Z","event":"Consent Updated","properties":{"purpose":"messages","given":)" +
               (given ? "true" : "false") + "}}";
    };
    const auto device = [&](int second, const std::string& name, bool given) {
        return decide(second, R"("anonymousId":")" + name + R"(")", given);
    };
    const auto fan_a = [&](int second, bool given) {
        return decide(second, R"("userId":"fan-a")", given);
    };
    const auto join = [](const std::string& id, const std::string& name, const std::string& fan) {
        return R"({"type":"identify","messageId":")" + id + R"(","anonymousId":")" + name +
               R"(","userId":")" + fan + R"("})";
    };
    // A device agreed before it was known whose it is; the fan's own number is lower or higher.
    ASSERT_TRUE(bring_in(now, {device(1, "d1", true), join("2", "d1", "fan-a")}));
    EXPECT_TRUE(allows("fan-a"));
    ASSERT_TRUE(bring_in(now, {fan_a(3, false)}));
    EXPECT_FALSE(allows("fan-a"));
    ASSERT_TRUE(bring_in(now, {fan_a(4, true), device(5, "d2", true), join("6", "d2", "fan-a")}));
    EXPECT_TRUE(allows("fan-a"));
    // Later the person said no on another device: that counts when both turn out to be one.
    ASSERT_TRUE(bring_in(now, {device(7, "d3", false), join("8", "d3", "fan-a")}));
    EXPECT_FALSE(allows("fan-a"));
    // And no longer when it is somebody else's after all.
    ASSERT_TRUE(command(*now.core, [&](Turn& turn) -> Result<void> {
        return commit(turn, turn.world().fans.decide_unlink(
                                user(now, "fan-a"),
                                fans::anonymous_fingerprint(now.secrets.ingest, "d3"), "a friend"));
    }));
    EXPECT_TRUE(allows("fan-a"));
}

TEST(Flows, AKeyOfOneEditionCannotGiveConsentForAnotherOwnersEdition) {
    Bench bench;
    Running now(bench.open());
    ASSERT_TRUE(now.begin());
    ASSERT_TRUE(open_games(*now.core));
    ASSERT_TRUE(command(*now.core, [](Turn& turn) -> Result<void> {
        TRY_VOID(turn.commit(turn.world().rights.open_edition({"og2028", "Next"})));
        return commit(turn, turn.world().rights.assign_ownership(
                                "airline", rights::Category::kFanEngagement, "og2028"));
    }));
    ASSERT_TRUE(bring_in(now, {event("1", "fan-1", "Consent Updated",
                                     R"("purpose":"messages","edition":"og2028","given":true)")}));
    ASSERT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) {
        EXPECT_FALSE(turn.world().has_consent(turn.world().fans.find_fan(user(now, "fan-1")),
                                              rights::Purpose::kMessages, "og2028"));
    }));
}

// ---- any commands in any order ------------------------------------------------------------------

std::string random_event(int id) {
    const auto whom = "fan-" + std::to_string(*rc::gen::inRange(0, 6));
    const auto device = "device-" + std::to_string(*rc::gen::inRange(0, 4));
    const std::string name = "e" + std::to_string(*rc::gen::inRange(0, 2) == 0 ? id : id / 2);
    switch (*rc::gen::inRange(0, 7)) {
        case 0:
            return consent(name, whom, *rc::gen::arbitrary<bool>());
        case 1:
            return event(name, whom, "Athlete Followed", R"("athlete":"1000001")");
        case 2:
            return R"({"type":"identify","messageId":")" + name + R"(","anonymousId":")" + device +
                   R"(","userId":")" + whom + R"("})";
        case 3:
            return R"({"type":"track","messageId":")" + name + R"(","anonymousId":")" + device +
                   R"(","event":"Content Viewed","properties":{"kind":"replay","dwell_ms":7}})";
        case 4:
            return R"({"type":"alias","messageId":")" + name + R"(","previousId":")" + device +
                   R"(","userId":")" + whom + R"("})";
        case 5:
            return R"({"type":"track","messageId":)" + std::to_string(id) + "}";
        default:
            return event(name, whom, "Content Viewed",
                         R"("kind":"technical_chart","dwell_ms":1000)");
    }
}

void random_step(Running& now, int step) {
    const auto whom = "fan-" + std::to_string(*rc::gen::inRange(0, 6));
    switch (*rc::gen::inRange(0, 10)) {
        case 0: {
            auto message =
                free_skate(step + 1, *rc::gen::element(ResultStatus::kLive, ResultStatus::kOfficial,
                                                       ResultStatus::kProtested));
            message.note = "Because";
            static_cast<void>(publish(*now.core, *now.dispatcher, message));
            RC_ASSERT(all_sent(*now.core));
            return;
        }
        case 1:
            RC_ASSERT(buy(now, whom, "o" + std::to_string(step / 2)).has_value());
            return;
        case 2:
            RC_ASSERT(bring_in(now, {event("o" + std::to_string(step), whom, "Message Opened",
                                           R"("message_id":")" + message_of(now, whom) + R"(")")})
                          .has_value());
            return;
        case 3:
            static_cast<void>(erase(now, whom));
            return;
        case 4:
            static_cast<void>(command(*now.core, [&](Turn& turn) {
                return commit(turn, turn.world().fans.decide_segment(
                                        kCohort, fans::SegmentKind::kCohort,
                                        "dwell(technical_chart) > " + std::to_string(step)));
            }));
            return;
        default: {
            std::vector<std::string> events;
            const int count = *rc::gen::inRange(1, 8);
            for (int i = 0; i < count; ++i)
                events.push_back(random_event(step * 10 + i));
            RC_ASSERT(bring_in(now, events).has_value());
        }
    }
}

RC_GTEST_PROP(Flows, AnyHistoryGivesTheSameStateLiveRestartedAndReplayed, ()) {
    Bench bench;
    crypto::Digest live{};
    const int steps = *rc::gen::inRange(1, 25);
    const int restart_at = *rc::gen::inRange(0, 25);
    auto now = std::make_unique<Running>(bench.open());
    RC_ASSERT(now->begin().has_value());
    RC_ASSERT(open_games(*now->core).has_value());
    RC_ASSERT(schedule(*now->core).has_value());
    for (int step = 0; step < steps; ++step) {
        random_step(*now, step);
        if (step != restart_at) continue;
        live = state_of(*now->core);
        bench.cut_power(now);
        now = std::make_unique<Running>(bench.open());
        RC_ASSERT(now->begin().has_value());
        RC_ASSERT(state_of(*now->core) == live);
    }
    live = state_of(*now->core);
    now.reset();
    RC_ASSERT(state_of(*bench.open()) == live);
    bench.drop_snapshots();
    RC_ASSERT(state_of(*bench.open()) == live);
}

}  // namespace
}  // namespace altis::service
