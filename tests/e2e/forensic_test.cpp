// One person's texts, brought in by every way there is: what counts is in the person's own export,
// and after the erasure none is in any byte of the data folder, nor in any answer about the person.
#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>

#include "codec/text.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr std::string_view kUser = "planted-user-id";
const std::string kOther = "somebody-else-entirely";

// Distinct, and none within another.
const std::vector<std::string> kPlanted = {
    "planted-user-id",       "planted-device-one",    "planted-device-two",
    "planted@example.org",   "Plantedgiven",          "Plantedfamily",
    "planted-phone-5550100", "Planted Street 99",     "planted-message-id",
    "planted-track-note",    "planted-page-title",    "planted-referrer-text",
    "planted-screen-name",   "planted-order-id",      "planted-sku-77",
    "planted-posthog-note",  "planted-jitsu-note",    "planted-rejected-note",
    "planted-repaired-note", "planted-conflict-note", "planted-open-letter-id",
    "planted-former-name",   "planted-stated-reason", "planted-group-name",
    "planted-early-note",    "planted-email-note"};

Json properties(std::string_view name, std::string_view value) {
    return Json::object({{std::string(name), value}});
}

Json call(std::string_view type, std::string_view message, std::string_view name, Json more) {
    Json event = Json::object({{"type", type},
                               {"messageId", message},
                               {"userId", kUser},
                               {"anonymousId", "planted-device-one"},
                               {"name", name}});
    event.set(type == "identify" ? "traits" : "properties", std::move(more));
    return event;
}

std::vector<Json> good_events() {
    Json alias = Json::object({{"type", "alias"},
                               {"messageId", "p-alias"},
                               {"userId", kUser},
                               {"previousId", "planted-former-name"}});
    Json device = track("p-device", "", "Noted", Json::object());
    device.set("userId", nullptr);
    device.set("anonymousId", "planted-device-two");
    const Json line = Json::object(
        {{"category", "cap"}, {"sku", "planted-sku-77"}, {"price", "9.50"}, {"quantity", 1}});
    Json lines = Json::array();
    lines.push(line);
    return {
        call("identify", "p-1", "",
             Json::object({{"email", "planted@example.org"},
                           {"firstName", "Plantedgiven"},
                           {"lastName", "Plantedfamily"},
                           {"phone", "planted-phone-5550100"},
                           {"address", properties("street", "Planted Street 99")}})),
        call("page", "p-2", "planted-page-title", properties("referrer", "planted-referrer-text")),
        call("screen", "p-3", "planted-screen-name", Json::object()),
        call("group", "p-4", "", properties("name", "planted-group-name")),
        track("planted-message-id", kUser, "Noted", properties("note", "planted-track-note")),
        track("p-5", kUser, "Order Completed",
              Json::object({{"order_id", "planted-order-id"},
                            {"currency", "USD"},
                            {"revenue", "9.50"},
                            {"products", lines}})),
        device,
        alias};
}

// An event that is refused for its dwell time.
Json bad_event(std::string_view message, std::string_view note, int dwell_ms) {
    return track(message, kUser, "Content Viewed",
                 Json::object({{"kind", "news"}, {"dwell_ms", dwell_ms}, {"note", note}}));
}

class ForensicTest : public GamesTest {
  protected:
    void begin() override {
        send_early();
        send_good();
        send_letters();
        send_others();
        take_away();
        EXPECT_TRUE(server_->admin().get("/v1/warehouse?wait=1").ok());
    }

