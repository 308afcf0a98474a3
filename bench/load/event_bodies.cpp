#include "load/event_bodies.h"

#include <array>

#include "base/time.h"
#include "codec/compress.h"

namespace altis::bench {
namespace {

constexpr Time kStart{1'771'531'200'000'000};  // 2026-02-19T20:00:00Z
constexpr int kGzipLevel = 6;                  // what clients use by default

constexpr std::array<std::string_view, 4> kKinds = {"technical_chart", "emotional_highlight",
                                                    "replay", "interview"};
constexpr std::array<std::string_view, 4> kAreas = {"los-angeles", "milano", "tokyo", "paris"};

// Spreads neighbouring numbers, so that a fan's events differ from each other.
std::uint64_t mix(std::uint64_t number) {
    number *= 0x9E3779B97F4A7C15ULL;
    return number ^ (number >> 29);
}

std::string number_in(std::uint64_t number, std::uint64_t limit) {
    return std::to_string(mix(number) % limit);
}

std::string hex16(std::uint64_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4)
        *digit = kDigits[number & 0x0F];
    return text;
}

std::string track(std::string_view name, const std::string& properties) {
    return "\"type\":\"track\",\"event\":\"" + std::string(name) + "\",\"properties\":{" +
           properties + "}";
}

std::string order(std::uint64_t number) {
    return track("Order Completed",
                 "\"order_id\":\"order-" + std::to_string(number) +
                     R"(","currency":"USD","products":[{"category":"ticket","sport":"volleyball",)"
                     R"("price":"80.00","quantity":1},{"category":"merchandise","sku":"cap-)" +
                     number_in(number, 40) + R"(","price":")" + number_in(number, 90) +
                     R"(.50","quantity":2}])");
}

// What the event says; five rare kinds and, mostly, views.
std::string content(std::uint64_t number, std::uint32_t fan) {
    switch (mix(number) % 20) {
        case 0:
            return R"("type":"identify","traits":{"email":"fan-)" + std::to_string(fan) +
                   R"(@example.org","language":"en","area":")" + std::string(kAreas[fan % 4]) +
                   "\"}";
        case 1:
            return track("Consent Updated", R"("purpose":"messages","given":true)");
        case 2:
            return track("Athlete Followed", "\"athlete\":\"100000" + number_in(number, 9) + "\"");
        case 3:
            return order(number);
        case 4:
            return track("Venue Entered", R"("venue":"la-arena","sport":"volleyball")");
        default:
            return track("Content Viewed",
                         "\"kind\":\"" + std::string(kKinds[mix(number) % 4]) +
                             "\",\"sport\":\"figure_skating\",\"athlete\":\"1000001\","
                             "\"dwell_ms\":" +
                             number_in(number, 90'000));
    }
}

// What every event of the app carries besides.
std::string context(std::uint64_t number, std::uint32_t fan) {
    return R"("context":{"app":{"name":"games","version":"4.2.1","build":"1187"},)"
           R"("device":{"type":"ios","model":"iPhone15,4","id":")" +
           hex16(mix(fan)) + R"("},"library":{"name":"analytics-swift","version":"1.6.2"},)" +
           R"("locale":"en-US","network":{"cellular":false,"wifi":true},"os":{"name":"iOS",)"
           R"("version":"18.3"},"screen":{"width":1179,"height":2556},"session":)" +
           number_in(number, 1'000'000'000) + "}";
}

}  // namespace

std::string make_event(std::uint64_t number, std::uint32_t fans) {
    const auto fan = static_cast<std::uint32_t>(mix(number) / 20 % fans);
    return R"({"messageId":")" + hex16(mix(number)) + hex16(number) + R"(","userId":"fan-)" +
           std::to_string(fan) + R"(","anonymousId":")" + hex16(mix(fan)) + R"(","timestamp":")" +
           format_rfc3339(kStart + milliseconds(static_cast<std::int64_t>(number % 7'200'000))) +
           "\"," + content(number, fan) + "," + context(number, fan) + "}";
}

std::vector<std::string> make_bodies(const EventRange& range) {
    std::vector<std::string> bodies;
    for (std::uint32_t made = 0; made < range.count;) {
        std::string body = R"({"batch":[)";
        for (std::uint32_t i = 0; i < kEventsPerBody && made < range.count; ++i, ++made) {
            if (i > 0) body.push_back(',');
            body += make_event(range.first + made, range.fans);
        }
        bodies.push_back(codec::gzip(body + "]}", kGzipLevel));
        bodies.back().shrink_to_fit();  // millions of them are kept
    }
    return bodies;
}

}  // namespace altis::bench
