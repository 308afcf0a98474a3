// The story, end to end: what `altis demo` prints, and what its data folder is good for afterwards.
#include <chrono>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <thread>

#include "altis_server.h"
#include "app/demo/population.h"
#include "app/demo/story.h"
#include "base/test_effort.h"
#include "games.h"

namespace altis::e2e {
namespace {

using codec::Json;

const std::uint32_t kFans = test_effort(20'000U, app::demo::kMinFans);
constexpr std::uint64_t kSeed = 2026;  // the demo's own

// Played once; the tests look at it from different sides.
struct Story {
    TemporaryFolder folder;
    std::string data = folder / "data";
    Finished finished;
    Json figures;
};

Story* story = nullptr;

class DemoTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        story = new Story();
        story->finished =
            run_altis({"demo", "--fans", std::to_string(kFans), "--json", "--data", story->data});
        story->figures = codec::parse_json(story->finished.output).value_or(Json());
    }
    static void TearDownTestSuite() {
        delete story;
        story = nullptr;
    }

    static const Json& figure(std::string_view key) { return story->figures[key]; }
};

Result<std::unique_ptr<Server>> serve_story() {
    return Server::start({story->data, "", {}});
}

// Rows per table once the warehouse has caught up with the journal.
Json settled_tables(Server& server) {
    return server.admin().get("/v1/warehouse?wait=1").json["tables"];
}

void write_file(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

TEST_F(DemoTest, SucceedsAndMeetsEveryPlantedFigure) {
    EXPECT_EQ(story->finished.status, 0) << story->finished.output;
    ASSERT_TRUE(figure("all_figures_met").is_bool()) << story->finished.output;
    EXPECT_TRUE(figure("all_figures_met").as_bool());
}

TEST_F(DemoTest, PrintsEveryKeyWithItsType) {
    for (const char* key :
         {"fans", "events_sent", "events_accepted", "events_duplicate", "events_rejected",
          "ingest_events_per_s", "cohort_performance", "segment_high_value", "messages_sent",
          "result_to_message_p99_ms", "purchases_attributed"}) {
        EXPECT_TRUE(figure(key).is_int()) << key;
    }
    for (const char* key : {"overlap_true", "overlap_answer", "overlap_low", "overlap_high",
                            "lift_true", "lift_answer", "lift_low"}) {
        EXPECT_TRUE(figure(key).is_number()) << key;
    }
    // Null: with so few fans the noise may leave no bound from above.
    EXPECT_TRUE(figure("lift_high").is_number() || figure("lift_high").is_null());
    for (const char* key : {"ledger_balanced", "killed_and_recovered", "journal_verified"}) {
        ASSERT_TRUE(figure(key).is_bool()) << key;
        EXPECT_TRUE(figure(key).as_bool()) << key;
    }
    EXPECT_DOUBLE_EQ(figure("epsilon_spent").as_double(), 1.0);
    EXPECT_TRUE(figure("refused").is_array());
    EXPECT_TRUE(figure("medals").is_array());
    EXPECT_TRUE(figure("messages_languages").is_object());
    EXPECT_TRUE(figure("erased_receipt").is_object());
}

TEST_F(DemoTest, CountsEventsPlausibly) {
    EXPECT_EQ(figure("fans").as_int(), kFans);
    const auto accepted = figure("events_accepted").as_int();
    EXPECT_GT(accepted, 4 * static_cast<std::int64_t>(kFans));
    EXPECT_GT(figure("events_duplicate").as_int(), 0);
    EXPECT_EQ(figure("events_rejected").as_int(), kFans / 200);
    // What was sent is kept once, recognised again, or refused; events of requests whose answer the
    // kill swallowed come back as duplicates.
    const auto kept_or_refused =
        accepted + figure("events_duplicate").as_int() + figure("events_rejected").as_int();
    EXPECT_GE(kept_or_refused, figure("events_sent").as_int());
}

TEST_F(DemoTest, AnswersTheRoomWithinIntervals) {
    for (const std::string name : {"overlap", "lift"}) {
        const double low = figure(name + "_low").as_double();
        const double high =
            figure(name + "_high").as_double(std::numeric_limits<double>::infinity());
        const double answer = figure(name + "_answer").as_double();
        EXPECT_LE(low, figure(name + "_true").as_double()) << name;
        EXPECT_GE(high, figure(name + "_true").as_double()) << name;
        EXPECT_LE(low, answer) << name;
        EXPECT_GE(high, answer) << name;
    }
    EXPECT_NEAR(figure("overlap_true").as_double(), 0.32, 0.01);
    EXPECT_NEAR(figure("lift_true").as_double(), 2.3, 0.15);
    std::set<std::string> refused;
    for (const Json& reason : figure("refused").items())
        refused.emplace(reason.as_string());
    EXPECT_EQ(refused,
              (std::set<std::string>{"rooms.budget_spent", "rooms.group_too_small",
                                     "rooms.not_approved", "rooms.template_not_approved"}));
}

TEST_F(DemoTest, AwardsTheOfficialMedals) {
    const auto& medals = figure("medals").items();
    ASSERT_EQ(medals.size(), 3U);
    EXPECT_EQ(medals[0]["name"].as_string(), "Alysa LIU");
    EXPECT_EQ(medals[0]["total"].as_string(), "226.79");
    EXPECT_EQ(medals[1]["total"].as_string(), "224.90");
    EXPECT_EQ(medals[2]["total"].as_string(), "219.16");
}

TEST_F(DemoTest, SendsMessagesInEachLanguageOnce) {
    std::int64_t sum = 0;
    for (const auto& [language, count] : figure("messages_languages").members())
        sum += count.as_int();
    EXPECT_EQ(sum, figure("messages_sent").as_int());
    EXPECT_GT(sum, 0);
    for (const char* language : {"en", "fr", "ja"})
        EXPECT_TRUE(figure("messages_languages").contains(language)) << language;
    EXPECT_LE(figure("purchases_attributed").as_int(), sum);
    EXPECT_GT(figure("purchases_attributed").as_int(), 0);
}

TEST_F(DemoTest, PlantsTheSameFiguresFromTheSameSeed) {
    const auto plant = [](std::uint64_t seed) {
        const app::demo::Population population(kFans, seed);
        app::demo::Truth truth;
        population.count(truth);
        static_cast<void>(population.airline_csv(truth));
        return truth;
    };
    const app::demo::Truth truth = plant(kSeed);
    EXPECT_EQ(static_cast<std::uint64_t>(figure("cohort_performance").as_int()),
              truth.cohort_performance);
    EXPECT_EQ(static_cast<std::uint64_t>(figure("segment_high_value").as_int()),
              truth.segment_high_value);
    EXPECT_EQ(static_cast<std::uint64_t>(figure("messages_sent").as_int()), truth.messages);
    EXPECT_DOUBLE_EQ(figure("overlap_true").as_double(), truth.overlap_share());
    EXPECT_DOUBLE_EQ(figure("lift_true").as_double(), truth.lift());
    EXPECT_NE(plant(kSeed + 1).segment_high_value, truth.segment_high_value);
}

TEST_F(DemoTest, LeavesAnIntactJournal) {
    const Finished verify = run_altis({"journal", "verify", "--data", story->data, "--json"});
    EXPECT_EQ(verify.status, 0) << verify.output;
    const Json found = codec::parse_json(verify.output).value_or(Json());
    EXPECT_TRUE(found["intact"].as_bool());
    EXPECT_TRUE(found["damages"].items().empty());

    const Finished stat = run_altis({"journal", "stat", "--data", story->data, "--json"});
    ASSERT_EQ(stat.status, 0);
    const Json counts = codec::parse_json(stat.output).value_or(Json());
    EXPECT_EQ(counts["last_offset"].as_int(), found["last_offset"].as_int());
    std::int64_t sum = 0;
    for (const auto& [type, count] : counts["records_by_type"].members())
        sum += count.as_int();
    EXPECT_EQ(sum, counts["last_offset"].as_int());
    EXPECT_GE(counts["records_by_type"]["fans.event"].as_int(), figure("events_accepted").as_int());
}

TEST_F(DemoTest, PrintsRecordsByTypeAndCount) {
    const Finished cat = run_altis({"journal", "cat", "--data", story->data, "--type",
                                    "rights.organisation_registered", "--count", "3"});
    ASSERT_EQ(cat.status, 0);
    EXPECT_EQ(std::count(cat.output.begin(), cat.output.end(), '\n'), 3) << cat.output;
    EXPECT_NE(cat.output.find("\"offset\":"), std::string::npos);
}

TEST_F(DemoTest, ServesTheSameSegmentsAfterwards) {
    const auto server = serve_story();
    ASSERT_TRUE(server) << server.error().message;
    Caller admin = (*server)->admin();
    // The operator owns no fans; only their owner sees how many there are.
    EXPECT_EQ(admin.get("/v1/segments/performance-motivation").status, 403);
    const auto key = issue_key(admin, "afterwards", "la28", {"segments", "fans"});
    ASSERT_TRUE(key) << key.error().message;
    Caller owner = (*server)->caller(*key);
    // The erased fan was one of the cohort.
    EXPECT_EQ(owner.get("/v1/segments/performance-motivation").json["size"].as_int(),
              figure("cohort_performance").as_int() - 1);
    EXPECT_EQ(owner.get("/v1/fans/stats").json["fans"].as_int(), kFans - 1);
    EXPECT_EQ((*server)->stop(), 0);
}

TEST_F(DemoTest, RebuildsTheWarehouseToTheSameRows) {
    const auto server = serve_story();
    ASSERT_TRUE(server) << server.error().message;
    const Json before = settled_tables(**server);
    ASSERT_FALSE(before.members().empty());
    ASSERT_EQ((*server)->stop(), 0);

    const Finished rebuild = run_altis({"warehouse", "rebuild", "--data", story->data, "--json"});
    ASSERT_EQ(rebuild.status, 0) << rebuild.output;
    EXPECT_EQ(codec::parse_json(rebuild.output).value_or(Json())["damages"].as_int(-1), 0);

    ASSERT_TRUE((*server)->start_again());
    EXPECT_EQ(settled_tables(**server).to_string(), before.to_string());
}

TEST_F(DemoTest, GivesRoomAnswersThatVerifyOffline) {
    const auto server = serve_story();
    ASSERT_TRUE(server) << server.error().message;
    Caller admin = (*server)->admin();
    const auto key = issue_key(admin, "airline-again", "airline", {"rooms"});
    ASSERT_TRUE(key) << key.error().message;
    const Reply answer = (*server)->caller(*key).post(
        "/v1/rooms/la28-airline/questions",
        Json::object(
            {{"template", "overlap"}, {"epsilon_micro", 400'000}, {"confidence_percent", "99.9"}}));
    ASSERT_EQ(answer.status, 200) << answer.text;

    const std::string file = story->folder / "answer.json";
    write_file(file, answer.text);
    EXPECT_EQ(run_altis({"rooms", "verify", file}).status, 0);
    Json forged = answer.json;
    Json overlap = forged["figures"].items().front();
    overlap.set("value", 0.9);
    forged.set("figures", Json::array({overlap}));
    write_file(file, forged.to_string());
    const Finished refused = run_altis({"rooms", "verify", file}, Capture::kEverything);
    EXPECT_NE(refused.status, 0) << refused.output;
}

}  // namespace
}  // namespace altis::e2e