    // Letters that name the person by a broken event and by the e-mail address alone, when nobody
    // knows either yet.
    void send_early() {
        const std::string twice = R"({"batch":[{"type":"track","event":1,"event":2,"userId":")" +
                                  std::string(kUser) + R"(","note":"planted-early-note"}]})";
        ASSERT_EQ(ingest().post_text("/v1/batch", twice).json["rejected"].items().size(), 1U);
        const Json nobody = Json::object(
            {{"type", "identify"},
             {"traits",
              Json::object({{"email", "Planted@example.org"}, {"note", "planted-email-note"}})}});
        const Reply reply = ingest().post("/v1/batch", batch_of({nobody}));
        ASSERT_EQ(reply.json["rejected"].items().size(), 1U) << reply.text;
    }

    void send_good() {
        const auto count = static_cast<std::int64_t>(good_events().size());
        const Reply reply = ingest().post("/v1/batch", batch_of(good_events()));
        ASSERT_EQ(reply.json["accepted"].as_int(), count) << reply.text;
        const Json captured =
            Json::object({{"api_key", keys_.ingest},
                          {"event", "noted"},
                          {"distinct_id", kUser},
                          {"properties", properties("n", "planted-posthog-note")}});
        ASSERT_EQ(ingest().post("/capture", captured).status, 200);
        const Json jitsu = track("p-jitsu", kUser, "Noted", properties("n", "planted-jitsu-note"));
        ASSERT_EQ(ingest().post("/api/s/s2s/track", jitsu).status, 200);
        const Reply linked = owner().post("/v1/fans/" + std::string(kUser) + "/link",
                                          Json::object({{"identifier", "planted-device-two"},
                                                        {"kind", "anonymous"},
                                                        {"reason", "planted-stated-reason"}}));
        ASSERT_EQ(linked.status, 200) << linked.text;
    }

    // A letter that is repaired, one that stays open, and a conflict.
    void send_letters() {
        const Reply reply = ingest().post(
            "/v1/batch?strict=1",
            batch_of({bad_event("p-6", "planted-rejected-note", -1),
                      bad_event("planted-open-letter-id", "", -1),
                      track("p-5", kUser, "Noted", properties("n", "planted-conflict-note"))}));
        ASSERT_EQ(reply.json["rejected"].items().size(), 2U) << reply.text;
        ASSERT_EQ(reply.json["conflict"].as_int(), 1) << reply.text;
        const Reply repaired = owner().post(
            "/v1/deadletters/" + reply.json["events"].items()[0]["offset"].to_string() + "/repair",
            bad_event("p-6", "planted-repaired-note", 1));
        ASSERT_EQ(repaired.status, 200) << repaired.text;
    }

    // Somebody else, also on the first device.
    void send_others() {
        Json event = track("other-1", kOther, "Noted", properties("n", kOther + "-note"));
        event.set("anonymousId", "planted-device-one");
        const Json bad = track("other-2", kOther, "Content Viewed",
                               Json::object({{"kind", "news"}, {"dwell_ms", -1}}));
        const Reply reply = ingest().post("/v1/batch", batch_of({event, bad}));
        ASSERT_EQ(reply.json["accepted"].as_int(), 1) << reply.text;
    }

    // The person's row leaves in every format, and is remembered as exported.
    void take_away() {
        ASSERT_EQ(owner()
                      .put("/v1/segments/viewers",
                           Json::object({{"kind", "segment"}, {"rule", "views(news) >= 1"}}))
                      .status,
                  200);
        const Json given = Json::object({{"purpose", "messages"}, {"given", true}});
        const Reply sent = ingest().post(
            "/v1/batch", batch_of({track("p-consent", kUser, "Consent Updated", given)}));
        ASSERT_EQ(sent.json["accepted"].as_int(), 1) << sent.text;
        for (const std::string format : {"csv", "ndjson", "parquet"}) {
            const Reply taken =
                owner().get("/v1/segments/viewers/export?purpose=messages&format=" + format);
            ASSERT_EQ(taken.status, 200) << taken.text;
            const bool is_packed = format == "parquet";
            EXPECT_TRUE(is_packed || taken.text.find(kUser) != std::string::npos) << taken.text;
            ASSERT_EQ(owner()
                          .post("/v1/exports/" + taken.header("Altis-Export") + "/received",
                                Json::object())
                          .status,
                      200);
        }
    }

    Reply exported() const { return owner().get("/v1/fans/" + std::string(kUser) + "/export"); }

    void erase() {
        const auto begin = std::chrono::steady_clock::now();
        const Reply receipt = owner().remove("/v1/fans/" + std::string(kUser));
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begin;
        ASSERT_EQ(receipt.status, 200) << receipt.text;
        std::printf("erased in %.0f ms, from the call to the receipt\n", took.count());
    }

    void expect_no_trace() const {
        const auto found = files_that_hold(folder_.path(), kPlanted);
        EXPECT_TRUE(found.empty()) << testing::PrintToString(found);
    }
};

TEST_F(ForensicTest, NoByteIsLeftAfterTheErasureNorAfterAKill) {
    const Reply before = exported();
    ASSERT_EQ(before.status, 200) << before.text;
    for (const std::string& planted : kPlanted) {
        EXPECT_NE(before.text.find(planted), std::string::npos) << planted;
    }
    EXPECT_EQ(before.text.find(kOther), std::string::npos);
    EXPECT_FALSE(files_that_hold(folder_.path(), {std::string(kEdition)}).empty())
        << "what is no secret is found, so the search works";
    erase();
    expect_no_trace();
    server_->kill();
    expect_no_trace();
    const auto again = server_->start_again();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(exported().code(), "fans.unknown_fan");
    const Reply others = owner().get("/v1/fans/" + kOther + "/export");
    ASSERT_EQ(others.status, 200) << others.text;
    expect_no_trace();
    ASSERT_EQ(server_->stop(), 0);
    expect_no_trace();

    const Finished cat = run_altis({"journal", "cat", "--data", server_->data(), "--open-seals"});
    EXPECT_EQ(cat.status, 0);
    for (const std::string& planted : kPlanted) {
        if (planted == "planted-device-one") continue;  // somebody else's too
        EXPECT_EQ(cat.output.find(codec::to_hex(planted)), std::string::npos) << planted;
        EXPECT_EQ(cat.output.find(planted), std::string::npos) << planted;
    }
    EXPECT_NE(cat.output.find(codec::to_hex("other-2")), std::string::npos)
        << "a rejected event of somebody else stays readable";
}

}  // namespace
}  // namespace altis::e2e
