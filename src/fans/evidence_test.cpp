#include "fans/evidence.h"

#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr std::string_view kFan1 = R"("userId":"fan-1")";

codec::Json evidence_of(const LiveBook& live) {
    Evidence evidence;
    for (const StoredRecord& stored : live.records)
        evidence.add(as_record(stored, false));
    return evidence.to_json();
}

TEST(Evidence, NamesTheEventsBehindEveryValueOfTheProfile) {
    LiveBook live;
    live.send_events(viewed("m-1", kFan1, "replay", 100) + "," + viewed("m-2", kFan1, "news", 5));
    live.send_events(viewed("m-3", kFan1, "replay", 50));
    live.send_events(track("o-1", kFan1, "Order Completed",
                           R"({"products":[{"category":"ticket","sport":"luge","price":80}]})"));
    live.send_events(R"({"type":"identify","messageId":"i-1",)" + std::string(kFan1) +
                     R"(,"traits":{"area":"north"}})");
    const codec::Json evidence = evidence_of(live);
    const codec::Json& dwell = evidence["dwell(replay)"];
    EXPECT_EQ(dwell["events"].as_int(), 2);
    EXPECT_EQ(dwell["newest"].items().size(), 2U);
    EXPECT_EQ(evidence["bought(ticket, luge)"]["newest"].items().at(0)["message_id"].as_string(),
              "o-1");
    EXPECT_EQ(evidence["spent(ticket, USD)"]["events"].as_int(), 1);
    EXPECT_EQ(evidence["area"]["newest"].items().at(0)["message_id"].as_string(), "i-1");
    EXPECT_EQ(evidence["sessions()"]["events"].as_int(), 5);
    EXPECT_FALSE(evidence.contains("dwell(highlight)"));
}

TEST(Evidence, KeepsTheNewestByTheirOwnTime) {
    LiveBook live;
    for (int i = 0; i < 15; ++i) {
        const std::string minute = std::to_string(59 - i);
        live.send_events(track("m-" + minute, kFan1, "Content Viewed", R"({"kind":"replay"})",
                               "2026-02-19T20:" + minute + ":00Z"));
    }
    const codec::Json evidence = evidence_of(live);
    const codec::Json& views = evidence["views(replay)"];
    EXPECT_EQ(views["events"].as_int(), 15);
    ASSERT_EQ(views["newest"].items().size(), kMaxEvidenceEvents);
    EXPECT_EQ(views["newest"].items().front()["message_id"].as_string(), "m-59");
    EXPECT_EQ(views["newest"].items().back()["message_id"].as_string(), "m-50");
}

}  // namespace
}  // namespace altis::fans
