#include "fans/dialects/snowplow.h"

#include <gtest/gtest.h>

#include "codec/text.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

Batch parse(std::string_view body) {
    auto batch = parse_snowplow(body, test_source(), kReceived);
    EXPECT_TRUE(batch.has_value()) << (batch ? "" : batch.error().message);
    return batch ? std::move(*batch) : Batch();
}

std::string in_batch(const std::string& events) {
    return R"({"schema":"iglu:s/payload_data/jsonschema/1-0-4","data":[)" + events + "]}";
}

// 2026-02-19T20:00:00Z as the trackers write it.
const std::string kWho = R"("uid":"fan-1","duid":"device-1","dtm":"1771531200000")";
const std::string kGood = R"({"e":"pp","eid":"good","uid":"fan-1"})";

std::string unstructured(std::string_view schema, std::string_view data) {
    return R"({"schema":"iglu:s/unstruct_event/jsonschema/1-0-0","data":{"schema":")" +
           std::string(schema) + R"(","data":)" + std::string(data) + "}}";
}

std::string described(std::string_view schema, std::string_view data) {
    return R"({"e":"ue","eid":"e",)" + kWho + R"(,"ue_px":")" +
           codec::to_base64(unstructured(schema, data)) + "\"}";
}

std::string reason_of(const std::string& event) {
    const std::string body = in_batch(event + "," + kGood);
    const Batch batch = parse(body);
    EXPECT_EQ(batch.events.size() + batch.rejections.size(), 2U) << event;
    EXPECT_TRUE(!batch.events.empty() && batch.events.back().head.message_id == "good") << event;
    if (batch.rejections.empty()) return "";
    EXPECT_EQ(batch.rejections[0].raw, event);
    return batch.rejections[0].reason;
}

struct One {
    explicit One(const std::string& event) : body(in_batch(event)), batch(parse(body)) {
        EXPECT_EQ(batch.events.size(), 1U) << event;
        if (batch.events.empty()) batch.events.emplace_back();
    }
    const EventHead& head() const { return batch.events[0].head; }
    std::string body;
    Batch batch;
};

TEST(Snowplow, ASelfDescribingEventIsNamedByItsSchema) {
    const One one(described("iglu:org.example/content_viewed/jsonschema/1-0-0",
                            R"({"kind":"replay","dwell_ms":1500})"));
    EXPECT_EQ(one.head().type, EventType::kTrack);
    EXPECT_EQ(one.head().name, "Content Viewed");
    EXPECT_EQ(one.head().message_id, "e");
    EXPECT_EQ(one.head().user_id, "fan-1");
    EXPECT_EQ(one.head().anonymous_id, "device-1");
    EXPECT_EQ(format_rfc3339(one.head().event_time), "2026-02-19T20:00:00.000000Z");
    ASSERT_EQ(one.batch.events[0].signals.size(), 1U);
    const Signal expected{SignalKind::kViewed, "replay", "", "", "", 1500, 0};
    EXPECT_EQ(one.batch.events[0].signals[0], expected);
}

TEST(Snowplow, TakesJsonThatIsNotPacked) {
    const One one(R"({"e":"ue","uid":"fan-1","ue_pr":")"
                  R"({\"data\":{\"schema\":\"iglu:v/athlete_followed/jsonschema/1-0-0\",)"
                  R"(\"data\":{\"athlete\":\"1000001\"}}}"})");
    EXPECT_EQ(one.head().name, "Athlete Followed");
    ASSERT_EQ(one.batch.events[0].signals.size(), 1U);
    EXPECT_EQ(one.batch.events[0].signals[0].name, "1000001");
}

TEST(Snowplow, ReadsTheOtherCalls) {
    const auto head = [](const std::string& members) {
        const One one("{" + members + "," + kWho + "}");
        return std::pair(one.head().type, std::string(one.head().name));
    };
    using Told = std::pair<EventType, std::string>;
    EXPECT_EQ(head(R"("e":"pv","url":"https://games.example/")"), Told(EventType::kPage, ""));
    EXPECT_EQ(head(R"("e":"pp")"), Told(EventType::kTrack, "Page Ping"));
    EXPECT_EQ(head(R"("e":"tr")"), Told(EventType::kTrack, "Transaction"));
    EXPECT_EQ(head(R"("e":"ti")"), Told(EventType::kTrack, "Transaction Item"));
    EXPECT_EQ(head(R"("e":"se","se_ca":"video","se_ac":"play")"),
              Told(EventType::kTrack, "video play"));
}

TEST(Snowplow, TraitsComeByIdentifyOrContext) {
    const One identify(described("iglu:v/identify/jsonschema/1-0-0", R"({"language":"ja"})"));
    EXPECT_EQ(identify.head().type, EventType::kIdentify);
    ASSERT_EQ(identify.batch.events[0].signals.size(), 1U);
    EXPECT_EQ(identify.batch.events[0].signals[0].name, "ja");

    const std::string contexts =
        R"({"data":[{"schema":"iglu:v/client_session/jsonschema/1-0-0","data":{"userId":"d-9"}},
            {"schema":"iglu:v/traits/jsonschema/1-0-0","data":{"area":"paris"}}]})";
    const One page(R"({"e":"pp","uid":"fan-1","cx":")" + codec::to_base64(contexts) + "\"}");
    EXPECT_EQ(page.head().anonymous_id, "d-9");
    ASSERT_EQ(page.batch.events[0].signals.size(), 1U);
    EXPECT_EQ(page.batch.events[0].signals[0].kind, SignalKind::kArea);
}

