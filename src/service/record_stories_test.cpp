#include <gtest/gtest.h>

#include "service/result_stories.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using results::RecordMark;
using results::RecordStatus;

const std::string kEvent = "ATHM100M--------------------------";
const std::string kUnit = "ATHM100M--------------FNL-000100--";
const std::string kLiu = "1000001";
constexpr const char* kLink = "https://app.example.org/unit";

// A final whose winner ran so fast, and a record of before.
struct Race {
    Bench bench;
    std::unique_ptr<Core> core = bench.open();

    Race() {
        EXPECT_TRUE(open_games(*core));
        EXPECT_TRUE(command(*core, [](Turn& turn) {
            results::Unit unit = results::fixture::medal_unit(kUnit);
            unit.start = civil_date(2026, 2, 19) + seconds(20 * 3600);
            return commit(turn, turn.world().results.register_unit(unit));
        }));
    }
    ~Race() { core->stop(); }

    void stands(const char* type, const char* result) {
        RecordMark mark;
        mark.of = {kEvent, type, ""};
        mark.result = result;
        mark.result_type = "TIME";
        mark.better = results::Better::kLower;
        mark.name = "Holder";
        mark.edition = kGames;
        mark.set_at = civil_date(2009, 8, 16);
        mark.source = "federation";
        const auto done = command(*core, [&](Turn& turn) {
            return commit(
                turn, turn.world().record_marks.claim(mark, RecordStatus::kRatified, turn.now()));
        });
        EXPECT_TRUE(done) << done.error().message;
    }
    void runs(const char* result) {
        auto message = results::fixture::free_skate(1, results::ResultStatus::kOfficial);
        message.document_code = kUnit;
        message.results.resize(1);
        message.results[0].extended.clear();
        message.results[0].result = result;
        message.results[0].result_type = "TIME";
        const auto done = command(*core, [&](Turn& turn) {
            return commit(turn, turn.world().results.receive(message, turn.now()));
        });
        EXPECT_TRUE(done) << done.error().message;
    }
    ToldStory story() {
        ToldStory told;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            const auto lines = turn.world().results.facts({kGames, kUnit});
            told = result_story(turn.world(), lines.at(0), kLink);
        }));
        return told;
    }
    std::string claim() {
        const ToldStory told = story();
        const messages::Fact* const record = messages::find_fact(told.facts, "record");
        return record == nullptr ? "none" : record->text;
    }
    void decide(RecordStatus status, const char* key) {
        const auto done = command(*core, [&](Turn& turn) {
            results::DecisionRequest request;
            request.number = entry(turn.world());
            request.status = status;
            request.reason = "protocol";
            return commit(turn, turn.world().record_marks.decide(request, key, turn.now()));
        });
        EXPECT_TRUE(done) << done.error().message;
    }
    // The world record that the race has set.
    static std::uint64_t entry(const World& world) {
        for (const auto& of : world.record_marks.classes({kUnit, "WR", {}}))
            for (const auto* known : world.record_marks.history(of, {}))
                if (known->mark.unit == kUnit) return known->number;
        return 0;
    }
};

TEST(RecordStories, SayThatAResultIsAWorldRecordAndWhetherItIsRatified) {
    Race race;
    race.stands("WR", "9.69");
    race.stands("OR", "9.69");
    race.runs("9.58");
    const ToldStory told = race.story();
    EXPECT_EQ(told.story, "medal_record");
    const messages::Fact* const record = messages::find_fact(told.facts, "record");
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->text, "world_record_pending");
    ASSERT_EQ(record->proof.size(), 2U);
    EXPECT_EQ(record->proof[0].source, record->source);
    EXPECT_EQ(record->proof[0].value, *Decimal::parse("9.58"));
    EXPECT_EQ(record->proof[1].value, *Decimal::parse("9.69"));
    race.decide(RecordStatus::kRatified, "key-1");
    EXPECT_EQ(race.claim(), "world_record");
    race.decide(RecordStatus::kAnnulled, "key-1");
    race.decide(RecordStatus::kAnnulled, "key-2");
    EXPECT_EQ(race.claim(), "olympic_record_pending");
}

TEST(RecordStories, SayNothingOfWhatEqualsARecordOrIsNone) {
    Race race;
    race.stands("WR", "9.58");
    race.runs("9.58");
    EXPECT_EQ(race.claim(), "none");
    EXPECT_EQ(race.story().story, "medal");
    Race slower;
    slower.stands("WR", "9.58");
    slower.stands("OR", "9.63");
    slower.runs("9.60");
    EXPECT_EQ(slower.claim(), "olympic_record_pending");
    Race first;
    first.runs("9.60");
    EXPECT_EQ(first.claim(), "none");
}

}  // namespace
}  // namespace altis::service
