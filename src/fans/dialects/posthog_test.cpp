#include "fans/dialects/posthog.h"

#include <gtest/gtest.h>

#include "codec/compress.h"
#include "codec/text.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

Batch parse(std::string_view body) {
    auto batch = parse_posthog(body, test_source(), kReceived);
    EXPECT_TRUE(batch.has_value()) << (batch ? "" : batch.error().message);
    return batch ? std::move(*batch) : Batch();
}

std::string in_batch(const std::string& events) {
    return R"({"api_key":"k","batch":[)" + events + "]}";
}

const std::string kGood = R"({"event":"E","uuid":"good","distinct_id":"fan-1"})";

// Why this event, beside a good one, is refused.
std::string reason_of(const std::string& event) {
    const std::string body = in_batch(event + "," + kGood);
    const Batch batch = parse(body);
    EXPECT_EQ(batch.events.size() + batch.rejections.size(), 2U) << event;
    EXPECT_TRUE(!batch.events.empty() && batch.events.back().head.message_id == "good") << event;
    if (batch.rejections.empty()) return "";
    EXPECT_EQ(batch.rejections[0].raw, event);
    return batch.rejections[0].reason;
}

// The one event of a body.
struct One {
    explicit One(const std::string& event) : body(in_batch(event)), batch(parse(body)) {
        EXPECT_EQ(batch.events.size(), 1U) << event;
        if (batch.events.empty()) batch.events.emplace_back();
    }
    const EventHead& head() const { return batch.events[0].head; }
    std::string body;
    Batch batch;
};

TEST(PostHog, ReadsACaptureAsATrack) {
    const One one(R"({"event":"Content Viewed","uuid":"u-1","distinct_id":"fan-1",
        "timestamp":"2026-02-19T20:00:00Z","properties":{"$device_id":"device-1","kind":"replay",
        "dwell_ms":1500,"sport":"fsk"}})");
    EXPECT_EQ(one.head().type, EventType::kTrack);
    EXPECT_EQ(one.head().name, "Content Viewed");
    EXPECT_EQ(one.head().message_id, "u-1");
    EXPECT_EQ(one.head().user_id, "fan-1");
    EXPECT_EQ(one.head().anonymous_id, "device-1");
    EXPECT_EQ(format_rfc3339(one.head().event_time), "2026-02-19T20:00:00.000000Z");
    ASSERT_EQ(one.batch.events[0].signals.size(), 1U);
    const Signal expected{SignalKind::kViewed, "replay", "fsk", "", "", 1500, 0};
    EXPECT_EQ(one.batch.events[0].signals[0], expected);
}

TEST(PostHog, AnIdentifyLinksItsDeviceAndCarriesTraits) {
    const One one(R"({"event":"$identify","uuid":"u","distinct_id":"fan-1","properties":{
        "$anon_distinct_id":"device-1","$device_id":"other","$set":{"language":"ja"}}})");
    EXPECT_EQ(one.head().type, EventType::kIdentify);
    EXPECT_EQ(one.head().user_id, "fan-1");
    EXPECT_EQ(one.head().anonymous_id, "device-1");
    ASSERT_EQ(one.batch.events[0].signals.size(), 1U);
    EXPECT_EQ(one.batch.events[0].signals[0].kind, SignalKind::kLanguage);
}

TEST(PostHog, SetOfAnyEventCarriesTraits) {
    for (const char* event :
         {R"({"event":"E","distinct_id":"fan-1","properties":{"$set":{"area":"paris"}}})",
          R"({"event":"E","distinct_id":"fan-1","$set":{"area":"paris"}})",
          R"({"event":"$set","distinct_id":"fan-1","properties":{"$set":{"area":"paris"}}})"}) {
        const One one(event);
        ASSERT_EQ(one.batch.events[0].signals.size(), 1U) << event;
        EXPECT_EQ(one.batch.events[0].signals[0].kind, SignalKind::kArea);
    }
}

TEST(PostHog, AnAliasNamesBothIdentifiers) {
    const One one(R"({"event":"$create_alias","uuid":"u","distinct_id":"fan-1",
        "properties":{"distinct_id":"fan-1","alias":"device-2"}})");
    EXPECT_EQ(one.head().type, EventType::kAlias);
    EXPECT_EQ(one.head().user_id, "fan-1");
    EXPECT_EQ(one.batch.events[0].previous_id, "device-2");
}

TEST(PostHog, KnowsWhenTheUserIsUnknown) {
    for (const char* event : {
             R"({"event":"E","properties":{"distinct_id":"d","$device_id":"d"}})",
             R"({"event":"E","distinct_id":"d","properties":{"$is_identified":false}})",
             R"({"event":"E","distinct_id":"d","properties":{"$process_person_profile":false}})",
             R"({"event":"E","distinct_id":"d","options":{"process_person_profile":false}})",
             R"({"event":"$groupidentify","distinct_id":"d","properties":{"$group_key":"g"}})",
         }) {
        const One one(event);
        EXPECT_EQ(one.head().anonymous_id, "d") << event;
        EXPECT_EQ(one.head().user_id, "") << event;
    }
    const One known(R"({"event":"E","distinct_id":"u","properties":{"$is_identified":true}})");
    EXPECT_EQ(known.head().user_id, "u");
}

