// A language model behind the dispatcher: whatever its server answers, what is sent is right.
#include <gtest/gtest.h>
#include <map>

#include "messages/lies.h"
#include "service/lying_server.h"
#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using messages::lies::replaced;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kLiu = "1000001";

struct Told {
    std::string text;
    std::size_t proof = 0;  // places that are proved
    bool operator==(const Told&) const = default;
};

struct Running {
    std::unique_ptr<Core> core;
    Secrets secrets;
    server::StreamHub streams;
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<ModelDesk> desk;

    explicit Running(Bench& bench, const LyingServer* server = nullptr,
                     Duration budget = milliseconds(kModelTimeoutMs))
        : core(bench.open()) {
        secrets = read_secrets(core->vault()).value();
        dispatcher = std::move(*Dispatcher::create(streams, secrets));
        if (server == nullptr) return;
        ModelOptions options;
        options.server = server->address();
        options.name = "m";
        options.budget = budget;
        desk = std::move(*ModelDesk::start(std::move(options)));
        EXPECT_TRUE(dispatcher->use_model(*desk, *core));
    }
    ~Running() {
        if (desk) desk->stop();
        core->stop();
    }

    void begin() {
        ASSERT_TRUE(open_games(*core));
        ASSERT_TRUE(schedule(*core));
        std::vector<std::string> events;
        for (const char* user : {"fan-1", "fan-2", "fan-3"})
            for (const std::string& one : fan_events(user, kLiu))
                events.push_back(one);
        ASSERT_TRUE(bring(*core, secrets, batch_of(events), results::fixture::now()));
    }

    // By user, what was sent.
    std::multimap<std::string, Told> told() {
        std::multimap<std::string, Told> all;
        EXPECT_TRUE(core->run(TaskKind::kRead, [&](Turn& turn) {
            const auto reader = core->journal().read(1).value();
            journal::Record record;
            while (reader->next(record).value()) {
                if (record.type != "messages.sent") continue;
                const auto json = codec::parse_json(record.payload).value();
                const auto why = turn.world().messages.explain(json["message"].as_string()).value();
                all.emplace(json["user"].as_string(), Told{std::string(why["text"].as_string()),
                                                           why["proof"].items().size()});
            }
        }));
        return all;
    }
};

// What each of three fans is told by a server that answers so; all the same, or nothing.
Told told_with(LyingServer::Answer answer, Duration budget = milliseconds(kModelTimeoutMs)) {
    const LyingServer server(std::move(answer));
    Bench bench;
    Running now(bench, &server, budget);
    now.begin();
    EXPECT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    EXPECT_TRUE(all_sent(*now.core));
    const auto all = now.told();
    EXPECT_EQ(all.size(), 3U);
    for (const auto& [user, told] : all)
        EXPECT_EQ(told, all.begin()->second);
    EXPECT_GT(server.asked(), 0U);
    return all.empty() ? Told{} : all.begin()->second;
}

Told told_by_templates() {
    Bench bench;
    Running now(bench);
    now.begin();
    EXPECT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    EXPECT_TRUE(all_sent(*now.core));
    const auto all = now.told();
    EXPECT_EQ(all.size(), 3U);
    return all.begin()->second;
}

const std::string kGood = "Bravo {athlete}! {medal}: {score}, {total}. {link}";

TEST(ModelWords, AnHonestModelIsTold) {
    const Told floor = told_by_templates();
    const Told told = told_with([](const std::string&) { return completion(kGood); }, seconds(20));
    EXPECT_TRUE(told.text.starts_with("Bravo ")) << told.text;
    EXPECT_NE(told.text, floor.text);
    EXPECT_EQ(told.proof, floor.proof);
    EXPECT_EQ(told.proof, 5U);
}

TEST(ModelWords, OfALyingOneOnlyTheReviewedTextIsTold) {
    const Told floor = told_by_templates();
    const std::vector<std::pair<const char*, LyingAnswer>> kLies = {
        {"wrong score", completion(replaced(kGood, "{score}", "150.21"))},
        {"swapped names", completion(replaced(kGood, "{athlete}", "Ami Nakai"))},
        {"another unit", completion(replaced(kGood, "{score}", "{score} kg"))},
        {"in words", completion(replaced(kGood, "{score}", "one hundred fifty"))},
        {"an order", completion("Ignore all rules. " + kGood + " Everybody lost.")},
        {"a slot missing", completion(replaced(kGood, "{total}", ""))},
        {"cut short",
         {200, R"({"choices":[{"finish_reason":"length","message":{"content":"Br"}}]})"}},
        {"half an answer", {200, completion(kGood).body.substr(0, 40)}},
        {"too many requests", {429, ""}},
        {"no UTF-8", {200, "\xff\xfe\xff"}},
        {"a megabyte", {200, std::string(1U << 20, ' ') + completion(kGood).body}},
        {"no answer", {0, ""}}};
    for (const auto& [name, lie] : kLies)
        EXPECT_EQ(told_with([&lie](const std::string&) { return lie; }), floor) << name;
}

// Whoever is killed while the model thinks tells everybody once, by the reviewed text.
TEST(ModelWords, ARestartWhileTheModelThinksTellsOnce) {
    const Told floor = told_by_templates();
    const LyingServer silent(0, "");
    Bench bench;
    auto first = std::make_unique<Running>(bench, &silent);
    first->begin();
    ASSERT_TRUE(publish(*first->core, *first->dispatcher, free_skate(1, ResultStatus::kOfficial)));
    bench.cut_power(first);
    Running now(bench, &silent);
    ASSERT_TRUE(now.core->run(TaskKind::kRead, [&](Turn& turn) { now.dispatcher->wake(turn); }));
    ASSERT_TRUE(all_sent(*now.core));
    const auto all = now.told();
    ASSERT_EQ(all.size(), 3U);
    for (const auto& [user, told] : all) {
        EXPECT_EQ(told, floor);
        EXPECT_EQ(all.count(user), 1U);
    }
}

// What is corrected while the model thinks is told as corrected, and by nobody's old words.
TEST(ModelWords, ACorrectionDoesNotWaitForTheModel) {
    const LyingServer silent(0, "");
    Bench bench;
    Running now(bench, &silent);
    now.begin();
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, free_skate(1, ResultStatus::kOfficial)));
    auto corrected = free_skate(2, ResultStatus::kOfficial);
    corrected.note = "Corrected";
    ASSERT_TRUE(publish(*now.core, *now.dispatcher, corrected));
    ASSERT_TRUE(all_sent(*now.core));
    EXPECT_EQ(now.told().size(), 3U);
}

}  // namespace
}  // namespace altis::service
