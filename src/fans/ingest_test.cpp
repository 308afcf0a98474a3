#include "fans/ingest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fans/amount.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

Batch parse(std::string_view body) {
    auto batch = parse_batch(body, test_source(), kReceived);
    EXPECT_TRUE(batch.has_value()) << (batch ? "" : batch.error().message);
    return batch ? std::move(*batch) : Batch();
}

// The reason why this single event, in a batch beside a good one, is refused; the good one must
// count.
std::string reason_of(const std::string& event) {
    const std::string body =
        "{\"batch\":[" + event + "," + viewed("good", R"("userId":"fan-1")", "news", 1) + "]}";
    const Batch batch = parse(body);
    EXPECT_EQ(batch.events.size() + batch.rejections.size(), 2U) << event;
    EXPECT_TRUE(!batch.events.empty() && batch.events.back().head.message_id == "good") << event;
    if (batch.rejections.empty()) return "";
    EXPECT_EQ(batch.rejections[0].index, 0U);
    EXPECT_EQ(batch.rejections[0].raw, event);
    EXPECT_FALSE(batch.rejections[0].message.empty());
    return batch.rejections[0].reason;
}

std::string failure_of(std::string_view body) {
    const auto batch = parse_batch(body, test_source(), kReceived);
    return batch ? "" : batch.error().reason;
}

const std::string kWho = R"("userId":"fan-1")";

TEST(Ingest, ReadsATypedEvent) {
    const std::string event =
        track("m-1", R"("userId":"fan-1","anonymousId":"device-1")", "Content Viewed",
              R"({"sport":"fsk","dwell_ms":1500,"kind":"replay","athlete":"1000001"})");
    const std::string body = "{\"batch\": [" + event + "], \"writeKey\": \"w\"}";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 1U);
    const IncomingEvent& read = batch.events[0];
    EXPECT_EQ(read.head.raw, event);
    EXPECT_EQ(read.head.name, "Content Viewed");
    EXPECT_EQ(read.head.message_id, "m-1");
    EXPECT_EQ(read.head.user_id, "fan-1");
    EXPECT_EQ(read.head.anonymous_id, "device-1");
    EXPECT_EQ(read.head.user, user_fingerprint(test_keys(), "fan-1"));
    EXPECT_EQ(read.head.anonymous, anonymous_fingerprint(test_keys(), "device-1"));
    EXPECT_EQ(format_rfc3339(read.head.event_time), "2026-02-19T20:00:00.000000Z");
    EXPECT_EQ(read.edition, "owg2026");
    ASSERT_EQ(read.signals.size(), 1U);
    const Signal expected{SignalKind::kViewed, "replay", "fsk", "1000001", "", 1500, 0};
    EXPECT_EQ(read.signals[0], expected);
}

TEST(Ingest, ReadsAnOrderExactly) {
    const std::string body = "{\"batch\":[" + track("m", kWho, "Order Completed", R"({
        "order_id":"o-1","message_id":"msg-7","products":[
        {"category":"ticket","sport":"volleyball","price":"120.10","quantity":2},
        {"category":"merchandise","sku":"cap","price":35}]})") +
                             "]}";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 1U);
    ASSERT_EQ(batch.events[0].signals.size(), 3U);
    const Signal order{SignalKind::kOrdered, "o-1", "", "msg-7", "USD", 27520, 0};
    const Signal ticket{SignalKind::kBought, "ticket", "volleyball", "", "USD", 24020, 2};
    const Signal cap{SignalKind::kBought, "merchandise", "", "cap", "USD", 3500, 1};
    EXPECT_EQ(batch.events[0].signals[0], order);
    EXPECT_EQ(batch.events[0].signals[1], ticket);
    EXPECT_EQ(batch.events[0].signals[2], cap);
}

TEST(Ingest, ReadsTraitsAndNeverKeepsAnEmail) {
    const std::string body =
        R"({"batch":[{"type":"identify","messageId":"i","userId":4711,"traits":
        {"email":" Fan-1@Example.org ","language":"ja","area":"los-angeles"}}]})";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 1U);
    EXPECT_EQ(batch.events[0].head.user_id, "4711");
    EXPECT_EQ(batch.events[0].head.event_time, kReceived);
    ASSERT_EQ(batch.events[0].signals.size(), 3U);
    EXPECT_EQ(batch.events[0].signals[0].name, email_tag(test_keys().email, "fan-1@example.ORG"));
    EXPECT_EQ(batch.events[0].signals[0].name.size(), kEmailTagBytes);
    EXPECT_EQ(batch.events[0].signals[1].name, "ja");
    EXPECT_EQ(batch.events[0].signals[2].name, "los-angeles");
}