TEST(PostHog, ReadsAllFormsOfABody) {
    const std::string token =
        R"({"event":"E","uuid":"t","properties":{"distinct_id":"d","token":"k"}})";
    for (const std::string& body : std::vector<std::string>{
             in_batch(kGood), "[" + token + "]", token,
             R"({"token":"k","event":"E","distinct_id":"d"})", R"({"batch":[)" + token + "]}"}) {
        EXPECT_EQ(parse(body).events.size(), 1U) << body;
        EXPECT_EQ(posthog_key(body), "k") << body;
    }
    EXPECT_EQ(posthog_key("[]"), "");
    EXPECT_EQ(posthog_key("{\"api_key\":7}"), "");
    EXPECT_EQ(posthog_key("{\"api_key\":\"k\""), "");
    EXPECT_EQ(posthog_key(""), "");
}

TEST(PostHog, UnpacksFormsAndBase64) {
    const std::string json = in_batch(kGood);
    EXPECT_EQ(posthog_text(json).value(), json);
    EXPECT_EQ(posthog_text(codec::to_base64(json)).value(), json);
    EXPECT_EQ(posthog_text("data=" + codec::to_base64(json) + "&ver=1").value(), json);
    EXPECT_EQ(posthog_text("data=" + codec::to_base64(codec::gzip(json))).value(), json);
    EXPECT_EQ(posthog_text("data=%7B%22event%22%3A%22a+b%22%7D").value(), R"({"event":"a b"})");
    EXPECT_EQ(posthog_text("").value(), "");
}

TEST(PostHog, RefusesWhatCannotBeUnpacked) {
    EXPECT_EQ(posthog_text("data=%7").error().reason, "form.malformed");
    EXPECT_EQ(posthog_text("data=%zz").error().reason, "form.malformed");
    EXPECT_EQ(posthog_text("data=!!!").error().reason, "base64.malformed");
    EXPECT_EQ(posthog_text(codec::to_base64("\x1f\x8b rest")).error().reason, "gzip.malformed");
    EXPECT_EQ(parse_posthog("{\"batch\":[", test_source(), kReceived).error().reason,
              "json.malformed");
    EXPECT_EQ(parse_posthog("[{}", test_source(), kReceived).error().reason, "json.malformed");
}

TEST(PostHog, BadEventsAreRefusedAlone) {
    const auto event = [](std::string_view rest) {
        return R"({"event":"E",)" + std::string(rest) + "}";
    };
    EXPECT_EQ(reason_of("7"), "event.malformed");
    EXPECT_EQ(reason_of("{}"), "event.no_identity");
    EXPECT_EQ(reason_of(R"({"distinct_id":"d"})"), "event.malformed");
    EXPECT_EQ(reason_of(R"({"event":7,"distinct_id":"d"})"), "event.bad_property");
    EXPECT_EQ(reason_of(event(R"("uuid":"u")")), "event.no_identity");
    EXPECT_EQ(reason_of(event(R"("distinct_id":["d"])")), "event.bad_property");
    EXPECT_EQ(reason_of(event(R"("distinct_id":"d","distinct_id":"e")")), "event.malformed");
    EXPECT_EQ(reason_of(event("\"distinct_id\":\"d\xff\"")), "event.not_utf8");
    EXPECT_EQ(reason_of(event("\"distinct_id\":\"" + std::string(300, 'd') + "\"")),
              "event.text_too_long");
    EXPECT_EQ(reason_of(event("\"distinct_id\":\"d\",\"x\":\"" + std::string(33'000, 'x') + "\"")),
              "event.too_large");
    EXPECT_EQ(reason_of(event(R"("distinct_id":"d","timestamp":"yesterday")")),
              "event.time_malformed");
    EXPECT_EQ(reason_of(event(R"("distinct_id":"d","timestamp":"1999-01-01T00:00:00Z")")),
              "event.time_out_of_range");
    EXPECT_EQ(reason_of(R"({"event":"$create_alias","distinct_id":"d"})"), "event.no_identity");
    EXPECT_EQ(reason_of(R"({"event":"$identify","distinct_id":"d","properties":{"$set":[]}})"),
              "event.bad_property");
    EXPECT_EQ(reason_of(R"({"event":"Content Viewed","distinct_id":"d","properties":{}})"),
              "event.bad_property");
    EXPECT_EQ(reason_of(R"({"event":"E","distinct_id":"d","properties":"none"})"),
              "event.bad_property");
}

TEST(PostHog, CorrectsTheClock) {
    const auto time_of = [](const std::string& body) {
        const Batch batch = parse(body);
        EXPECT_EQ(batch.events.size(), 1U);
        return batch.events.empty() ? "" : format_rfc3339(batch.events[0].head.event_time);
    };
    const std::string event =
        R"("batch":[{"event":"E","distinct_id":"d","timestamp":"2026-02-19T20:00:00Z"}]})";
    EXPECT_EQ(time_of(R"({"sent_at":"2026-02-19T21:00:00Z",)" + event),
              "2026-02-19T20:04:05.000000Z");
    EXPECT_EQ(time_of(R"({"created_at":"2026-02-19T21:00:00Z",)" + event),
              "2026-02-19T20:04:05.000000Z");
    EXPECT_EQ(time_of(R"([{"event":"E","distinct_id":"d","offset":5000}])"),
              "2026-02-19T21:04:00.000000Z");
}

TEST(PostHog, AnEventSentAgainWithAnotherOffsetIsTheSame) {
    const One first(R"({"event":"E","uuid":"u","distinct_id":"d","offset":5000})");
    const One again(R"({"event":"E","uuid":"u","distinct_id":"d","offset":9000})");
    EXPECT_EQ(first.head().message, again.head().message);
    EXPECT_EQ(first.head().content, again.head().content);
    const One other(R"({"event":"F","uuid":"u","distinct_id":"d","offset":5000})");
    EXPECT_NE(first.head().content, other.head().content);
}

}  // namespace
}  // namespace altis::fans
