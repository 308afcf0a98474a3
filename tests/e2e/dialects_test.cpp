// What clients of other products are told: keys in bodies, verdicts per event, answers in their own
// form, dead letters beside good events. The clients themselves are driven in tests/sdk.
#include <gtest/gtest.h>

#include "codec/compress.h"
#include "codec/text.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;

constexpr std::string_view kTp2 = "/com.snowplowanalytics.snowplow/tp2";

class DialectsTest : public GamesTest {
  protected:
    Caller nobody() const { return server_->caller(""); }

    Reply post(std::string_view path, std::string_view body) const {
        return nobody().send(Method::kPost, path, "text/plain", body);
    }

    std::int64_t events() const {
        return server_->caller(keys_.owner).get("/v1/fans/stats").json["events"].as_int();
    }

    // {"api_key", "batch"} of PostHog.
    std::string posthog(const std::string& events) const {
        return R"({"api_key":")" + keys_.ingest + R"(","batch":[)" + events + "]}";
    }
};

TEST_F(DialectsTest, PostHogTakesItsKeyFromTheBodyInEveryForm) {
    const auto event = [](std::string_view id) {
        return R"({"event":"E","distinct_id":"fan-1","uuid":")" + std::string(id) + "\"}";
    };
    EXPECT_EQ(post("/batch/", posthog(event("1"))).json["status"].as_int(), 1);
    EXPECT_EQ(post("/capture/?ip=1", codec::gzip(posthog(event("2")))).status, 200);
    EXPECT_EQ(post("/e/", "data=" + codec::to_base64(posthog(event("3")))).status, 200);
    const std::string token = R"("properties":{"token":")" + keys_.ingest + R"("}})";
    EXPECT_EQ(
        post("/i/v0/e/", R"([{"event":"E","distinct_id":"d","uuid":"4",)" + token + "]").status,
        200);
    EXPECT_EQ(events(), 4);
}

TEST_F(DialectsTest, AKeyThatIsNotKnownIsRefused) {
    for (const char* body : {R"({"api_key":"phc_unknown","batch":[]})", "[]", "{}"}) {
        EXPECT_EQ(post("/batch", body).status, 401) << body;
        EXPECT_EQ(post(kTp2, body).status, 401) << body;
    }
    EXPECT_EQ(post("/e", "data=%%").code(), "form.malformed");
    EXPECT_EQ(post("/e", "?").code(), "base64.malformed");
    EXPECT_EQ(nobody().get("/i?e=pv&aid=unknown").status, 401);
    const std::string cut = R"({"api_key":")" + keys_.ingest + R"(","batch":[)";
    EXPECT_EQ(server_->caller(keys_.ingest).send(Method::kPost, "/batch", "", cut).code(),
              "json.malformed");
}

TEST_F(DialectsTest, PostHogVersionOneTellsOfEachEvent) {
    Caller app = server_->caller(keys_.ingest);
    const std::string known = R"({"event":"E","distinct_id":"fan-1","uuid":"known"})";
    const std::string changed = R"({"event":"F","distinct_id":"fan-1","uuid":"known"})";
    const std::string fresh = R"({"event":"E","distinct_id":"fan-1","uuid":"fresh"})";
    const std::string bad = R"({"event":"E","uuid":"bad"})";
    const auto verdicts = [&app](const std::string& list) {
        const Reply reply =
            app.send(Method::kPost, "/i/v1/analytics/events", "", R"({"batch":[)" + list + "]}");
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.json["results"];
    };
    EXPECT_EQ(verdicts(known)["known"]["result"].as_string(), "ok");
    const Json results = verdicts(known + "," + bad + "," + fresh);
    EXPECT_EQ(results["known"]["result"].as_string(), "ok");
    EXPECT_EQ(results["fresh"]["result"].as_string(), "ok");
    EXPECT_EQ(results["bad"]["result"].as_string(), "drop");
    EXPECT_EQ(results["bad"]["details"].as_string(), "event.no_identity");
    EXPECT_EQ(verdicts(changed)["known"]["result"].as_string(), "warning");
    EXPECT_EQ(events(), 2);
}

TEST_F(DialectsTest, SnowplowIsAnsweredAsItsCollectorWould) {
    const std::string good = R"({"e":"pv","uid":"fan-1","eid":"1","aid":")" + keys_.ingest + "\"}";
    const Reply posted = post(kTp2, R"({"schema":"s","data":[)" + good + R"(,{"e":"xx"}]})");
    EXPECT_EQ(posted.status, 200);
    EXPECT_EQ(posted.text, "ok");
    const Reply pixel = nobody().get("/i?e=pv&uid=fan-1&eid=2&aid=" + keys_.ingest);
    EXPECT_EQ(pixel.status, 200);
    EXPECT_EQ(pixel.content_type, "image/gif");
    EXPECT_EQ(pixel.text.size(), 43U);
    EXPECT_EQ(events(), 2);
    ASSERT_EQ(server_->stop(), 0);
    const Finished letters =
        run_altis({"journal", "cat", "--data", server_->data(), "--type", "fans.rejected"});
    EXPECT_EQ(std::count(letters.output.begin(), letters.output.end(), '\n'), 1);
}

TEST_F(DialectsTest, BrowsersAreToldWhereToSend) {
    const Reply settings = nobody().get("/v1/projects/any/settings");
    EXPECT_EQ(settings.status, 200);
    const Json endpoint = settings.json["integrations"]["Segment.io"];
    EXPECT_EQ(endpoint["apiHost"].as_string(),
              "127.0.0.1:" + std::to_string(server_->port()) + "/v1");
    EXPECT_EQ(endpoint["protocol"].as_string(), "http");
    EXPECT_EQ(nobody().get("/array/any/config").status, 200);
    EXPECT_EQ(post("/decide/?v=4", "{}").status, 200);
    EXPECT_EQ(post("/flags/?v=2", "{}").status, 200);
    const std::string page = R"({"messageId":"m","anonymousId":"d"})";
    EXPECT_EQ(server_->caller(keys_.ingest).post_text("/v1/p", page).json["accepted"].as_int(), 1);
    EXPECT_EQ(post("/v1/p", page).status, 401);
}

}  // namespace
}  // namespace altis::e2e