TEST(Snowplow, CorrectsTheClockButNotATrueTime) {
    const auto time_of = [](const std::string& times) {
        const One one(R"({"e":"pp","uid":"fan-1",)" + times + "}");
        return format_rfc3339(one.head().event_time);
    };
    // Sent at 21:00:00, received at 21:04:05.
    EXPECT_EQ(time_of(R"("dtm":"1771531200000","stm":"1771534800000")"),
              "2026-02-19T20:04:05.000000Z");
    EXPECT_EQ(time_of(R"("dtm":"1771531200000","ttm":"1771531201000","stm":"1771534800000")"),
              "2026-02-19T20:00:01.000000Z");
}

TEST(Snowplow, AnEventSentAgainLaterIsTheSame) {
    const One first(R"({"e":"pv","eid":"e",)" + kWho + R"(,"stm":"1771531200000"})");
    const One again(R"({"e":"pv","eid":"e",)" + kWho + R"(,"stm":"1771531260000"})");
    EXPECT_EQ(first.head().message, again.head().message);
    EXPECT_EQ(first.head().content, again.head().content);
}

TEST(Snowplow, OneEventIsABody) {
    EXPECT_EQ(parse(kGood).events.size(), 1U);
    EXPECT_EQ(snowplow_key(R"({"e":"pv","aid":"k"})"), "k");
    EXPECT_EQ(snowplow_key(in_batch(R"({"e":"pv","aid":"k"})")), "k");
    for (const char* body : {"", "{}", "[", R"({"data":[]})", R"({"data":[7]})", R"({"aid":7})"}) {
        EXPECT_EQ(snowplow_key(body), "") << body;
    }
}

TEST(Snowplow, BadEventsAreRefusedAlone) {
    const auto event = [](std::string_view rest) {
        return R"({"uid":"u",)" + std::string(rest) + "}";
    };
    EXPECT_EQ(reason_of("7"), "event.malformed");
    EXPECT_EQ(reason_of("{}"), "event.bad_type");
    EXPECT_EQ(reason_of(event(R"("e":"xx")")), "event.bad_type");
    EXPECT_EQ(reason_of(R"({"e":"pv"})"), "event.no_identity");
    EXPECT_EQ(reason_of(R"({"e":"pv","uid":"u","uid":"v"})"), "event.malformed");
    EXPECT_EQ(reason_of(event(R"("e":"pv","dtm":"soon")")), "event.time_malformed");
    EXPECT_EQ(reason_of(event(R"("e":"pv","dtm":"12345678901234567890")")), "event.time_malformed");
    EXPECT_EQ(reason_of(event(R"("e":"pv","dtm":"-1")")), "event.time_malformed");
    EXPECT_EQ(reason_of(event(R"("e":"pv","dtm":"1")")), "event.time_out_of_range");
    EXPECT_EQ(reason_of(event(R"("e":"ue")")), "event.malformed");
    EXPECT_EQ(reason_of(event(R"("e":"ue","ue_px":"!!")")), "event.malformed");
    EXPECT_EQ(reason_of(event(R"("e":"ue","ue_px":"e30")")), "event.malformed");
    EXPECT_EQ(reason_of(event(R"("e":"ue","ue_pr":"{")")), "event.malformed");
    EXPECT_EQ(
        reason_of(event("\"e\":\"ue\",\"ue_px\":\"" + codec::to_base64("{\"a\":\"\xff\"}") + "\"")),
        "event.malformed");
    EXPECT_EQ(reason_of(event(R"("e":"pv","cx":"e3t9")")), "event.malformed");
    EXPECT_EQ(reason_of(described("iglu:v/content_viewed/jsonschema/1-0-0", "{}")),
              "event.bad_property");
    EXPECT_EQ(reason_of(described("iglu:v/content_viewed/jsonschema/1-0-0", "[]")),
              "event.bad_property");
    EXPECT_EQ(reason_of(described("no schema", "{}")), "event.malformed");
}

TEST(Snowplow, ABodyThatIsNoJsonIsRefused) {
    for (const char* body : {"", "{", R"({"data":[{]})", "ok"}) {
        EXPECT_FALSE(parse_snowplow(body, test_source(), kReceived)) << body;
    }
}

}  // namespace
}  // namespace altis::fans
