// The spoiler shield: two worlds that differ in nothing but how events end show a shielded fan the
// same bytes before the reveal.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

#include "base/test_effort.h"
#include "service/decision_letter.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::ResultStatus;

// 10,000 with ALTIS_SHIELD_PAIRS=10000.
std::size_t pairs_to_try() {
    const char* asked = std::getenv("ALTIS_SHIELD_PAIRS");
    return asked == nullptr ? test_effort<std::size_t>(150, 20) : std::strtoull(asked, nullptr, 10);
}

const std::string kFollowed = "1000001";

std::string unit_code(std::size_t number) {
    char code[40];
    std::snprintf(code, sizeof code, "FSKWSINGLES-----------FNL-%06zu--", number + 200);
    return code;
}

std::string points(int hundredths) {
    char text[16];
    std::snprintf(text, sizeof text, "%d.%02d", hundredths / 100, hundredths % 100);
    return text;
}

// An outcome of the three skaters of the fixture: any order, any scores, now and then without one.
results::OdfMessage outcome(const std::string& unit, std::mt19937& dice) {
    auto skaters = results::fixture::skaters();
    std::ranges::shuffle(skaters, dice);
    results::OdfMessage message = results::fixture::envelope(results::OdfType::kResult, unit, 1);
    message.status = ResultStatus::kOfficial;
    int rank = 0;
    int best = 24'000;
    for (auto& skater : skaters) {
        best -= static_cast<int>(dice() % 900) + 1;
        const int free = best - 7'500;
        skater.short_program = points(7'500);
        skater.free = points(free);
        skater.total = points(best);
        skater.rank = ++rank;
        auto line = results::fixture::line_of(skater);
        if (dice() % 8 == 0) {  // did not finish
            line.irm = "DNF";
            line.rank = 0;
            line.result.clear();
            line.extended.clear();
            --rank;
        }
        message.results.push_back(line);
    }
    return message;
}

// One of the two worlds. Both have the same secrets, so that equal things have equal ids.
struct Side {
    Bench bench;
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;
    journal::Offset read = 0;

    explicit Side(const Secrets* shared) : core(bench.open()) {
        secrets = shared == nullptr ? read_secrets(core->vault()).value() : *shared;
        dispatcher = std::move(*Dispatcher::create(streams, secrets));
    }
    ~Side() { core->stop(); }

    void begin() {
        ASSERT_TRUE(open_games(*core));
        std::vector<std::string> events;
        for (const std::string user : {"shielded", "open"}) {
            for (const std::string& one : fan_events(user, kFollowed))
                events.push_back(one);
        }
        ASSERT_TRUE(bring(*core, secrets, batch_of(events), bench.clock.now()));
        wish({"owg2026/FSK", messages::SpoilerState::kDelayed, bench.clock.now() + days(40'000)});
    }

    void wish(const messages::SpoilerWish& wanted) {
        ASSERT_TRUE(command(*core, [&](Turn& turn) -> Result<void> {
            const auto fan = fan_called(turn, "shielded");
            TRY_VOID(turn.commit(turn.world().preferences.set_spoiler(fan, wanted)));
            dispatcher->ask_again(turn, turn.world().fans.subjects(fan));
            return {};
        }));
    }

    fans::FanId fan_called(Turn& turn, const std::string& user) const {
        return turn.world().fans.find_fan(fans::user_fingerprint(secrets.ingest, user));
    }

    void publish_outcome(const results::OdfMessage& message) {
        bench.clock.advance(days(1));  // so that no cap is reached
        ASSERT_TRUE(command(*core, [&](Turn& turn) {
            return commit(turn, turn.world().results.register_unit(
                                    results::fixture::medal_unit(message.document_code)));
        }));
        ASSERT_TRUE(publish(*core, *dispatcher, message));
        ASSERT_TRUE(all_sent(*core));
    }

    // All that reached the fan since the last call, byte for byte with its moment, and the letter.
    std::string seen_by(const std::string& user, const std::string& trigger,
                        journal::Offset after) {
        std::string seen;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            const auto fan = fan_called(turn, user);
            const auto reader = core->journal().read(after + 1).value();
            journal::Record record;
            while (reader->next(record).value()) {
                read = record.offset;
                if (record.type != "messages.sent" || record.subject != fan) continue;
                seen += format_rfc3339(record.time) + " " +
                        message_event(turn.world().messages, record.payload).data + "\n";
            }
            seen += decision_letter(turn.world(), trigger, fan, turn.now()).to_string();
        }));
        return seen;
    }
};

TEST(SpoilerShield, NothingBeforeTheRevealDependsOnTheOutcome) {
    const std::size_t pairs = pairs_to_try();
    std::mt19937 dice(5);
    Side one(nullptr);
    Side other(&one.secrets);
    one.begin();
    other.begin();
    std::size_t notices = 0;
    std::size_t differ_for_others = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        const std::string unit = unit_code(i);
        const std::string trigger = "results/owg2026/" + unit;
        const journal::Offset before_one = one.read;
        const journal::Offset before_other = other.read;
        one.publish_outcome(outcome(unit, dice));
        other.publish_outcome(outcome(unit, dice));
        const std::string seen = one.seen_by("shielded", trigger, before_one);
        ASSERT_EQ(seen, other.seen_by("shielded", trigger, before_other)) << "pair " << i;
        notices += seen.find("\"kind\":\"notice\"") != std::string::npos ? 1 : 0;
        ASSERT_NE(seen.find("\"title\":\"Decided: "), std::string::npos) << seen;
        differ_for_others +=
            one.seen_by("open", trigger, before_one) != other.seen_by("open", trigger, before_other)
                ? 1
                : 0;
    }
    std::printf(
        "%zu pairs of outcomes, the same bytes for the shielded fan; %zu notices; "
        "%zu pairs differ for a fan without shield\n",
        pairs, notices, differ_for_others);
    EXPECT_EQ(notices, pairs);
    EXPECT_GT(differ_for_others * 10, pairs * 8);

    // The reveal delivers.
    one.bench.clock.advance(days(1));
    const journal::Offset before = one.read;
    one.wish({"owg2026/FSK", messages::SpoilerState::kFinished, {}});
    for (int i = 0; i < 2'000; ++i) {
        bool is_done = false;
        ASSERT_TRUE(one.core->run(TaskKind::kRead, [&](Turn& turn) {
            is_done = turn.world().messages.due(turn.now()).empty();
        }));
        if (is_done) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const std::string revealed = one.seen_by("shielded", "results/owg2026/" + unit_code(0), before);
    EXPECT_NE(revealed.find("\"kind\":\"result\""), std::string::npos);
}

}  // namespace
}  // namespace altis::service
