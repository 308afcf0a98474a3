// Prints what the path of an event costs; asserts only that nothing is lost.
#include <cstdio>
#include <gtest/gtest.h>
#include <time.h>

#include "base/test_effort.h"
#include "fans/live_book.h"

namespace altis::fans {
namespace {

const int kEvents = test_effort(200'000, 20'000);
const int kFans = kEvents / 4;
constexpr int kBatch = 20;

// CPU time of this thread, so that other work on the machine does not count.
double cpu_us() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// About 500 bytes, as the unmodified clients send them.
std::string event_text(int i) {
    const std::string number = std::to_string(i);
    const std::string fan = std::to_string((i * 7919LL) % kFans);
    std::string text = R"({"messageId":"node-next-1771534800000-4f0c8f6e-5a3e-4a57-9d0b-0000)" +
                       number + R"(","userId":"fan-)" + fan + R"(","anonymousId":"device-)" + fan +
                       R"(","type":"track","context":{"library":{"name":"@segment/analytics-node",)"
                       R"("version":"3.1.0"},)"
                       R"("locale":"en-US","device":{"type":"ios","model":"iPhone17,2"},)"
                       R"("app":{"version":"4.2.1"}},)"
                       R"("_metadata":{"nodeVersion":"22.11.0","jsRuntime":"node"},)"
                       R"("timestamp":"2026-02-19T20:15:30.125Z",)";
    if (i % 10 == 0) {
        return text + R"("event":"Order Completed","properties":{"order_id":"o-)" + number +
               R"(","currency":"USD","products":[{"category":"ticket","sport":"volleyball",)"
               R"("price":"80.00","quantity":2},{"category":"merchandise","sku":"cap",)"
               R"("price":35.00}]}})";
    }
    static constexpr const char* kKinds[] = {"technical_chart", "replay", "emotional_highlight"};
    return text + R"("event":"Content Viewed","properties":{"kind":")" + kKinds[i % 3] +
           R"(","dwell_ms":)" + std::to_string(1000 + i % 9000) +
           R"(,"athlete":"1000001","sport":"figure_skating"},"integrations":{}})";
}

TEST(FansTiming, PrintsTheCostOfAnEvent) {
    std::vector<std::string> bodies;
    std::size_t bytes = 0;
    for (int i = 0; i < kEvents; i += kBatch) {
        std::string body = "{\"batch\":[";
        for (int j = i; j < i + kBatch; ++j)
            body.append(j > i ? "," : "").append(event_text(j));
        body.append(R"(],"sentAt":"2026-02-19T21:04:05.000Z"})");
        bytes += body.size();
        bodies.push_back(std::move(body));
    }
    LiveBook live;
    live.records.reserve(kEvents + kFans);
    live.define("performance-motivation",
                "dwell(technical_chart) >= 4 * dwell(emotional_highlight) and dwell(replay) > 0");
    live.define("high-value", "bought(ticket, volleyball) >= 1 and spent(merchandise) >= 50.00");
    double parse = 0;
    double decide = 0;
    double apply = 0;
    for (const std::string& body : bodies) {
        double start = cpu_us();
        auto batch = parse_batch(body, test_source(), kReceived);
        ASSERT_TRUE(batch.has_value());
        parse += cpu_us() - start;
        for (IncomingEvent& event : batch->events) {
            start = cpu_us();
            EventDecision decision = live.book.decide_event(event, SubjectId{live.next});
            const double decided = cpu_us();
            live.commit(std::move(decision.drafts));
            decide += decided - start;
            apply += cpu_us() - decided;
        }
    }
    double decode = cpu_us();
    std::size_t raw = 0;
    for (const StoredRecord& stored : live.records) {
        if (stored.draft.type == "fans.event")
            raw += decode_event(stored.draft.payload)->head.raw.size();
    }
    decode = cpu_us() - decode;
    double save = cpu_us();
    const std::string state = bytes_of(live.book);
    save = cpu_us() - save;
    double load = cpu_us();
    FansBook loaded;
    ByteReader in(state);
    ASSERT_TRUE(loaded.load(in));
    load = cpu_us() - load;
    EXPECT_EQ(live.book.counts().events, static_cast<std::uint64_t>(kEvents));
    EXPECT_GT(raw, 0U);
    std::printf(
        "%zu bytes per event; microseconds of CPU per event: parse %.2f, decide %.2f, "
        "apply %.2f, decode %.3f; snapshot of %d fans: %zu bytes, save %.0f ms, load %.0f ms\n",
        bytes / kEvents, parse / kEvents, decide / kEvents, apply / kEvents, decode / kEvents,
        kFans, state.size(), save / 1e3, load / 1e3);
}

}  // namespace
}  // namespace altis::fans