TEST(Ingest, BadEventsAreRefusedAloneWithTheReason) {
    const auto event = [](std::string_view rest) {
        return R"({"type":"track","messageId":"m","event":"E",)" + std::string(rest) + "}";
    };
    EXPECT_EQ(reason_of("7"), "event.malformed");
    EXPECT_EQ(reason_of("{}"), "event.bad_type");
    EXPECT_EQ(reason_of(R"({"type":"charge","userId":"u"})"), "event.bad_type");
    EXPECT_EQ(reason_of(R"({"type":7,"userId":"u"})"), "event.bad_property");
    EXPECT_EQ(reason_of(R"({"type":"track","userId":"u"})"), "event.malformed");
    EXPECT_EQ(reason_of(R"({"type":"page","userId":"u","userId":"v"})"), "event.malformed");
    EXPECT_EQ(reason_of(event(R"("x":1)")), "event.no_identity");
    EXPECT_EQ(reason_of(event(R"("userId":"","anonymousId":null)")), "event.no_identity");
    EXPECT_EQ(reason_of(event(R"("userId":["u"])")), "event.bad_property");
    EXPECT_EQ(reason_of(event(R"("userId":"\ud800")")), "event.bad_property");
    EXPECT_EQ(reason_of(event("\"userId\":\"" + std::string(300, 'u') + "\"")),
              "event.text_too_long");
    EXPECT_EQ(reason_of(event("\"userId\":\"u\",\"x\":\"" + std::string(33'000, 'x') + "\"")),
              "event.too_large");
    EXPECT_EQ(reason_of(event("\"userId\":\"u\xff\"")), "event.not_utf8");
    EXPECT_EQ(reason_of(R"({"type":"alias","userId":"u"})"), "event.no_identity");
    EXPECT_EQ(reason_of(event(R"("userId":"u","properties":[])")), "event.bad_property");
    EXPECT_EQ(reason_of(event(R"("userId":"u","properties":{"any":["thing"]})")), "");
}

TEST(Ingest, TimesOutsideTheGamesAreRefused) {
    const auto at = [](std::string_view time) {
        return reason_of(track("m", kWho, "E", "{}", time));
    };
    EXPECT_EQ(at("1900-01-01T00:00:00Z"), "event.time_out_of_range");
    EXPECT_EQ(at("1999-12-31T23:59:59Z"), "event.time_out_of_range");
    EXPECT_EQ(at("2000-01-01T00:00:00Z"), "");
    EXPECT_EQ(at("2026-02-20T21:04:05Z"), "");
    EXPECT_EQ(at("2026-02-20T21:04:06Z"), "event.time_out_of_range");
    EXPECT_EQ(at("2200-01-01T00:00:00Z"), "event.time_out_of_range");
    EXPECT_EQ(at("yesterday"), "event.time_malformed");
}

TEST(Ingest, AWrongClockIsPutRightBySentAt) {
    const std::string event = track("m", kWho, "E", "{}", "1970-01-01T00:00:10Z");
    const std::string own =
        event.substr(0, event.size() - 1) + R"(,"sentAt":"1970-01-01T00:00:15Z"})";
    for (const std::string& body :
         {"{\"batch\":[" + event + "],\"sentAt\":\"1970-01-01T00:00:15Z\"}",
          "{\"sentAt\":\"1970-01-01T00:00:15Z\",\"batch\":[" + event + "]}",
          "{\"sentAt\":\"1980-01-01T00:00:00Z\",\"batch\":[" + own + "]}"}) {
        const Batch batch = parse(body);
        ASSERT_EQ(batch.events.size(), 1U) << body;
        EXPECT_EQ(batch.events[0].head.event_time, kReceived - seconds(5)) << body;
    }
}

TEST(Ingest, BadOrdersAndNumbersAreRefused) {
    const auto order = [](std::string_view properties) {
        return reason_of(track("m", kWho, "Order Completed", properties));
    };
    EXPECT_EQ(order(R"({"products":[{"category":"ticket","price":-1}]})"), "event.negative_amount");
    EXPECT_EQ(order(R"({"revenue":"-0.01"})"), "event.negative_amount");
    EXPECT_EQ(order(R"({"products":[{"category":"ticket","price":1.005}]})"), "event.bad_amount");
    EXPECT_EQ(order(R"({"products":[{"category":"ticket","price":1e3}]})"), "event.bad_amount");
    EXPECT_EQ(order(R"({"products":[{"category":"ticket"}]})"), "event.bad_amount");
    EXPECT_EQ(order(R"({"revenue":999999999999})"), "event.bad_amount");
    EXPECT_EQ(order(R"({"products":[{"price":1}]})"), "event.bad_property");
    EXPECT_EQ(order(R"({"products":[{"category":"ticket","price":1,"quantity":0}]})"),
              "event.bad_property");
    EXPECT_EQ(order(R"({"products":{}})"), "event.bad_property");
    EXPECT_EQ(order(R"({"products":[1]})"), "event.bad_property");
    EXPECT_EQ(order(R"({"currency":"dollars"})"), "event.bad_property");
    EXPECT_EQ(order(R"({"currency":"JPY","revenue":1200.5})"), "event.bad_amount");
    EXPECT_EQ(order("{}"), "");
    const auto view = [](std::string_view dwell) {
        return reason_of(track("m", kWho, "Content Viewed",
                               R"({"kind":"news","dwell_ms":)" + std::string(dwell) + "}"));
    };
    EXPECT_EQ(view("-1"), "event.bad_property");
    EXPECT_EQ(view("-0.5"), "event.bad_property");
    EXPECT_EQ(view("1e9"), "event.bad_property");
    EXPECT_EQ(view("\"12\""), "event.bad_property");
    EXPECT_EQ(view("99999999999999999999"), "event.bad_property");
    EXPECT_EQ(view("12.9"), "");
    EXPECT_EQ(reason_of(track("m", kWho, "Consent Updated", R"({"purpose":"fun","given":true})")),
              "event.bad_property");
    EXPECT_EQ(reason_of(track("m", kWho, "Consent Updated", R"({"purpose":"messages","given":1})")),
              "event.bad_property");
    EXPECT_EQ(reason_of(track("m", kWho, "Athlete Followed", "{}")), "event.bad_property");
}

TEST(Ingest, ABrokenBodyIsOneError) {
    EXPECT_EQ(failure_of(""), "json.malformed");
    EXPECT_EQ(failure_of("{\"batch\":["), "json.malformed");
    EXPECT_EQ(failure_of("{\"batch\":[" + viewed("m", kWho, "news", 1) + "]"), "json.malformed");
    EXPECT_EQ(failure_of("{\"batch\":[{\"type\":}]}"), "json.malformed");
    EXPECT_EQ(failure_of("[]"), "json.malformed");
    EXPECT_EQ(failure_of("{}"), "batch.missing");
    EXPECT_EQ(failure_of("{\"batch\":{}}"), "batch.missing");
    EXPECT_EQ(failure_of("{\"batch\":[]}"), "");
    std::string many = "{\"batch\":[0";
    for (std::size_t i = 0; i < kMaxEventsPerBatch; ++i)
        many += ",0";
    EXPECT_EQ(failure_of(many + "]}"), "batch.too_many_events");
}

TEST(Ingest, AMissingMessageIdFollowsFromTheContent) {
    const std::string event = R"({"type":"page","userId":"u","name":"Home"})";
    const std::string other = R"({"type":"page","userId":"u","name":"Work"})";
    const std::string body = "{\"batch\":[" + event + "," + event + "," + other + "]}";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 3U);
    EXPECT_EQ(batch.events[0].head.message, batch.events[1].head.message);
    EXPECT_FALSE(batch.events[0].head.message == batch.events[2].head.message);
    EXPECT_TRUE(batch.events[0].head.message_id.starts_with("content-"));
}

TEST(Ingest, ARenewedSentAtIsNoOtherContent) {
    const auto event = [](std::string_view sent) {
        return R"({"type":"page","userId":"u","messageId":"m","sentAt":")" + std::string(sent) +
               R"(","name":"N"})";
    };
    const std::string body =
        "{\"batch\":[" + event("2026-02-19T21:00:00Z") + "," + event("2026-02-19T21:00:01Z") + "]}";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 2U);
    EXPECT_EQ(batch.events[0].head.content, batch.events[1].head.content);
}

