// Events of fans from clients of other products: PostHog, Snowplow, Jitsu; and what those and the
// Segment client in a browser ask for before they send.
#include "codec/json.h"
#include "fans/dialects/posthog.h"
#include "fans/dialects/snowplow.h"
#include "service/api.h"
#include "service/intake.h"

namespace altis::service {
namespace {

using codec::Json;
using server::CrossOrigin;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

// The smallest GIF there is: what a page shows that sends its events as an image.
constexpr std::string_view kPixel(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    "\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;",
    43);

std::string or_else(std::string secret, std::string other) {
    return secret.empty() ? std::move(other) : std::move(secret);
}

Result<fans::Batch> parse_posthog(const Request& request, const fans::Source& source) {
    return fans::parse_posthog(request.body, source, request.received_at);
}

Response posthog_answer(const Arrival& /*arrival*/) {
    return server::json_response(200, Json::object({{"status", 1}}));
}

// Version 1 tells of each event by its uuid: what was dropped is not sent again, and what another
// event has the uuid of is told apart from a duplicate.
Json verdicts(const Arrival& arrival, std::size_t kept_rejections) {
    Json results = Json::object();
    const auto tell = [&results](std::string_view uuid, std::string_view result,
                                 std::string_view details) {
        Json verdict = Json::object({{"result", result}});
        if (!details.empty()) verdict.set("details", details);
        results.set(uuid, std::move(verdict));
    };
    const auto& fates = arrival.outcome.fates;
    for (std::size_t i = 0; i < arrival.batch.events.size(); ++i) {
        const std::string_view uuid = arrival.batch.events[i].head.message_id;
        if (i >= fates.size()) {
            tell(uuid, "retry", "not taken yet");
        } else if (fates[i].result == "conflict") {
            tell(uuid, "warning", "event.conflict");
        } else {
            tell(uuid, "ok", {});
        }
    }
    const auto& rejections = arrival.batch.rejections;
    for (std::size_t i = 0; i < rejections.size(); ++i) {
        if (rejections[i].message_id.empty()) continue;
        const bool kept = i < kept_rejections;
        tell(rejections[i].message_id, kept ? "drop" : "retry",
             kept ? std::string_view(rejections[i].reason) : "not taken yet");
    }
    return results;
}

Response posthog_verdicts(const Arrival& arrival) {
    return server::json_response(
        200, Json::object({{"results", verdicts(arrival, arrival.batch.rejections.size())}}));
}

Response posthog_part(const Arrival& arrival, const Error& /*error*/) {
    return server::json_response(
        200, Json::object({{"results", verdicts(arrival, arrival.outcome.rejections_done)}}));
}

Result<fans::Batch> parse_snowplow(const Request& request, const fans::Source& source) {
    return fans::parse_snowplow(request.body, source, request.received_at);
}

Response snowplow_answer(const Arrival& /*arrival*/) {
    return server::text_response(200, "text/plain; charset=utf-8", "ok");
}

Response pixel_answer(const Arrival& /*arrival*/) {
    Response response = server::text_response(200, "image/gif", std::string(kPixel));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// The query of a GET as the JSON object that a POST would have carried.
std::string query_as_json(const Request& request) {
    Json event = Json::object();
    for (const auto& [name, value] : request.query)
        event.set(name, value);
    return event.to_string();
}

// Jitsu's clients insist on "name:secret"; the name says nothing here.
std::string jitsu_secret(const Request& request) {
    const std::string_view key = request.header("X-Write-Key");
    return std::string(key.substr(key.rfind(':') + 1));
}

Response jitsu_answer(const Arrival& /*arrival*/) {
    return server::json_response(200, Json::object({{"ok", true}}));
}

// Where this server is for the one who asks. It speaks no TLS itself; who stands in front says so.
Json segment_settings(const Request& request) {
    const bool secure = request.header("X-Forwarded-Proto") == "https";
    Json endpoint = Json::object({{"apiKey", request.parameter("key")},
                                  {"apiHost", std::string(request.header("Host")) + "/v1"},
                                  {"protocol", secure ? "https" : "http"}});
    return Json::object({{"integrations", Json::object({{"Segment.io", std::move(endpoint)}})},
                         {"plan", Json::object()},
                         {"edgeFunction", Json::object()},
                         {"metrics", Json::object({{"sampleRate", 0}})}});
}

// Nothing but events: no flags, no recordings, no surveys.
Json posthog_config() {
    return Json::object({{"supportedCompression", Json::array({"gzip", "gzip-js", "base64"})},
                         {"hasFeatureFlags", false},
                         {"featureFlags", Json::object()},
                         {"flags", Json::object()},
                         {"errorsWhileComputingFlags", false},
                         {"sessionRecording", false},
                         {"surveys", false},
                         {"heatmaps", false},
                         {"capturePerformance", false},
                         {"autocapture_opt_out", true}});
}

using Open = Json (*)(const Request&);

// An answer that everybody gets.
server::Handler telling(Open tell) {
    return [tell](const Request& request, const Responder& respond) {
        respond(server::json_response(200, tell(request)));
    };
}

using Shared = std::shared_ptr<Intake>;
using Spoken = std::shared_ptr<const Dialect>;

void add_posthog(server::Router& router, const Shared& intake) {
    const auto old = std::make_shared<const Dialect>(Dialect{parse_posthog, posthog_answer});
    const auto handler = [intake, old](Request&& request, const Responder& respond) {
        auto text = fans::posthog_text(std::move(request.body));
        if (!text) return respond(server::problem(text.error()));
        request.body = std::move(*text);
        auto secret = or_else(secret_of(request), fans::posthog_key(request.body));
        intake->take_with(std::move(secret), std::move(request), respond, old);
    };
    router.add(Method::kPost, "/batch", handler, CrossOrigin::kYes);
    router.add(Method::kPost, "/capture", handler, CrossOrigin::kYes);
    router.add(Method::kPost, "/e", handler, CrossOrigin::kYes);
    router.add(Method::kPost, "/i/v0/e", handler, CrossOrigin::kYes);
    const auto verdict =
        std::make_shared<const Dialect>(Dialect{parse_posthog, posthog_verdicts, posthog_part});
    const auto single = [intake, verdict](Request&& request, const Responder& respond) {
        intake->take(std::move(request), respond, verdict);
    };
    router.add(Method::kPost, "/i/v1/analytics/events", single, CrossOrigin::kYes);
}

void add_snowplow(server::Router& router, const Shared& intake) {
    const auto posted = std::make_shared<const Dialect>(
        Dialect{parse_snowplow, snowplow_answer, nullptr, nullptr, WhenBusy::kWait});
    const auto pixel = std::make_shared<const Dialect>(
        Dialect{parse_snowplow, pixel_answer, nullptr, nullptr, WhenBusy::kWait});
    const auto taking = [intake](const Spoken& dialect, Request&& request,
                                 const Responder& respond) {
        auto secret = or_else(secret_of(request), fans::snowplow_key(request.body));
        intake->take_with(std::move(secret), std::move(request), respond, dialect);
    };
    const auto handler = [taking, posted](Request&& request, const Responder& respond) {
        taking(posted, std::move(request), respond);
    };
    router.add(Method::kPost, "/com.snowplowanalytics.snowplow/tp2", handler, CrossOrigin::kYes);
    const auto single = [taking, pixel](Request&& request, const Responder& respond) {
        request.body = query_as_json(request);
        taking(pixel, std::move(request), respond);
    };
    router.add(Method::kGet, "/i", single, CrossOrigin::kYes);
}

void add_jitsu(server::Router& router, const Shared& intake) {
    for (std::size_t i = 0; i < std::size(fans::kEventTypeNames); ++i) {
        const auto type = static_cast<fans::EventType>(i);
        const std::string_view name = fans::kEventTypeNames[i];
        const auto dialect = std::make_shared<const Dialect>(
            Dialect{[type](const Request& request, const fans::Source& source) {
                        return fans::parse_single(type, request.body, source, request.received_at);
                    },
                    jitsu_answer, nullptr, nullptr, WhenBusy::kWait});
        const auto handler = [intake, dialect](Request&& request, const Responder& respond) {
            auto secret = or_else(jitsu_secret(request), secret_of(request));
            intake->take_with(std::move(secret), std::move(request), respond, dialect);
        };
        router.add(Method::kPost, "/api/s/" + std::string(name), handler, CrossOrigin::kYes);
        router.add(Method::kPost, "/api/s/s2s/" + std::string(name), handler, CrossOrigin::kYes);
    }
}

// Public: they tell what the client knows already.
void add_configurations(server::Router& router) {
    const auto open = telling([](const Request&) { return posthog_config(); });
    router.add(Method::kGet, "/v1/projects/{key}/settings", telling(segment_settings),
               CrossOrigin::kYes);
    router.add(Method::kGet, "/array/{key}/config", open, CrossOrigin::kYes);
    router.add(Method::kPost, "/flags", open, CrossOrigin::kYes);
    router.add(Method::kPost, "/decide", open, CrossOrigin::kYes);
}

}  // namespace

void add_dialect_routes(server::Router& router, Services& services) {
    const auto intake = std::make_shared<Intake>(services);
    add_posthog(router, intake);
    add_snowplow(router, intake);
    add_jitsu(router, intake);
    add_configurations(router);
}

}  // namespace altis::service
