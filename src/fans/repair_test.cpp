// Dead letters that are put right: the state is as if the event had been right at first.
#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

constexpr std::string_view kFan1 = R"("userId":"fan-1")";

std::string order(std::string_view id, std::string_view price) {
    return track(id, kFan1, "Order Completed",
                 R"({"products":[{"category":"merchandise","price":)" + std::string(price) + "}]}");
}

// A batch whose sender's clock is an hour slow.
std::string slow_batch(const std::string& event) {
    return R"({"batch":[)" + event + R"(],"sentAt":"2026-02-19T20:04:05Z"})";
}

TEST(Repair, StateIsAsIfTheEventHadBeenRightAtFirst) {
    LiveBook repaired;
    LiveBook right;
    const std::string before = viewed("m-1", kFan1, "news", 10);
    const std::string after = viewed("m-2", R"("userId":"fan-2")", "news", 20);
    repaired.send_events(before);
    repaired.send(slow_batch(order("o-1", "-35")));
    right.send_events(before);
    right.send(slow_batch(order("o-1", "35")));
    for (LiveBook* live : {&repaired, &right}) {
        live->received_at = live->received_at + days(2);
        live->send_events(after);
        live->received_at = live->received_at + days(3);
    }
    ASSERT_EQ(repaired.book.dead_letters().size(), 1U);
    const journal::Offset letter = repaired.book.dead_letters().front().offset;
    EXPECT_NE(repaired.book.content_hash(), right.book.content_hash());
    const auto done = repaired.repair(letter, order("o-1", "35"));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(repaired.book.content_hash(), right.book.content_hash());
    EXPECT_TRUE(repaired.book.dead_letters().front().is_repaired);
    EXPECT_EQ(replay(repaired.records), bytes_of(repaired.book));
}

TEST(Repair, ACopyOfTheRepairedEventIsADuplicate) {
    LiveBook live;
    live.send_events(order("o-1", "-35"));
    ASSERT_TRUE(live.repair(live.book.dead_letters().front().offset, order("o-1", "35")));
    live.send_events(order("o-1", "35"));
    EXPECT_EQ(live.fates.back(), Fate::kDuplicate);
}

TEST(Repair, AConflictIsPutRightWithAMessageIdOfItsOwn) {
    LiveBook live;
    live.send_events(order("o-1", "10"));
    live.send_events(order("o-1", "20"));
    const journal::Offset letter = live.book.dead_letters().front().offset;
    EXPECT_EQ(live.repair(letter, order("o-1", "20")).error().reason, "fans.repair_not_new");
    EXPECT_FALSE(live.book.dead_letters().front().is_repaired);
    ASSERT_TRUE(live.repair(letter, order("o-2", "20")));
    EXPECT_EQ(live.book.value(live.fan("fan-1"), {Measure::kSpent, "merchandise", "USD"}), 3000);
}

TEST(Repair, RefusesWhatIsNoOpenDeadLetter) {
    LiveBook live;
    live.send_events(order("o-1", "-35") + "," + viewed("m-1", kFan1, "news", 10));
    const journal::Offset letter = live.book.dead_letters().front().offset;
    for (journal::Offset offset = 1; offset <= live.records.size(); ++offset) {
        if (offset == letter) continue;
        EXPECT_EQ(live.repair(offset, order("o-1", "35")).error().reason, "fans.no_dead_letter");
    }
    EXPECT_EQ(live.repair(letter, "{").error().code, Code::kInvalid);
    EXPECT_EQ(live.repair(letter, "[]").error().reason, "event.malformed");
    EXPECT_EQ(live.repair(letter, order("a", "1") + "," + order("b", "1")).error().code,
              Code::kInvalid);
    ASSERT_TRUE(live.repair(letter, order("o-1", "35")));
    EXPECT_EQ(live.repair(letter, order("o-3", "35")).error().reason, "fans.already_repaired");
}

TEST(Repair, LettersOfTheFirstVersionCameWhenTheyWereWritten) {
    ByteWriter out;
    out.put(std::uint8_t{1});
    for (const std::string_view text : {"event.malformed", "Why.", "m-1", "{}"})
        out.put_text(text);
    const std::string payload = out.take();
    journal::Record record;
    record.type = "fans.rejected";
    record.time = kReceived;
    record.payload = payload;
    const auto letter = read_letter(record);
    ASSERT_TRUE(letter) << letter.error().message;
    EXPECT_EQ(letter->origin.received_at, kReceived);
    EXPECT_EQ(letter->message_id, "m-1");
}

TEST(Repair, AForgottenPersonsConflictCannotBeRead) {
    LiveBook live;
    live.send_events(order("o-1", "10"));
    live.send_events(order("o-1", "20"));
    const journal::Offset letter = live.book.dead_letters().front().offset;
    live.forget("fan-1");
    EXPECT_EQ(live.repair(letter, order("o-2", "20")).error().reason, "fans.no_dead_letter");
    const journal::Record erased = as_record(live.records.at(letter - 1), true);
    EXPECT_EQ(read_letter(erased).error().reason, "fans.no_dead_letter");
}

}  // namespace
}  // namespace altis::fans