TEST(Ingest, SingleEventsTakeTheirTypeFromTheAddress) {
    const auto batch = parse_single(
        EventType::kTrack, R"({"event":"E","userId":"u","type":"page"})", test_source(), kReceived);
    ASSERT_TRUE(batch.has_value());
    ASSERT_EQ(batch->events.size(), 1U);
    EXPECT_EQ(batch->events[0].head.type, EventType::kTrack);
    EXPECT_FALSE(parse_single(EventType::kTrack, "{", test_source(), kReceived));
    const auto bad = parse_single(EventType::kTrack, "[]", test_source(), kReceived);
    ASSERT_TRUE(bad.has_value());
    EXPECT_EQ(bad->rejections.size(), 1U);
}

TEST(Ingest, EscapedTextsOutliveTheMove) {
    const std::string body =
        "{\"batch\":[" + viewed("m\\u002d1", R"("userId":"f\u0061n-1")", "te\\u0063h", 5) + "]}";
    const Batch batch = parse(body);
    ASSERT_EQ(batch.events.size(), 1U);
    EXPECT_EQ(batch.events[0].head.message_id, "m-1");
    EXPECT_EQ(batch.events[0].head.user, user_fingerprint(test_keys(), "fan-1"));
    EXPECT_EQ(batch.events[0].signals[0].name, "tech");
}

