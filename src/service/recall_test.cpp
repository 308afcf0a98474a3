#include "service/recall.h"

#include <gtest/gtest.h>

#include "service/world_fixture.h"

namespace altis::service {
namespace {

using namespace fixture;
using codec::Json;
using results::ResultStatus;
using results::fixture::free_skate;

const std::string kLiu = "1000001";
const results::UnitKey kUnit(kGames, results::fixture::kFreeSkate);

Json recalled(Core& core, std::int64_t version, MessageIds ids) {
    Json answer;
    EXPECT_TRUE(core.run(TaskKind::kRead,
                         [&](Turn& turn) { answer = recall(turn.world(), kUnit, version, ids); }));
    return answer;
}

// Paths of the pages, one a line, without what all of them begin with.
std::string pages_of(const Json& recalled) {
    std::string text;
    for (const Json& page : recalled["pages"].items())
        text.append(page.as_string().substr(std::string_view("/live/owg2026").size())).append(" ");
    return text;
}

TEST(Recall, MessagesCarryTheVersionThatTheyWereWrittenFrom) {
    Bench bench;
    auto core = bench.open();
    const Secrets secrets = read_secrets(core->vault()).value();
    server::StreamHub streams;
    const auto dispatcher = std::move(*Dispatcher::create(streams, secrets));
    ASSERT_TRUE(open_games(*core));
    ASSERT_TRUE(schedule(*core));
    auto events = fan_events("early", kLiu);
    ASSERT_TRUE(bring(*core, secrets, batch_of(events), bench.clock.now()));
    ASSERT_TRUE(publish(*core, *dispatcher, free_skate(1, ResultStatus::kOfficial)));
    ASSERT_TRUE(all_sent(*core));
    auto correction = free_skate(2, ResultStatus::kOfficial);
    correction.note = "Corrected";
    ASSERT_TRUE(publish(*core, *dispatcher, correction));
    ASSERT_TRUE(all_sent(*core));

    const Json first = recalled(*core, 1, MessageIds::kShown);
    std::int64_t sent = 0;
    const Json plans = first["messages"];
    for (const Json& plan : plans.items()) {
        sent += plan["sent"].as_int();
        EXPECT_EQ(plan["ids"].items().size(), static_cast<std::size_t>(plan["sent"].as_int()));
        EXPECT_EQ(plan["sent"].as_int(), plan["competitor"].as_string() == kLiu ? 1 : 0);
    }
    EXPECT_EQ(sent, 1);
    EXPECT_EQ(first["fact_id"].as_string(), results::fact_id(kUnit, 1));
    const Json second = recalled(*core, 2, MessageIds::kShown);
    const Json later = second["messages"];
    for (const Json& plan : later.items())
        EXPECT_EQ(plan["sent"].as_int(), 0) << "nobody is told twice";
    EXPECT_TRUE(first["feed"].items().empty());
    EXPECT_TRUE(first["pages"].items().empty());
    EXPECT_TRUE(recalled(*core, 3, MessageIds::kShown).is_null());
    const Json hidden = recalled(*core, 1, MessageIds::kHidden);
    EXPECT_FALSE(hidden["messages"].items().front().contains("ids"));
    core->stop();
}

TEST(Recall, PagesAreThoseOfTheViewThatFeedsThem) {
    Bench bench;
    auto core = bench.open();
    ASSERT_TRUE(open_games(*core));
    ASSERT_TRUE(schedule(*core));
    ASSERT_TRUE(command(*core, [](Turn& turn) {
        return commit(
            turn, turn.world().results.receive(free_skate(1, ResultStatus::kOfficial), turn.now()));
    }));
    using rights::FeedField;
    const results::feed::View narrow{std::string(kGames), {"FSK"}, {FeedField::kMedals}, {}};
    const results::feed::View wide{
        std::string(kGames), {""}, {FeedField::kMedals, FeedField::kProof}, {}};
    const auto tell = [&](const results::feed::View& view, bool on_pages, std::uint64_t seq) {
        ASSERT_TRUE(command(*core, [&](Turn& turn) {
            turn.commit(turn.world().tellings.record({view, on_pages, {{kUnit.rsc, 1, seq}}}));
            return Result<void>();
        }));
    };
    tell(wide, false, 5);
    EXPECT_EQ(pages_of(recalled(*core, 1, MessageIds::kHidden)), "") << "a feed is no page";
    tell(narrow, true, 7);
    const std::string narrow_pages = pages_of(recalled(*core, 1, MessageIds::kHidden));
    EXPECT_NE(narrow_pages.find("/units/" + kUnit.rsc + " "), std::string::npos) << narrow_pages;
    EXPECT_NE(narrow_pages.find("/athletes/" + kLiu + " "), std::string::npos) << narrow_pages;
    EXPECT_EQ(narrow_pages.find("/medals"), std::string::npos) << narrow_pages;
    EXPECT_EQ(narrow_pages.find("/proofs"), std::string::npos) << narrow_pages;
    tell(wide, true, 5);
    const Json both = recalled(*core, 1, MessageIds::kHidden);
    EXPECT_NE(pages_of(both).find("/medals "), std::string::npos) << pages_of(both);
    EXPECT_NE(pages_of(both).find("/proofs/" + kUnit.rsc + "/1 "), std::string::npos);
    EXPECT_EQ(both["feed"].items().size(), 2U);
    core->stop();
}

}  // namespace
}  // namespace altis::service