RC_GTEST_PROP(Ingest, DamagedBodiesNeverBreakIt, (std::uint32_t at, std::uint8_t byte)) {
    std::string body = "{\"batch\":[" +
                       viewed("m", R"("userId":"u","anonymousId":"a")", "news", 1) + "," +
                       track("n", kWho, "Order Completed",
                             R"({"products":[{"category":"ticket","price":"1.50"}]})") +
                       "],\"sentAt\":\"2026-02-19T21:00:00Z\"}";
    body[at % body.size()] = static_cast<char>(byte);
    const auto batch = parse_batch(body, test_source(), kReceived);
    if (batch) RC_ASSERT(batch->events.size() + batch->rejections.size() <= 2U);
}

RC_GTEST_PROP(FanEvent, ReadsBackWhatWasWritten,
              (std::uint64_t message, std::int64_t time, std::uint16_t dwell)) {
    EventHead head;
    head.type = EventType::kScreen;
    head.event_time.us = time;
    head.message = {message, ~message};
    head.name = "Content Viewed";
    head.user_id = "fan-1";
    head.key_id = "key-1";
    head.raw = "{\"a\":1}";
    const std::vector<Signal> signals(
        dwell % 5, {SignalKind::kViewed, "replay", "fsk", "1000001", "USD", dwell, -dwell});
    const std::string payload = encode_event(head, signals);
    const auto event = decode_event(payload);
    RC_ASSERT(event.has_value());
    RC_ASSERT(event->head == head);
    Signal signal;
    std::size_t count = 0;
    for (SignalCursor cursor = event->signals(); cursor.next(signal); ++count) {
        RC_ASSERT(signal == signals[count]);
    }
    RC_ASSERT(count == signals.size());
    const std::size_t shortest = payload.size() - head.raw.size();
    for (std::size_t size = 0; size < shortest; ++size) {
        RC_ASSERT(!decode_event(std::string_view(payload).substr(0, size)));
    }
}

TEST(Amount, KnowsWholeCurrencies) {
    EXPECT_EQ(format_minor(1200, "JPY"), "1200 JPY");
    EXPECT_EQ(format_minor(3505, "USD"), "35.05 USD");
    EXPECT_EQ(*parse_minor("1200", "JPY"), 1200);
    EXPECT_EQ(*parse_minor("35", "USD"), 3500);
    EXPECT_EQ(*parse_minor("35.000", "USD"), 3500);
    EXPECT_FALSE(parse_minor("99999999999999999", "USD"));
    EXPECT_FALSE(parse_minor("", "USD"));
}

}  // namespace
}  // namespace altis::fans
